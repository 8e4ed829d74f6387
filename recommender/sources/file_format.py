"""What every file format shares: the protocol, what a reader yields, the limits.

A format turns the text of one file into entries. What cannot be used becomes a
`Refusal` that names its line; a reader raises only when the file as a whole is
not what it seemed to be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, runtime_checkable

from recommender.domain import Paper
from recommender.sources.bounds import MAX_ABSTRACT, MAX_AUTHORS, MAX_TITLE
from recommender.sources.text_file import Document

Unreadable = Literal["authors", "date", "address", "key", "field"]
"""What part of an entry may be beyond us."""


@dataclass(frozen=True, slots=True)
class Unread:
    """Something in an entry that was not taken, or not as it was meant.

    `what` is the part; `text` is what stands there and what became of it, for a
    field of no place here its name.
    """

    what: Unreadable
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One paper as a file has it, and the line (from 1) where its entry starts.

    `unread` is what the entry says and the paper does not.
    """

    line: int
    paper: Paper
    unread: tuple[Unread, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one entry was not taken; `line` counts from 1, 0 is the file as a whole."""

    line: int
    why: str


@runtime_checkable
class FileFormat(Protocol):
    """A file format: one file in this package and one line in `FORMATS`."""

    name: str
    """The name in `FORMATS`, in reports and after ``--format``."""

    suffixes: tuple[str, ...]
    """Endings, lower case with the dot, that suggest it where content does not tell."""

    def matches(self, head: str) -> bool:
        """Say whether the first characters of a file are of this format, whatever its name."""
        ...

    def read(self, document: Document, now: datetime) -> Iterator[Entry | Refusal]:
        """Yield the entries in the order of the file; may be empty.

        Lines the document itself could not give are in ``document.damaged``;
        what a person should know of the whole file goes to ``document.notes``.

        Raises
        ------
        SourceError
            The file as a whole cannot be read as this format.
        """
        ...


@dataclass(frozen=True, slots=True)
class FormatAdapter:
    """A `FileFormat` made of two functions: one recognises a file, one reads it."""

    name: str
    matches: Callable[[str], bool]
    read_document: Callable[[Document], Iterator[Entry | Refusal]]
    suffixes: tuple[str, ...] = ()

    def read(self, document: Document, now: datetime) -> Iterator[Entry | Refusal]:
        """Yield the entries of a file; see `FileFormat.read`."""
        return self.read_document(document)


def entry_or_refusal(line: int, paper: Paper, unread: tuple[Unread, ...] = ()) -> Entry | Refusal:
    """Return the paper as an entry, or why no library could hold it."""
    if not paper.title:
        return Refusal(line, "it has no title")
    if len(paper.title) > MAX_TITLE:
        return Refusal(line, _too_long("title", len(paper.title), MAX_TITLE))
    if len(paper.abstract) > MAX_ABSTRACT:
        return Refusal(line, _too_long("abstract", len(paper.abstract), MAX_ABSTRACT))
    if len(paper.authors) > MAX_AUTHORS:
        return Refusal(line, f"it has more than {MAX_AUTHORS:,} authors")
    return Entry(line, paper, unread)


def _too_long(what: str, length: int, limit: int) -> str:
    return f"its {what} has {length:,} characters; at most {limit:,} are taken"
