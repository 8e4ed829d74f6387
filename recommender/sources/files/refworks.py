"""RefWorks' tagged format: two letters, a blank, the value; ``RT`` begins a record.

By hand: no kept parser reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from recommender.sources.file_format import Entry, Refusal
from recommender.sources.parsing.dates import When, when
from recommender.sources.parsing.reference_record import Reference, entry_of, sorted_name
from recommender.sources.parsing.tagged_lines import Record, records, starts_a_line
from recommender.sources.text_file import Document

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


class RefWorks:
    """Reads the records; what stands before the first is passed over."""

    name = "refworks"
    suffixes: tuple[str, ...] = ()

    def matches(self, head: str) -> bool:
        """Say whether a record begins and a line after it names an author, title or source."""
        begun = re.search(r"^\ufeff?RT [A-Z][\w ,()-]{2,60}\r?$", head, re.MULTILINE)
        return begun is not None and starts_a_line(head[begun.end() :], r"(?:A1|T1|JF|SR|ID) ")

    def read(self, document: Document, now: datetime) -> Iterator[Entry | Refusal]:
        """Yield the records by their first lines; see `FileFormat.read`."""
        for record in records(document, self):
            yield entry_of(record.line, _reference(record))

    def tagged(self, line: str) -> tuple[str, str] | None:
        """Return tag and value of a line; see `tagged.Dialect`."""
        match = _TAGGED.match(line)
        return (match.group(1), match.group(2) or "") if match else None

    def begins(self, tag: str, record: Record | None, after_blank: bool) -> bool:
        """Say whether the tag is that of a reference type."""
        return tag == "RT"

    def ends(self, tag: str) -> bool:
        """Say whether the tag ends a record, which few writers do."""
        return tag == "ER"


def _reference(record: Record) -> Reference:
    said = record.first("RT").lower()
    return Reference(
        title=record.first("T1", "T2"),
        abstract=" ".join(record.all("AB")),
        authors=tuple(map(sorted_name, record.all("A1"))),
        time=_time(record),
        venue=record.first("JF", "JO", "T2"),
        url=record.first("UL", "LK"),
        addresses=tuple(record.all("LK")),
        kind=next((kind for words, kind in KINDS if said.startswith(words)), ""),
        doi=record.first("DO"),
        pmid=record.first("PM"),
    )


def _time(record: Record) -> When:
    """Return the free-form date with the year beside it, or the year alone."""
    year = when(record.first("YR"))
    if year.year is None:
        return when(record.first("FD"))
    free = when(f"{record.first('FD')} {year.year}")
    return free if free.year == year.year else year
