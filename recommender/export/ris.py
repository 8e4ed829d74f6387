"""RIS (Research Information Systems, 2011 list of tags): one value a line, UTF-8.

The format cannot mark a corporate name; it is written as it is. ``ID`` is our
id, ``AN`` the arXiv id, ``C8`` the further identifiers, ``KW`` and ``N1`` the
reader's tags and note; a note of its own says that a paper is retracted, and where that stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recommender.domain import Paper
from recommender.domain.status import sentences
from recommender.escaping import one_line, web_url
from recommender.export.author_names import known_names
from recommender.export.list_metadata import PLAIN, Heading
from recommender.export.paper_fields import abstract_of, day_of, identifiers_beside, year_of

REFERENCE_TYPES = {
    "article-journal": ("JOUR", "T2"),
    "article-magazine": ("MGZN", "T2"),
    "article-newspaper": ("NEWS", "T2"),
    "paper-conference": ("CONF", "T2"),
    "chapter": ("CHAP", "T2"),
    "book": ("BOOK", "PB"),
    "dataset": ("DATA", "PB"),
    "manuscript": ("UNPB", "T2"),
    "report": ("RPRT", "PB"),
    "software": ("COMP", "PB"),
    "thesis": ("THES", "PB"),
    "webpage": ("ELEC", "T2"),
}
"""What a paper is, in CSL's words: its reference type and the tag of its venue."""
OTHER = ("GEN", "T2")


def write(papers: Sequence[Paper], heading: Heading = PLAIN) -> str:
    """Write one record a paper, a blank line between them; "" for no papers."""
    return "\n".join(_record(paper, heading) for paper in papers)


def _record(paper: Paper, heading: Heading) -> str:
    lines = (
        f"{tag}  - {one_line(value)}" for tag, value in _values(paper, heading) if one_line(value)
    )
    return "\n".join((*lines, "ER  - ", ""))


def _values(paper: Paper, heading: Heading) -> Iterator[tuple[str, str]]:
    kind, venue_tag = REFERENCE_TYPES.get(paper.kind, OTHER)
    year, day = year_of(paper), day_of(paper)
    yield "TY", kind
    yield "ID", paper.paper_id
    yield "TI", paper.title
    for name in known_names(paper.authors):
        yield "AU", name.sorted_name
    yield "PY", "" if year is None else str(year)
    yield "DA", day.strftime("%Y/%m/%d/") if day else ""
    yield venue_tag, paper.venue
    yield "DO", paper.identifier("doi")
    yield "AN", f"arXiv:{paper.identifier('arxiv')}" if paper.identifier("arxiv") else ""
    yield "C8", " ".join(identifiers_beside(paper, "doi", "arxiv"))
    yield "UR", web_url(paper.url)
    for tag in heading.tags_of(paper):
        yield "KW", tag
    for sentence in sentences(paper.statements):
        yield "N1", sentence
    yield "N1", heading.note(paper)
    yield "AB", abstract_of(paper)
