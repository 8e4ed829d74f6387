"""Where a paper can be read: addresses made from its identifiers, its own and its abstract's."""

from __future__ import annotations

import re
from urllib.parse import quote, quote_plus, urlsplit

from recommender.domain import Paper
from recommender.escaping import link_of, shown, web_url

_CODE = re.compile(
    r"https?://(?:www\.)?(?:github|gitlab|huggingface|bitbucket)\.[a-z]{2,3}/\S{1,200}"
)
_TRAILING = ".,;:!?)]}'\"’”"
_PDF_HOSTS = {
    "arxiv.org": ("/abs/", "/pdf/"),
    "openreview.net": ("/forum", "/pdf"),
}


def links(paper: Paper) -> list[tuple[str, str]]:
    """Return what leads to a paper, each with its name: ``("PDF", "https://…")``, once each.

    The order is: abstract page, PDF, DOI, other records, code. Every address is an
    http or https address; an identifier is quoted, so that it can add nothing to it.
    A paper without any gets a search for its title.
    """
    found: dict[str, str] = {}
    for name, address in _candidates(paper):
        safe = web_url(address)
        if safe and safe not in found:
            found[safe] = name
    named = [(name, address) for address, name in found.items()]
    return named or [("Search on arXiv", _title_search(paper))]


def link(paper: Paper) -> str:
    """Return a web address at which the paper can be read, or else looked for."""
    return link_of(paper) or _title_search(paper)


def _title_search(paper: Paper) -> str:
    title = quote_plus(shown(paper.title)[:300])
    return f"https://arxiv.org/search/?searchtype=title&query={title}"


def _candidates(paper: Paper) -> list[tuple[str, str]]:
    def known(scheme: str) -> str:
        return quote(paper.identifier(scheme), safe="/:;().-_")

    made: list[tuple[str, str]] = []
    if arxiv := known("arxiv"):
        made += [
            ("arXiv", f"https://arxiv.org/abs/{arxiv}"),
            ("PDF", f"https://arxiv.org/pdf/{arxiv}"),
        ]
    if acl := known("acl"):
        made += [
            ("ACL Anthology", f"https://aclanthology.org/{acl}/"),
            ("PDF", f"https://aclanthology.org/{acl}.pdf"),
        ]
    if openreview := known("openreview"):
        made += [
            ("OpenReview", f"https://openreview.net/forum?id={openreview}"),
            ("PDF", f"https://openreview.net/pdf?id={openreview}"),
        ]
    if doi := known("doi"):
        made.append(("DOI", f"https://doi.org/{doi}"))
    if pmid := known("pmid"):
        made.append(("PubMed", f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/"))
    if openalex := known("openalex"):
        made.append(("OpenAlex", f"https://openalex.org/{openalex}"))
    if s2 := known("s2"):
        made.append(("Semantic Scholar", f"https://www.semanticscholar.org/paper/{s2}"))
    if paper.url:
        made.append(_own(paper.url))
    code = _CODE.search(shown(paper.abstract))
    if code:
        made.append(("Code", code[0].rstrip(_TRAILING)))
    return made


def _own(url: str) -> tuple[str, str]:
    """Name a paper's own address by its host, or by what it is."""
    parts = urlsplit(url) if "]" not in url and "[" not in url else urlsplit("")
    if parts.path.lower().endswith(".pdf"):
        return "PDF", url
    return (parts.hostname or "").removeprefix("www.") or "Page", url
