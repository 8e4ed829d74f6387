"""Files of tagged lines (RIS, nbib, RefWorks, refer), cut into records. Pure.

A record is what stands between two beginnings; a line without a tag continues
the one above. What is cut off keeps the fields that were whole: the last record
of a file needs no end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from recommender.sources.file_format import Entry, FormatAdapter, Refusal
from recommender.sources.parsing.reference_record import Reference, reference_entry
from recommender.sources.text_file import Document

MAX_RECORD = 2_000_000
"""Most characters of one record."""


@dataclass
class TaggedRecord:
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


@dataclass(frozen=True, slots=True)
class TagSyntax:
    """How one format writes a tag, and where it begins and ends a record.

    Parameters
    ----------
    pattern
        Matches a line with a tag: the tag is its first group, the value the last that matched.
    begins
        Whether a tag begins a record, given the open record (None between records) and whether
        a blank line stands before it.
    end_tag
        The tag that ends a record, ``""`` where none does.
    """

    pattern: re.Pattern[str]
    begins: Callable[[str, TaggedRecord | None, bool], bool]
    end_tag: str = ""


def tagged_format(
    name: str,
    matches: Callable[[str], bool],
    syntax: TagSyntax,
    reference: Callable[[TaggedRecord], Reference],
    suffixes: tuple[str, ...] = (),
) -> FormatAdapter:
    """Return a format whose records are tagged lines."""

    def read_document(document: Document) -> Iterator[Entry | Refusal]:
        for record in tagged_records(document, syntax):
            yield reference_entry(record.line, reference(record))

    return FormatAdapter(name, matches, read_document, suffixes)


def tagged_records(document: Document, syntax: TagSyntax) -> Iterator[TaggedRecord]:
    """Yield the records of a file; one that is too long goes to ``document.damaged``."""
    record: TaggedRecord | None = None
    blank = True
    for number, line in document.lines():
        match = syntax.pattern.match(line)
        if match is None:
            if record is not None and line.strip():
                _continue(record, line.strip())
            blank = not line.strip()
            continue
        tag = match.group(1)
        if syntax.begins(tag, record, blank):
            yield from _whole(record, document)
            record = TaggedRecord(number)
        blank = False
        if record is not None and syntax.end_tag and tag == syntax.end_tag:
            yield from _whole(record, document)
            record = None
        elif record is not None:
            _add(
                record,
                tag,
                match.group(match.lastindex or 1).strip() if match.lastindex != 1 else "",
            )
    yield from _whole(record, document)


def _add(record: TaggedRecord, tag: str, value: str) -> None:
    record.size += len(value) + 10
    if record.size <= MAX_RECORD:
        record.pairs.append((tag, [value]))


def _continue(record: TaggedRecord, text: str) -> None:
    record.size += len(text) + 1
    if record.size <= MAX_RECORD and record.pairs:
        record.pairs[-1][1].append(text)


def _whole(record: TaggedRecord | None, document: Document) -> Iterator[TaggedRecord]:
    if record is None or not record.pairs:
        return
    if record.size > MAX_RECORD:
        document.damaged[record.line] = f"a record of more than {MAX_RECORD:,} characters"
    else:
        yield record


def starts_a_line(head: str, pattern: str) -> bool:
    """Say whether some line of a file's head begins with the pattern."""
    return re.search(rf"^[ \t\ufeff]*(?:{pattern})", head, re.MULTILINE) is not None
