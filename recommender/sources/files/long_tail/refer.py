"""Refer, BibIX and EndNote's tagged export: a percent sign and a letter before each value.

By hand: no kept parser reads it.
"""

from __future__ import annotations

import re

from recommender.domain import Author, Details
from recommender.sources.parsing.author_names import plain_author
from recommender.sources.parsing.dates import PartialDate, parse_date
from recommender.sources.parsing.reference_record import (
    Reference,
    corporate_author,
    page_range,
    parse_sorted_name,
)
from recommender.sources.parsing.tagged_lines import TaggedRecord, TagSyntax, tagged_format

KINDS = {
    "journal article": "article-journal",
    "electronic article": "article-journal",
    "conference paper": "paper-conference",
    "conference proceedings": "paper-conference",
    "book": "book",
    "edited book": "book",
    "electronic book": "book",
    "book section": "chapter",
    "thesis": "thesis",
    "report": "report",
    "magazine article": "article-magazine",
    "newspaper article": "article-newspaper",
    "web page": "webpage",
    "patent": "patent",
    "unpublished work": "manuscript",
    "computer program": "software",
    "dataset": "dataset",
}
"""EndNote's reference types in CSL's words; others have no kind."""

_TAGGED = re.compile(r"^[ \t]*+%([A-Z0-9@!#$&()*+<>?\[\]^~])(?:[ \t](.*)|)$")
_RECOGNISED = re.compile(r"^\ufeff?[ \t]*%[ABDEJT0][ \t]\S", re.MULTILINE)


def _matches(head: str) -> bool:
    """Say whether the first line that is not blank is one of the format's."""
    return _RECOGNISED.match(head.lstrip("\ufeff \t\n")) is not None


def _reference(record: TaggedRecord) -> Reference:
    return Reference(
        title=record.first("T", "!"),
        abstract=" ".join(record.all("X")),
        authors=tuple(map(_author, record.all("A"))),
        time=_time(record),
        venue=record.first("J", "B", "S") or record.first("I"),
        url=record.first("U", ">"),
        addresses=tuple(record.all("U")),
        kind=KINDS.get(record.first("0").lower(), ""),
        doi=next((x for x in record.all("R") if re.search(r"10\.\d{4,9}/", x)), ""),
        pmid=record.first("M") if "pubmed" in record.first("~", "W").lower() else "",
        date=" ".join(record.all("D")),
        citation_key=record.first("F"),
        details=Details(
            volume=record.first("V"),
            number=record.first("N"),
            pages=page_range(record.first("P")),
            publisher=record.first("I") if record.first("J", "B", "S") else "",
            place=record.first("C"),
            edition=record.first("7"),
            issn=record.first("@"),
            genre=record.first("9"),
            keywords=tuple(x for y in record.all("K") for x in y.split("\n")),
            note=" ".join(record.all("Z")),
            files=tuple(record.all(">")),
        ),
    )


def _author(name: str) -> Author:
    """Return the author; either part may stand first, a comma at the end is a body's."""
    if name.rstrip().endswith(","):
        return corporate_author(name.rstrip(", "))
    return parse_sorted_name(name) if "," in name else plain_author(name)


def _time(record: TaggedRecord) -> PartialDate:
    """Return the year of ``%D``, and the day of ``%8`` where it has one of that year."""
    year = parse_date(record.first("D"))
    day = parse_date(record.first("8"))
    if day.year is None and year.year is not None:
        day = parse_date(f"{record.first('8')} {year.year}")
    return day if day.at is not None or year.year is None else year


REFER = tagged_format(
    "refer",
    _matches,
    TagSyntax(_TAGGED, "0", ("T", "!"), paragraph_tags=("X", "Z", "O")),
    _reference,
    suffixes=(".enw", ".refer"),
)
"""Reads the records, which ``%0`` begins or a blank line separates."""
