"""nbib: MEDLINE's tagged lines, as PubMed, PubMed Central and ERIC offer them.

By hand: no kept parser of this format gives line numbers or survives a file
that was cut off. Tags: https://www.nlm.nih.gov/bsd/mms/medlineelements.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from recommender.domain import Author, Details, StatusStatement
from recommender.sources.parsing.author_names import plain_author
from recommender.sources.parsing.dates import PartialDate, parse_date
from recommender.sources.parsing.reference_record import (
    Reference,
    corporate_author,
    page_range,
    parse_sorted_name,
)
from recommender.sources.parsing.status_fields import (
    MEDLINE_TAGS,
    identifier_in_citation,
    pubmed_statements,
    type_statements,
)
from recommender.sources.parsing.tagged_lines import (
    TaggedRecord,
    TagSyntax,
    starts_a_line,
    tagged_format,
)
from recommender.sources.parsing.version_relations import related_versions

KINDS = (
    ("journal article", "article-journal"),
    ("dissertation", "thesis"),
    ("preprint", "article"),
    ("technical report", "report"),
    ("dataset", "dataset"),
    ("book chapter", "chapter"),
    ("book", "book"),
)
"""What a publication type or source says, in CSL's words; the first that is found."""

_TAGGED = re.compile(r"([A-Z][A-Z0-9]{1,3}) {0,2}-(?: (.*)|(.*))$")
_DOI = re.compile(r"(10\.\d{4,9}/\S{1,200}?)\s{0,9}\[doi\]", re.IGNORECASE)
_HEAD = r"PMID ?- ?\d|OWN ?- |FAU ?- |STAT- |DCOM- |JID ?- |PMC ?- ?(?:PMC)?\d"


def _matches(head: str) -> bool:
    """Say whether a line begins with a tag that only MEDLINE has."""
    return starts_a_line(head, _HEAD)


def _reference(record: TaggedRecord) -> Reference:
    dois = (m.group(1) for x in record.all("LID", "AID", "SO") if (m := _DOI.search(x)))
    addresses = [x for x in record.all("LID", "AID") if "://" in x]
    return Reference(
        title=record.first("TI", "BTI", "CTI"),
        abstract=" ".join(record.all("AB")) or " ".join(record.all("OAB")),
        authors=_authors(record),
        time=_time(record),
        venue=record.first("JT", "TA", "BTI"),
        url=addresses[-1] if addresses else "",
        kind=_kind(record),
        doi=next(dois, ""),
        pmid=record.first("PMID"),
        statements=tuple(_statements(record)),
        related=tuple(
            related_versions(
                (tag, identifier_in_citation(citation))
                for tag in ("UOF", "UIN", "RPF", "RPI")
                for citation in record.all(tag)
            )
        ),
        date=record.first("DP", "DEP"),
        details=Details(
            volume=record.first("VI"),
            number=record.first("IP"),
            pages=page_range(record.first("PG")),
            publisher=record.first("PB"),
            place=record.first("PL") if record.has("PB") else "",
            issn=record.first("IS").partition("(")[0].rstrip(),
            isbn=record.first("ISBN").partition("(")[0].rstrip(),
            keywords=(*record.all("OT"), *(x.replace(",", " ") for x in record.all("MH"))),
        ),
    )


def _statements(record: TaggedRecord) -> Iterator[StatusStatement]:
    """Yield what the publication types, the comments and corrections say."""
    yield from type_statements(record.all("PT"), "pubmed")
    own = f"pmid:{record.first('PMID')}" if record.first("PMID").isdecimal() else ""
    for tag, kind in MEDLINE_TAGS.items():
        for citation in record.all(tag):
            yield from pubmed_statements(kind, identifier_in_citation(citation), own)


def _authors(record: TaggedRecord) -> tuple[Author, ...]:
    """Return full names, bodies among them in their place; short ones where none is full."""
    tags = ("FAU", "CN") if record.has("FAU") else ("AU", "CN")
    return tuple(
        corporate_author(value) if tag == "CN" else _name(value)
        for tag, lines in record.pairs
        if tag in tags and (value := "\n".join(lines))
    )


def _name(name: str) -> Author:
    """Return the author of ``Family, Given G`` or, where only that stands there, ``Family GG``."""
    return parse_sorted_name(name) if "," in name else plain_author(name)


def _time(record: TaggedRecord) -> PartialDate:
    """Return the day of publication, or of the electronic one where only that has a day."""
    published, electronic = parse_date(record.first("DP")), parse_date(record.first("DEP"))
    if published.year is None:
        return electronic
    return electronic if published.at is None and electronic.year == published.year else published


def _kind(record: TaggedRecord) -> str:
    kind_text = " ".join((*record.all("PT"), *record.all("SO"))).lower()
    found = next((kind for words, kind in KINDS if words in kind_text), "")
    return found or ("article-journal" if record.has("JT", "TA") else "")


NBIB = tagged_format(
    "nbib",
    _matches,
    TagSyntax(_TAGGED, "PMID", ("TI", "BTI", "CTI"), paragraph_tags=("AB", "OAB")),
    _reference,
    suffixes=(".nbib", ".medline"),
)
"""Reads the records, which a blank line or the next ``PMID`` separates."""
