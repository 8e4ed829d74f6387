"""Made pages of papers, tagged as arXiv, ACL Anthology, OpenReview, PubMed, a publisher do it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PaperPage:
    """The address of a page, its title and tags, and the paper that it is about."""

    address: str
    title: str
    tags: tuple[tuple[str, str], ...]
    paper_id: str
    paper_title: str
    authors: tuple[str, ...] = ()

    @property
    def html(self) -> str:
        metas = "".join(f'<meta name="{name}" content="{value}">\n' for name, value in self.tags)
        head = f"<title>{self.title}</title>\n{metas}"
        return f"<!doctype html><html><head>\n{head}</head><body><h1>Invented</h1></body></html>"


PAGES = {
    "arxiv": PaperPage(
        "https://arxiv.org/abs/2401.01234v2",
        "[2401.01234] Otters as Librarians",
        (
            ("citation_title", "Otters as Librarians"),
            ("citation_author", "Okafor, Ada"),
            ("citation_author", "Byron, Bo"),
            ("citation_date", "2024/01/02"),
            ("citation_online_date", "2024/01/05"),
            ("citation_pdf_url", "https://arxiv.org/pdf/2401.01234"),
            ("citation_arxiv_id", "2401.01234"),
            ("citation_abstract", "We ask otters to file books."),
        ),
        "arxiv:2401.01234",
        "Otters as Librarians",
        ("Ada Okafor", "Bo Byron"),
    ),
    "acl": PaperPage(
        "https://aclanthology.org/2020.acl-main.1234/",
        "Counting Commas in Whale Songs - ACL Anthology",
        (
            ("citation_title", "Counting Commas in Whale Songs"),
            ("citation_author", "Ada Okafor"),
            ("citation_conference_title", "Proceedings of an Invented Meeting"),
            ("citation_publication_date", "2020/7"),
            ("citation_doi", "10.5555/2020.acl-main.1234"),
        ),
        "doi:10.5555/2020.acl-main.1234",
        "Counting Commas in Whale Songs",
        ("Ada Okafor",),
    ),
    "openreview": PaperPage(
        "https://openreview.net/forum?id=aBc_D-12345",
        "Gradient Descent for Gardeners | OpenReview",
        (
            ("citation_title", "Gradient Descent for Gardeners"),
            ("citation_author", "Bo Byron"),
            ("citation_online_date", "2023/05/01"),
            ("citation_pdf_url", "https://openreview.net/pdf?id=aBc_D-12345"),
            ("citation_abstract", "Downhill is where the water goes."),
        ),
        "openreview:aBc_D-12345",
        "Gradient Descent for Gardeners",
        ("Bo Byron",),
    ),
    "pubmed": PaperPage(
        "https://pubmed.ncbi.nlm.nih.gov/31000001/",
        "Sleep of the Dormouse in Winter - PubMed",
        (
            ("citation_title", "Sleep of the Dormouse in Winter"),
            ("citation_authors", "Okafor A;Byron B;"),
            ("citation_journal_title", "Journal of Long Nights"),
            ("citation_date", "2019 Dec"),
            ("citation_doi", "10.5555/dormouse.7"),
            ("citation_pmid", "31000001"),
        ),
        "doi:10.5555/dormouse.7",
        "Sleep of the Dormouse in Winter",
    ),
    "publisher": PaperPage(
        "https://www.journal.example/articles/s41586-99-1?via=home#abstract",
        "The Weight of Snow | Journal of Flakes",
        (
            ("dc.title", "The Weight of Snow"),
            ("dc.creator", "Noether, Emmy"),
            ("dc.identifier", "doi:10.5555/snow.1"),
            ("prism.publicationName", "Journal of Flakes"),
            ("dc.date", "2021-02-03"),
        ),
        "doi:10.5555/snow.1",
        "The Weight of Snow",
        ("Emmy Noether",),
    ),
}

UNREADABLE = PaperPage("https://www.example.org/recipes/soup", "Leek soup", (), "", "", ())
ONLY_AN_ID = PaperPage("https://arxiv.org/pdf/2402.09999", "", (), "arxiv:2402.09999", "")
