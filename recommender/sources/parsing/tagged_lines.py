"""Files of tagged lines (RIS, nbib, RefWorks, refer), cut into records. Pure.

A record is what stands between two beginnings; a line without a tag continues
the one above. What is cut off keeps the fields that were whole: the last record
of a file needs no end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from recommender.sources.text_file import Document

MAX_RECORD = 2_000_000
"""Most characters of one record."""


@dataclass
class Record:
    """The tagged values of one record in their order; `line` (from 1) is its first."""

    line: int
    pairs: list[tuple[str, list[str]]] = field(default_factory=list)
    size: int = 0

    def all(self, *tags: str) -> list[str]:
        """Return the values of these tags that are not empty; a newline where one continues."""
        joined = ("\n".join(lines) for tag, lines in self.pairs if tag in tags)
        return [value for x in joined if (value := x.strip())]

    def first(self, *tags: str) -> str:
        """Return the first value, of the first of these tags that has one, or ``""``."""
        return next((found[0] for tag in tags if (found := self.all(tag))), "")

    def has(self, *tags: str) -> bool:
        """Say whether one of these tags stands there, with or without a value."""
        return any(tag in tags for tag, _ in self.pairs)


class Dialect(Protocol):
    """How one format writes a tag, and where it begins and ends a record."""

    def tagged(self, line: str) -> tuple[str, str] | None:
        """Return tag and value of a line, or None for one that continues."""
        ...

    def begins(self, tag: str, record: Record | None, after_blank: bool) -> bool:
        """Say whether a line of this tag begins a record; None is between records."""
        ...

    def ends(self, tag: str) -> bool:
        """Say whether a line of this tag ends the record."""
        ...


def records(document: Document, dialect: Dialect) -> Iterator[Record]:
    """Yield the records of a file; one that is too long goes to ``document.damaged``."""
    record: Record | None = None
    blank = True
    for number, line in document.lines():
        pair = dialect.tagged(line)
        if pair is None:
            if record is not None and line.strip():
                _continue(record, line.strip())
            blank = not line.strip()
            continue
        tag, value = pair
        if dialect.begins(tag, record, blank):
            yield from _whole(record, document)
            record = Record(number)
        blank = False
        if record is not None and dialect.ends(tag):
            yield from _whole(record, document)
            record = None
        elif record is not None:
            _add(record, tag, value.strip())
    yield from _whole(record, document)


def _add(record: Record, tag: str, value: str) -> None:
    record.size += len(value) + 10
    if record.size <= MAX_RECORD:
        record.pairs.append((tag, [value]))


def _continue(record: Record, text: str) -> None:
    record.size += len(text) + 1
    if record.size <= MAX_RECORD and record.pairs:
        record.pairs[-1][1].append(text)


def _whole(record: Record | None, document: Document) -> Iterator[Record]:
    if record is None or not record.pairs:
        return
    if record.size > MAX_RECORD:
        document.damaged[record.line] = f"a record of more than {MAX_RECORD:,} characters"
    else:
        yield record


def starts_a_line(head: str, pattern: str) -> bool:
    """Say whether some line of a file's head begins with the pattern."""
    return re.search(rf"^[ \t\ufeff]*(?:{pattern})", head, re.MULTILINE) is not None
