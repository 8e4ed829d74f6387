"""nbib: MEDLINE's tagged lines, as PubMed, PubMed Central and ERIC offer them.

By hand: no kept parser of this format gives line numbers or survives a file
that was cut off. Tags: https://www.nlm.nih.gov/bsd/mms/medlineelements.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from recommender.domain import Author
from recommender.sources.file_format import Entry, Refusal
from recommender.sources.parsing.author_names import plain_author
from recommender.sources.parsing.dates import When, when
from recommender.sources.parsing.reference_record import Reference, body, entry_of, sorted_name
from recommender.sources.parsing.tagged_lines import Record, records, starts_a_line
from recommender.sources.text_file import Document

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
_DOI = re.compile(r"(10\.\S+)\s*\[doi\]", re.IGNORECASE)
_HEAD = r"PMID ?- ?\d|OWN ?- |FAU ?- |STAT- |DCOM- |JID ?- |PMC ?- ?(?:PMC)?\d"


class Nbib:
    """Reads the records, which a blank line or the next ``PMID`` separates."""

    name = "nbib"
    suffixes = (".nbib", ".medline")

    def matches(self, head: str) -> bool:
        """Say whether a line begins with a tag that only MEDLINE has."""
        return starts_a_line(head, _HEAD)

    def read(self, document: Document, now: datetime) -> Iterator[Entry | Refusal]:
        """Yield the records by their first lines; see `FileFormat.read`."""
        for record in records(document, self):
            yield entry_of(record.line, _reference(record))

    def tagged(self, line: str) -> tuple[str, str] | None:
        """Return tag and value of a line; see `tagged.Dialect`."""
        match = _TAGGED.match(line)
        return (match.group(1), match.group(2) or match.group(3) or "") if match else None

    def begins(self, tag: str, record: Record | None, after_blank: bool) -> bool:
        """Say whether a line begins a record."""
        return record is None or after_blank or (tag == "PMID" and record.has("PMID"))

    def ends(self, tag: str) -> bool:
        """Say that no tag ends a record."""
        return False


def _reference(record: Record) -> Reference:
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
    )


def _authors(record: Record) -> tuple[Author, ...]:
    """Return full names, bodies among them in their place; short ones where none is full."""
    tags = ("FAU", "CN") if record.has("FAU") else ("AU", "CN")
    return tuple(
        body(value) if tag == "CN" else _name(value)
        for tag, lines in record.pairs
        if tag in tags and (value := "\n".join(lines))
    )


def _name(name: str) -> Author:
    """Return the author of ``Family, Given G`` or, where only that stands there, ``Family GG``."""
    return sorted_name(name) if "," in name else plain_author(name)


def _time(record: Record) -> When:
    """Return the day of publication, or of the electronic one where only that has a day."""
    published, electronic = when(record.first("DP")), when(record.first("DEP"))
    if published.year is None:
        return electronic
    return electronic if published.at is None and electronic.year == published.year else published


def _kind(record: Record) -> str:
    said = " ".join((*record.all("PT"), *record.all("SO"))).lower()
    found = next((kind for words, kind in KINDS if words in said), "")
    return found or ("article-journal" if record.has("JT", "TA") else "")
