r"""BibLaTeX, as biber reads it: ``date``, ``journaltitle``, ``eprinttype``; UTF-8.

Field names: the biblatex manual, section 2.2. Entry types follow `Paper.kind`;
what has no type is ``@misc``, preprints among them.
Identifiers without a field of their own stand in ``identifiers``, which no
style prints; the reader's tags and note in ``keywords`` and ``annotation``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recommender.domain import Paper
from recommender.export import bib_entry
from recommender.export.bib_entry import (
    EntryType,
    authors,
    entries,
    last_fields,
    status_note,
    verbatim,
)
from recommender.export.latex_escape import escape, escape_title
from recommender.export.list_metadata import PLAIN, Heading
from recommender.export.paper_fields import day_of, year_of

ENTRY_TYPES = {
    **bib_entry.ENTRY_TYPES,
    "article-journal": ("article", "journaltitle"),
    "dataset": ("dataset", "organization"),
    "report": ("report", "institution"),
    "software": ("software", "organization"),
    "thesis": ("thesis", "institution"),
    "webpage": ("online", "organization"),
}
"""What a paper is, in CSL's words: its entry type and the field of its venue."""


def write(papers: Sequence[Paper], heading: Heading = PLAIN) -> str:
    """Write one entry a paper, a blank line between them; "" for no papers."""
    return entries(papers, ENTRY_TYPES, lambda x, kind: _fields(x, kind, heading))


def _fields(paper: Paper, entry_type: EntryType, heading: Heading) -> Iterator[tuple[str, str]]:
    kind, venue_field = entry_type
    year, day = year_of(paper), day_of(paper)
    arxiv, pmid = paper.identifier("arxiv"), paper.identifier("pmid")
    values = {
        "title": escape_title(paper.title),
        "author": authors(paper),
        "date": day.isoformat() if day else _year(year),
        "type": "phdthesis" if kind == "thesis" else "report" if kind == "report" else "",
        venue_field: escape(paper.venue),
        "doi": verbatim(paper.identifier("doi")),
        "eprint": verbatim(arxiv or pmid),
        "eprinttype": "arxiv" if arxiv else "pubmed" if pmid else "",
        "pmid": verbatim(pmid) if arxiv else "",
        "note": status_note(paper),
        **last_fields(paper, heading, "annotation"),
    }
    return ((field, f"{{{value}}}") for field, value in values.items() if value)


def _year(year: int | None) -> str:
    # Extended date format: four digits at least, a minus before the year 0.
    return "" if year is None else f"{'-' if year < 0 else ''}{abs(year):04d}"
