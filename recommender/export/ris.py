"""RIS (Research Information Systems, 2011 list of tags): one value a line, UTF-8.

Lines end in CR LF and records in ``ER  - ``, as the specification has it. The format
cannot mark a corporate name; it is written as it is. ``ID`` is the citation key,
``AN`` the arXiv id, ``C8`` the further identifiers, ``KW`` and ``N1`` the reader's
tags and note and those of the reference list that the paper came from; a note of its
own says that a paper is retracted, and where that stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recommender.domain import Paper
from recommender.domain.status import sentences
from recommender.escaping import one_line, web_url
from recommender.export.author_names import known_names
from recommender.export.citation_keys import citation_keys
from recommender.export.list_metadata import PLAIN, Heading
from recommender.export.paper_fields import (
    abstract_of,
    day_of,
    file_path,
    identifiers_beside,
    keywords_of,
    month_of,
    part_of_year,
    year_of,
)

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
LINE_END = "\r\n"


def write(papers: Sequence[Paper], heading: Heading = PLAIN) -> str:
    """Write one record a paper, a blank line between them; "" for no papers."""
    keyed = zip(citation_keys(papers), papers, strict=True)
    return LINE_END.join(_record(key, paper, heading) for key, paper in keyed)


def _record(key: str, paper: Paper, heading: Heading) -> str:
    lines = (
        f"{tag}  - {line}"
        for tag, value in _values(key, paper, heading)
        if (line := one_line(value))
    )
    return LINE_END.join((*lines, "ER  - ", ""))


def _values(key: str, paper: Paper, heading: Heading) -> Iterator[tuple[str, str]]:
    details = paper.details
    kind, venue_tag = REFERENCE_TYPES.get(paper.kind, OTHER)
    year = year_of(paper)
    yield "TY", kind
    yield "ID", key
    yield "TI", paper.title
    for name in known_names(paper.authors):
        yield "AU", name.sorted_name
    yield "PY", "" if year is None else str(year)
    yield "DA", _date(paper)
    yield venue_tag, paper.venue
    yield "VL", details.volume
    yield "IS", details.number
    first, _, last = details.pages.partition("-")
    one_range = "-" not in last and "," not in last
    yield "SP", first if one_range else details.pages
    yield "EP", last if one_range else ""
    yield "PB", details.publisher if venue_tag != "PB" or not one_line(paper.venue) else ""
    yield "CY", details.place
    yield "T3", details.series
    yield "ET", details.edition
    yield "M3", details.genre if kind in ("THES", "RPRT") else ""
    yield "SN", details.issn or details.isbn
    yield "DO", paper.identifier("doi")
    yield "AN", f"arXiv:{paper.identifier('arxiv')}" if paper.identifier("arxiv") else ""
    yield "C8", " ".join(identifiers_beside(paper, "doi", "arxiv"))
    yield "UR", web_url(paper.url)
    for tag in keywords_of(paper, heading.tags_of(paper)):
        yield "KW", tag
    for sentence in sentences(paper.statements):
        yield "N1", sentence if sentence not in details.note else ""
    yield "N1", heading.note(paper)
    yield "N1", details.note
    for link in details.files:
        yield "L1", file_path(link)
    yield "AB", abstract_of(paper)


def _date(paper: Paper) -> str:
    """Return ``YYYY/MM/DD/other``, where only the slashes must stand."""
    year, day, month = year_of(paper), day_of(paper), month_of(paper)
    if day:
        return day.strftime("%Y/%m/%d/")
    if year is None or not (month or part_of_year(paper)):
        return ""
    return f"{year:04d}/{month:02d}//" if month else f"{year:04d}///{part_of_year(paper)}"
