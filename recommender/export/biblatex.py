r"""BibLaTeX, as biber reads it: ``date``, ``journaltitle``, ``eprinttype``; UTF-8.

Field names: the biblatex manual, section 2.2. Entry types follow `Paper.kind`;
what has no type is ``@misc``, preprints among them.
Identifiers without a field of their own stand in ``verba``, which biblatex keeps
for its users and no style prints; the reader's tags and note in ``keywords`` and
``annotation``. What the data model does not allow in a type (the publisher of an
article) is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from recommender.domain import Paper
from recommender.export import bib_entry
from recommender.export.bib_entry import (
    EntryType,
    authors,
    entries,
    is_masters_thesis,
    issue_fields,
    last_fields,
    printed_note,
    verbatim,
)
from recommender.export.latex_escape import escape, escape_title
from recommender.export.list_metadata import PLAIN, Heading
from recommender.export.paper_fields import MONTHS, date_text, part_of_year, year_of

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


_EVERYWHERE = {"title", "author", "date", "doi", "eprint", "eprinttype", "verba", "url"} | {
    *("keywords", "note", "annotation", "file", "abstract", "usera"),
}
NAMED_VOLUME = "volume: "
"""What ``usera`` begins with where it has a volume that is no whole number."""
_IN_PARTS = {"booktitle", "publisher", "location", "series", "number", "volume", "isbn", "pages"}
ALLOWED = {
    "article": {"journaltitle", "series", "number", "volume", "issn", "pages"},
    "inproceedings": _IN_PARTS,
    "incollection": _IN_PARTS | {"edition"},
    "book": (_IN_PARTS | {"edition"}) - {"booktitle"},
    "misc": {"howpublished", "location", "type"},
    "report": {"institution", "location", "number", "pages", "type"},
    "thesis": {"institution", "location", "pages", "type"},
    "dataset": {"organization", "publisher", "location", "series", "number", "edition", "type"},
    "software": {"organization", "location", "type"},
    "online": {"organization"},
}
"""Entry type to the fields that biblatex's data model has for it, besides those of all types."""

_EDTF_SEASONS = {"spring": 21, "summer": 22, "autumn": 23, "winter": 24}
_MONTHS_NAMED = re.compile("|".join(MONTHS), re.IGNORECASE)


def write(papers: Sequence[Paper], heading: Heading = PLAIN) -> str:
    """Write one entry a paper, a blank line between them; "" for no papers."""
    return entries(papers, ENTRY_TYPES, lambda x, kind: _fields(x, kind, heading))


def _fields(paper: Paper, entry_type: EntryType, heading: Heading) -> Iterator[tuple[str, str]]:
    kind, venue_field = entry_type
    arxiv, pmid = paper.identifier("arxiv"), paper.identifier("pmid")
    values = {
        "title": escape_title(paper.title),
        "author": authors(paper),
        "date": _date(paper),
        "type": _genre(paper, kind),
        **issue_fields(paper, venue_field, "location"),
        "doi": verbatim(paper.identifier("doi")),
        "eprint": verbatim(arxiv or pmid),
        "eprinttype": "arxiv" if arxiv else "pubmed" if pmid else "",
        "note": printed_note(paper),
        **last_fields(paper, heading, "annotation", "verba"),
    }
    if arxiv and pmid:
        values["verba"] = f"pmid:{verbatim(pmid)} {values['verba']}".strip()
    if not values.get("volume", "0").isdecimal():
        # The data model has whole numbers for volumes, and a field of the user's own for the rest.
        values["usera"] = f"{NAMED_VOLUME}{values.pop('volume')}"
    allowed = _EVERYWHERE | ALLOWED[kind]
    return ((x, f"{{{value}}}") for x, value in values.items() if value and x in allowed)


def _genre(paper: Paper, kind: str) -> str:
    """Return what kind of thesis or report it is, which both must say."""
    if kind == "thesis":
        known = {"": "phdthesis", "phd thesis": "phdthesis"}
        given = "mathesis" if is_masters_thesis(paper) else escape(paper.details.genre)
        return known.get(given.casefold(), given)
    return escape(paper.details.genre) or "report" if kind == "report" else ""


def _date(paper: Paper) -> str:
    """Return the date in EDTF, where a season stands in the place of the month."""
    year, part = year_of(paper), part_of_year(paper)
    if year is None or not part:
        return date_text(paper)
    if season := _EDTF_SEASONS.get(part.casefold()):
        return f"{year:04d}-{season}"
    months = [MONTHS.index(x.lower()) + 1 for x in _MONTHS_NAMED.findall(part)]
    if len(months) == 2 and months[0] < months[1]:
        return f"{year:04d}-{months[0]:02d}/{year:04d}-{months[1]:02d}"
    return date_text(paper)
