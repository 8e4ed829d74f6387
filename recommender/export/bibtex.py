r"""BibTeX, as BibTeX 0.99d and biber read it: UTF-8, one field a line.

Entry types follow `Paper.kind`; what BibTeX has no type for is ``@misc``.
Preprints carry ``eprint`` and ``archivePrefix``. Identifiers without a field
of their own stand in ``identifiers``, which no style prints; the reader's tags
and note in ``keywords`` and ``annote``. Addresses and identifiers are
verbatim, as ``\url`` wants them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recommender.domain import Paper
from recommender.export import bib_entry
from recommender.export.bib_entry import (
    EntryType,
    authors,
    entries,
    issue_fields,
    last_fields,
    printed_note,
    verbatim,
)
from recommender.export.latex_escape import escape, escape_title
from recommender.export.list_metadata import PLAIN, Heading
from recommender.export.paper_fields import MONTHS, day_of, month_of, part_of_year, year_of

ENTRY_TYPES = {
    **bib_entry.ENTRY_TYPES,
    "article-journal": ("article", "journal"),
    "report": ("techreport", "institution"),
    "thesis": ("phdthesis", "school"),
    bib_entry.MASTERS_THESIS: ("mastersthesis", "school"),
}
"""What a paper is, in CSL's words: its entry type and the field of its venue."""


def write(papers: Sequence[Paper], heading: Heading = PLAIN) -> str:
    """Write one entry a paper, a blank line between them; "" for no papers."""
    return entries(papers, ENTRY_TYPES, lambda x, kind: _fields(x, kind, heading))


def _fields(paper: Paper, entry_type: EntryType, heading: Heading) -> Iterator[tuple[str, str]]:
    kind, venue_field = entry_type
    day, year, month = day_of(paper), year_of(paper), month_of(paper)
    has_genre = kind in ("techreport", "phdthesis")
    values = {
        "title": escape_title(paper.title),
        "author": authors(paper),
        "year": "" if year is None else str(year),
        **issue_fields(paper, venue_field, "address"),
        "type": escape(paper.details.genre) if has_genre else "",
        "doi": verbatim(paper.identifier("doi")),
        "eprint": verbatim(paper.identifier("arxiv")),
        "archivePrefix": "arXiv" if paper.identifier("arxiv") else "",
        "pmid": verbatim(paper.identifier("pmid")),
        "note": printed_note(paper),
        **last_fields(paper, heading, "annote", "identifiers"),
    }
    for field, value in values.items():
        if value:
            yield field, f"{{{value}}}"
        if field == "year" and month:
            yield "month", MONTHS[month - 1]
        elif field == "year" and part_of_year(paper):
            yield "month", f"{{{escape(part_of_year(paper))}}}"
        if field == "year" and day:
            yield "day", f"{{{day.day}}}"
