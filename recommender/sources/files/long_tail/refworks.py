"""RefWorks' tagged format: two letters, a blank, the value; ``RT`` begins a record.

By hand: no kept parser reads it.
"""

from __future__ import annotations

import re

from recommender.domain import Details
from recommender.sources.parsing.dates import PartialDate, parse_date
from recommender.sources.parsing.reference_record import (
    Reference,
    page_range,
    parse_sorted_name,
)
from recommender.sources.parsing.tagged_lines import (
    TaggedRecord,
    TagSyntax,
    starts_a_line,
    tagged_format,
)

KINDS = (
    ("journal", "article-journal"),
    ("conference", "paper-conference"),
    ("magazine", "article-magazine"),
    ("newspaper", "article-newspaper"),
    ("book, section", "chapter"),
    ("book", "book"),
    ("dissertation", "thesis"),
    ("thesis", "thesis"),
    ("report", "report"),
    ("web page", "webpage"),
    ("patent", "patent"),
    ("unpublished", "manuscript"),
    ("computer program", "software"),
)
"""The first words of a reference type that fit, in CSL's words."""

_TAGGED = re.compile(r"([A-Z][A-Z0-9])(?: (.*)|)$")


def _matches(head: str) -> bool:
    """Say whether a record begins and a line after it names an author, title or source."""
    begun = re.search(r"^\ufeff?RT [A-Z][\w ,()-]{2,60}\r?$", head, re.MULTILINE)
    return begun is not None and starts_a_line(head[begun.end() :], r"(?:A1|T1|JF|SR|ID) ")


def _reference(record: TaggedRecord) -> Reference:
    kind_text = record.first("RT").lower()
    return Reference(
        title=record.first("T1", "T2"),
        abstract=" ".join(record.all("AB")),
        authors=tuple(map(parse_sorted_name, record.all("A1"))),
        time=_time(record),
        venue=record.first("JF", "JO", "T2"),
        url=record.first("UL", "LK"),
        addresses=tuple(record.all("LK")),
        kind=next((kind for words, kind in KINDS if kind_text.startswith(words)), ""),
        doi=record.first("DO"),
        pmid=record.first("PM"),
        date=record.first("YR", "FD"),
        details=Details(
            volume=record.first("VO"),
            number=record.first("IS"),
            pages=page_range(record.first("SP"), record.first("OP")),
            publisher=record.first("PB"),
            place=record.first("PP"),
            edition=record.first("ED"),
            issn=record.first("SN"),
            keywords=tuple(record.all("K1")),
            note=" ".join(record.all("NO")),
        ),
    )


def _time(record: TaggedRecord) -> PartialDate:
    """Return the free-form date with the year of its own field, or the year alone."""
    year = parse_date(record.first("YR"))
    if year.year is None:
        return parse_date(record.first("FD"))
    free = parse_date(f"{record.first('FD')} {year.year}")
    return free if free.year == year.year else year


REFWORKS = tagged_format(
    "refworks", _matches, TagSyntax(_TAGGED, "RT", ("T1",), ("ER",)), _reference
)
"""Reads the records; what stands before the first is passed over."""
