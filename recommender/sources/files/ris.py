"""RIS, as reference managers, publishers and databases write it.

rispy sorts a record's lines into fields, under names that make one of tags
that mean the same (T1 and TI, A1 and AU). Where a record begins and ends is
decided here: rispy leaves out a record without an end, knows no line numbers,
and reads only ``TY  - `` with two blanks, where files have one or a tab.

Specification: Research Information Systems, 2011 list of tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rispy import RisParser

from recommender.domain import StatusStatement
from recommender.domain.status import unite
from recommender.sources.parsing.dates import PartialDate, parse_date
from recommender.sources.parsing.identifier_fields import arxiv_in_note, parse_identifier
from recommender.sources.parsing.reference_record import (
    Reference,
    parse_sorted_name,
)
from recommender.sources.parsing.status_fields import remark_statements, type_statements
from recommender.sources.parsing.tagged_lines import (
    TaggedRecord,
    TagSyntax,
    starts_a_line,
    tagged_format,
)

KINDS = {
    **dict.fromkeys(("JOUR", "EJOUR", "JFULL", "INPR", "ABST"), "article-journal"),
    **dict.fromkeys(("CONF", "CPAPER"), "paper-conference"),
    **dict.fromkeys(("BOOK", "EBOOK", "EDBOOK"), "book"),
    **dict.fromkeys(("CHAP", "ECHAP"), "chapter"),
    **dict.fromkeys(("ELEC", "ICOMM", "WEB"), "webpage"),
    **dict.fromkeys(("UNPB", "MANSCPT"), "manuscript"),
    **dict.fromkeys(("DATA", "AGGR", "DBASE"), "dataset"),
    "THES": "thesis",
    "RPRT": "report",
    "MGZN": "article-magazine",
    "NEWS": "article-newspaper",
    "BLOG": "post-weblog",
    "COMP": "software",
    "PAT": "patent",
    "PAMP": "pamphlet",
    "STAND": "standard",
    "SLIDE": "speech",
    "ENCYC": "entry-encyclopedia",
    "DICT": "entry-dictionary",
}
"""Reference types in CSL's words; others have no kind."""

FIELDS = {
    "TY": "type",
    **dict.fromkeys(("TI", "T1"), "title"),
    **dict.fromkeys(("CT", "BT"), "book title"),
    "ST": "short title",
    "TT": "other title",
    **dict.fromkeys(("AU", "A1"), "authors"),
    "AB": "abstract",
    "N2": "second abstract",
    **dict.fromkeys(("PY", "YR"), "year"),
    "Y1": "first date",
    "DA": "date",
    **dict.fromkeys(("DO", "DI"), "doi"),
    **dict.fromkeys(("JF", "T2"), "venue"),
    **dict.fromkeys(("JO", "JA", "J1", "J2", "SO"), "short venue"),
    "PB": "publisher",
    **dict.fromkeys(("UR", "L3"), "urls"),
    **dict.fromkeys(("M3", "N1", "L1", "M1"), "notes"),
    **dict.fromkeys(("AN", "C8", "ID", "PM"), "numbers"),
    **dict.fromkeys(("DB", "DP"), "database"),
    "ER": "end",
}
"""Tag to our name of a field; other tags are passed over."""

_TITLES = ("TI", "T1", "CT", "BT", "ST", "TT")
_TAGGED = re.compile(r"^[ \t]*+([A-Z][A-Z0-9])[ \t]{1,2}-(?:[ \t](.*)|)$")
_SLOPPY = re.compile(
    r"^[ \t]*+(?=[A-Z][A-Z0-9]|[A-Za-z][A-Za-z0-9]  -)([A-Za-z][A-Za-z0-9])"
    r"(?:[ \t]{1,4}-|-(?=[ \t]|$))[ \t]*(.*)$"
)
_KNOWN = frozenset(
    [
        *("AB", "AD", "AN", "AU", "AV", "BT", "CA", "CN", "CP", "CT", "CY", "DA", "DB", "DI", "DO"),
        *("DP", "ED", "EP", "ER", "ET", "ID", "IS", "JA", "JF", "JO", "KW", "LA", "LB", "LK", "NV"),
        *("OP", "PB", "PM", "PP", "PY", "RI", "RN", "RP", "SE", "SN", "SO", "SP", "ST", "TA", "TI"),
        *("TT", "TY", "UR", "VL", "VO", "Y1", "Y2", "YR", "A1", "A2", "A3", "A4", "J1", "J2", "N1"),
        *("N2", "M1", "M2", "M3", "L1", "L2", "L3", "L4", "T1", "T2", "T3", "U1", "U2", "U3", "U4"),
        *("U5", "C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8"),
    ]
)
_DOI_NOTED = re.compile(r"^\s*+(?:doi\s*+[:=]?\s*+|https?://(?:dx\.)?doi\.org/)(10\.\S++)", re.I)
_OF_PUBLISHERS = {"BOOK", "EBOOK", "EDBOOK", "THES", "RPRT"}
_MEDLINE = re.compile(r"pubmed|medline|\bnlm\b", re.IGNORECASE)
_PARSER = RisParser(
    mapping=FIELDS, list_tags=list(FIELDS), delimiter_tags_mapping={}, skip_unknown_tags=True
)


