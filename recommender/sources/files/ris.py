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

from recommender.domain import Details, StatusStatement
from recommender.domain.status import unite
from recommender.sources.parsing.dates import PartialDate, parse_date
from recommender.sources.parsing.identifier_fields import (
    arxiv_in_note,
    doi_in_note,
    parse_identifier,
    preprint_version,
)
from recommender.sources.parsing.reference_record import (
    Reference,
    page_range,
    sorted_authors,
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
    "N1": "notes",
    **dict.fromkeys(("M3", "M1"), "other notes"),
    **dict.fromkeys(("L1", "L4"), "files"),
    **dict.fromkeys(("AN", "C8", "PM"), "numbers"),
    "ID": "key",
    "VL": "volume",
    **dict.fromkeys(("IS", "CP"), "number"),
    "SP": "first page",
    "EP": "last page",
    "SN": "serial number",
    **dict.fromkeys(("CY", "PP"), "place"),
    "ET": "edition",
    "T3": "series",
    "KW": "keywords",
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
_READ = {*FIELDS, "LB", "LA", "DP"}
_ISBN = re.compile(r"(?:97[89][- ]?)?(?:\d[- ]?){9}[\dXx]")
_IS_KEY = re.compile(r"[A-Za-z]")
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
    fields["not kept"] = list(
        dict.fromkeys(x for x, y in record.pairs if x not in _READ and any(y))
    )
    return {name: [x for x in values if x] for name, values in fields.items()}


def _reference(fields: Mapping[str, Sequence[str]]) -> Reference:
    def first(*names: str) -> str:
        return next((fields[name][0] for name in names if fields.get(name)), "")

    kind = first("type").strip().upper()
    numbers, notes = fields.get("numbers", ()), fields.get("notes", ())
    noted = (*notes, *fields.get("other notes", ()), *fields.get("files", ()))
    is_medline = any(map(_MEDLINE.search, fields.get("database", ())))
    publisher = first("publisher") if kind in _OF_PUBLISHERS else ""
    serial = first("serial number")
    key = first("key").strip()
    # Our own export writes ids there, and so do databases.
    named = parse_identifier(key) if ":" in key else ""
    # Some exporters write a bare DOI where an address belongs.
    addresses = fields.get("urls", ())
    dois = [x for x in addresses if x.startswith("10.")]
    urls = [x for x in addresses if x not in dois]
    dois += filter(None, map(doi_in_note, noted))
    kept_notes = [x for x in notes if not doi_in_note(x)]
    # A book's title where the record has none of its own, else the book that it is a chapter of.
    book = first("book title") if first("title") else ""
    date = _date_text(first("date"), first("year"), first("first date"))
    return Reference(
        title=first("title", "book title", "short title", "other title"),
        abstract=_abstract(fields.get("abstract", ()) or fields.get("second abstract", ())),
        authors=sorted_authors(fields.get("authors", ())),
        time=_time(first("date"), first("year"), first("first date")),
        venue=publisher or first("venue", "short venue") or book,
        url=next(iter(urls), ""),
        addresses=tuple(urls[1:]),
        kind=KINDS.get(kind, ""),
        doi=first("doi") or next(iter(dois), ""),
        pmid=next((x for x in numbers if x.isdecimal()), "") if is_medline else "",
        statements=unite(_statements(noted), ()),
        version=preprint_version(first("venue", "short venue"), *numbers),
        identifiers=(named, *(x for number in numbers for x in _identifiers(number))),
        date=date,
        citation_key="" if named or not _IS_KEY.search(key) else key,
        details=Details(
            volume=first("volume"),
            number=first("number"),
            pages=page_range(first("first page"), first("last page")),
            publisher="" if publisher else first("publisher"),
            place=first("place"),
            series=first("series"),
            edition=first("edition"),
            genre=first("other notes") if kind in ("THES", "RPRT") else "",
            issn="" if _ISBN.fullmatch(serial) else serial,
            isbn=serial if _ISBN.fullmatch(serial) else "",
            keywords=tuple(fields.get("keywords", ())),
            note=" ".join(kept_notes),
            files=tuple(x for x in fields.get("files", ()) if not doi_in_note(x)),
        ),
        not_kept=tuple(fields.get("not kept", ())),
    )


def _statements(notes: Iterable[str]) -> Iterator[StatusStatement]:
    """Yield what notes say, and ``M3``, in which databases give the type of a document."""
    for note in notes:
        yield from type_statements([note], "note")
        yield from remark_statements(note, "note")


def _abstract(texts: Sequence[str]) -> str:
    """Return the abstract; databases write ``NA`` where they have none."""
    text = " ".join(texts)
    return "" if text.strip().upper() in ("NA", "N/A") else text


def _date_text(date: str, year: str, first: str) -> str:
    """Return what says when it appeared, of several tags the one that `_time` goes by."""
    said = next((x for x in (year, first) if any(map(str.isalnum, x))), "")
    return said if parse_date(said).year is not None or not date else date


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
    told = day.at or (day.month and day.year == known_year.year)
    return day if told or known_year.year is None else known_year


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
        paragraph_tags=("AB", "N1", "N2"),
    ),
    lambda record: _reference(_sorted(record)),
    suffixes=(".ris",),
)
"""Reads the records; what stands before, between and after them is passed over."""
