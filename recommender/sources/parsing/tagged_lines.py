"""Files of tagged lines (RIS, nbib, RefWorks, refer, Web of Science), cut into records. Pure.

A record ends at its end tag, or where another begins. Programs forget the end,
forget the type that should begin a record or write it amid the record, leave blank
lines inside one, and put remarks between two. So lines are first gathered into
paragraphs, runs of tagged lines without a blank line before a tag, and a paragraph
then joins the open record unless it is another one: both say what begins a record,
or both have a title. A line without a tag continues the one above; after a blank line only
where that is a text of several paragraphs, else it is a remark between two records. What is
cut off keeps the fields that were whole: the last record of a file needs no end.
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
    """The tagged values of one record in their order; `line` (from 1) is its first.

    `lines` are the lines of the values.
    While lines are gathered it may be a part of one: `after_blank` says whether a blank line
    stands before it, `ended` whether the end tag follows.
    """

    line: int
    pairs: list[tuple[str, list[str]]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    size: int = 0
    after_blank: bool = False
    ended: bool = False

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
    begin_tag
        The tag that should begin a record.
    title_tags
        The tags of a title, one of which every record should have.
    end_tags
        The tags that end a record; empty where none does.
    always_begins
        Whether the begin tag stands in a record once at most.
    sloppy, known_tags
        A second pattern, for tags not written as they should be; it holds for these tags only,
        in either case.
    passed_over
        Tags of the file as a whole.
    paragraph_tags
        The tags of texts that may hold blank lines.
    """

    pattern: re.Pattern[str]
    begin_tag: str
    title_tags: tuple[str, ...]
    end_tags: tuple[str, ...] = ()
    always_begins: bool = True
    sloppy: re.Pattern[str] | None = None
    known_tags: frozenset[str] = frozenset()
    passed_over: tuple[str, ...] = ()
    paragraph_tags: tuple[str, ...] = ()

    def tag_and_value(self, line: str) -> tuple[str, str] | None:
        """Return the tag of a line and its value, or None for a line without a tag."""
        match = self.pattern.match(line)
        if match is not None:
            text = match.group(match.lastindex or 1) if match.lastindex != 1 else ""
            return match.group(1), text.strip()
        if self.sloppy is None or (match := self.sloppy.match(line)) is None:
            return None
        tag = match.group(1).upper()
        return (tag, match.group(2).strip()) if tag in self.known_tags else None


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
    for part in _paragraphs(document, syntax):
        if record is not None and _is_another(record, part, syntax):
            yield from _whole(record, document, syntax)
            record = None
        record = part if record is None else _joined(record, part)
        if record.ended:
            yield from _whole(record, document, syntax)
            record = None
    if record is not None:
        yield from _whole(record, document, syntax)


def _paragraphs(document: Document, syntax: TagSyntax) -> Iterator[TaggedRecord]:
    """Yield runs of tagged lines, cut where a blank line stands or a new record must begin."""
    part: TaggedRecord | None = None
    after_blank = True
    for number, line in document.lines():
        found = syntax.tag_and_value(line)
        if found is None:
            if not line.strip():
                after_blank = True
            elif part is not None and (
                not after_blank or part.pairs[-1][0] in syntax.paragraph_tags
            ):
                after_blank = False
                _continue(part, line.strip())
            continue
        tag, value = found
        if tag in syntax.end_tags:
            if part is not None:
                part.ended = True
                yield part
            part = None
        elif tag not in syntax.passed_over:
            if part is not None and after_blank:
                yield part
                part = None
            elif part is not None and (at := _begins_amid(part, tag, syntax)) is not None:
                following = _cut(part, at)
                yield part
                part = following
            if part is None:
                part = TaggedRecord(number, after_blank=after_blank)
            _add(part, tag, value, number)
        after_blank = False
    if part is not None:
        yield part


def _begins_amid(part: TaggedRecord, tag: str, syntax: TagSyntax) -> int | None:
    """Return the value from which on a part is another record, as a tag shows that follows it.

    No blank line stands before it. None where the tag belongs to the part.
    """
    if tag == syntax.begin_tag:
        begins = syntax.always_begins or part.has(tag) == part.has(*syntax.title_tags)
        return len(part.pairs) if begins else None
    # Where the type stands amid a record or nowhere, a second title is the next one's.
    first = part.pairs[0][0]
    if first == syntax.begin_tag or tag not in syntax.title_tags or not part.has(tag):
        return None
    # What began the record stands before the title of the next one too.
    tags = [x for x, _ in part.pairs]
    title = len(tags) - tags[::-1].index(tag)
    return tags.index(first, title) if first in tags[title:] else len(tags)


def _cut(part: TaggedRecord, at: int) -> TaggedRecord | None:
    """Take what begins with a value away from a part, and return it; None for nothing."""
    if at == len(part.pairs):
        return None
    rest = TaggedRecord(part.lines[at], part.pairs[at:], part.lines[at:])
    rest.size = sum(len(x) + 10 for _, texts in rest.pairs for x in texts)
    part.size -= rest.size
    del part.pairs[at:], part.lines[at:]
    return rest


def _is_another(record: TaggedRecord, part: TaggedRecord, syntax: TagSyntax) -> bool:
    """Say whether a paragraph is another record than the open one."""
    begun, begins = record.has(syntax.begin_tag), part.has(syntax.begin_tag)
    if begun and begins and (part.after_blank or syntax.always_begins):
        return True
    if not (record.has(*syntax.title_tags) and part.has(*syntax.title_tags)):
        return False
    if begun and not begins:
        return any(record.has(x) and part.has(x) for x in syntax.title_tags)
    return True


def _joined(record: TaggedRecord, part: TaggedRecord) -> TaggedRecord:
    """Return the record with the paragraph as its next lines."""
    record.pairs += part.pairs
    record.lines += part.lines
    record.size += part.size
    record.ended = part.ended
    return record


def _add(record: TaggedRecord, tag: str, value: str, line: int) -> None:
    record.size += len(value) + 10
    if record.size <= MAX_RECORD:
        record.pairs.append((tag, [value]))
        record.lines.append(line)


def _continue(record: TaggedRecord, text: str) -> None:
    record.size += len(text) + 1
    if record.size <= MAX_RECORD and record.pairs:
        record.pairs[-1][1].append(text)


def _whole(record: TaggedRecord, document: Document, syntax: TagSyntax) -> Iterator[TaggedRecord]:
    if record.size > MAX_RECORD:
        document.damaged[record.line] = f"a record of more than {MAX_RECORD:,} characters"
    elif (
        (record.ended and len(record.pairs) > 1)
        or not syntax.end_tags
        or record.has(syntax.begin_tag)
        or record.has(*syntax.title_tags)
    ):
        yield record


def starts_a_line(head: str, pattern: str) -> bool:
    """Say whether some line of a file's head begins with the pattern."""
    return re.search(rf"^[ \t\ufeff]*(?:{pattern})", head, re.MULTILINE) is not None