def _matches(head: str) -> bool:
    """Say whether a line gives a reference type."""
    return starts_a_line(head, r"(?:TY|ty)[ \t]{1,2}-|TY-[ \t]")


def _sorted(record: TaggedRecord) -> Mapping[str, Sequence[str]]:
    """Return the values under the names of `FIELDS`; of several types the first."""
    lines = [f"{tag}  - {' '.join(value)}" for tag, value in record.pairs if tag != "TY"]
    # The parser passes over what stands before the type, and a record without one.
    (fields,) = _PARSER.parse_lines(iter(["TY  - GEN", *lines, "ER  - "]))
    fields["type"] = record.all("TY")[:1]
    return {name: [x for x in values if x] for name, values in fields.items()}


def _reference(fields: Mapping[str, Sequence[str]]) -> Reference:
    def first(*names: str) -> str:
        return next((fields[name][0] for name in names if fields.get(name)), "")

    kind = first("type").strip().upper()
    numbers, notes = fields.get("numbers", ()), fields.get("notes", ())
    dois = (match.group(1) for x in notes if (match := _DOI_NOTED.match(x)))
    is_medline = any(map(_MEDLINE.search, fields.get("database", ())))
    publisher = first("publisher") if kind in _OF_PUBLISHERS else ""
    return Reference(
        title=first("title", "book title", "short title", "other title"),
        abstract=" ".join(fields.get("abstract", ()) or fields.get("second abstract", ())),
        authors=tuple(map(parse_sorted_name, fields.get("authors", ()))),
        time=_time(first("date"), first("year"), first("first date")),
        venue=publisher or first("venue", "short venue"),
        url=first("urls"),
        addresses=tuple(fields.get("urls", ()))[1:],
        kind=KINDS.get(kind, ""),
        doi=first("doi") or next(dois, ""),
        pmid=next((x for x in numbers if x.isdecimal()), "") if is_medline else "",
        identifiers=tuple(x for number in numbers for x in _identifiers(number)),
        statements=unite(_statements(notes), ()),
    )


def _statements(notes: Iterable[str]) -> Iterator[StatusStatement]:
    """Yield what notes say, and ``M3``, in which databases give the type of a document."""
    for note in notes:
        yield from type_statements([note], "note")
        yield from remark_statements(note, "note")


def _identifiers(number: str) -> Iterator[str]:
    """Yield what a field of numbers names, ``""`` among it; our own export fills three of them."""
    yield arxiv_in_note(number)
    if ":" in number:
        yield from map(parse_identifier, number.split())


def _time(date: str, year: str, first: str) -> PartialDate:
    """Return the day of ``DA``, its year from the year's tags where it has none."""
    day, known_year = parse_date(date), parse_date(year)
    if known_year.year is None:
        known_year = parse_date(first)
    if day.year is None and known_year.year is not None and date:
        day = parse_date(f"{date.strip('/')} {known_year.year}")
    return day if day.at or known_year.year is None else known_year


RIS = tagged_format(
    "ris",
    _matches,
    TagSyntax(
        _TAGGED,
        "TY",
        _TITLES,
        ("ER",),
        always_begins=False,
        sloppy=_SLOPPY,
        known_tags=_KNOWN,
    ),
    lambda record: _reference(_sorted(record)),
    suffixes=(".ris",),
)
"""Reads the records; what stands before, between and after them is passed over."""
