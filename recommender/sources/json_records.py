"""JSON answers item by item, so that one cut off in transit keeps what was whole.

Pure: bytes in, items out. By hand around the standard library's decoder:
`json.loads` takes an answer whole or not at all and knows no lines, and a
streaming parser would be one more dependency for answers that fit in memory.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Generator, Iterable, Iterator
from dataclasses import dataclass, field

from recommender.errors import SourceError
from recommender.sources.document import encoding_of
from recommender.sources.xml_records import Broken

MAX_BYTES = 64_000_000
"""Most bytes of one JSON answer, which is held in memory."""

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


def whole(pieces: Iterable[bytes], limit: int = MAX_BYTES) -> bytes:
    """Return the pieces as one; raises SourceError beyond `limit` bytes."""
    held, size = [], 0
    for piece in pieces:
        size += len(piece)
        if size > limit:
            raise SourceError(f"The answer has more than {limit:,} bytes; no source sends so much.")
        held.append(piece)
    return b"".join(held)


@dataclass(frozen=True, slots=True)
class Item:
    """One value of a list that was asked for, and the line (from 1) where it starts."""

    line: int
    value: object


@dataclass
class JsonAnswer:
    """An answer to be read once.

    Parameters
    ----------
    content
        The answer; several roots one after another (JSON Lines) are read too.
    lists
        Keys whose lists hold the items. A root that is a list is one of its
        own; a root object without any such key is itself the one item.
    inside
        Keys of objects in which the keys of `lists` are looked for as well.
    meta
        All other keys met on the way, filled while reading.
    """

    content: bytes
    lists: Collection[str]
    inside: Collection[str] = ()
    meta: dict[str, object] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Item | Broken]:
        encoding = encoding_of(self.content[:65_536])
        text = self.content.decode(encoding, "paperloop-windows-1252")
        self._text = text.replace("\r\n", "\n").replace("\r", "\n")
        self._at = self._counted = 0
        self._line = 1
        if not self._next():
            yield Broken(1, "it is empty")
        try:
            while self._next():
                yield from self._root()
        except json.JSONDecodeError as error:
            self._at = max(error.pos, self._at)
            yield Broken(self._here(), f"the JSON breaks off here ({error.msg.lower()})")
        except (ValueError, RecursionError) as error:
            deep = isinstance(error, RecursionError)
            why = "it is nested too deeply" if deep else "it holds a number too large"
            yield Broken(self._here(), why)

    def _root(self) -> Iterator[Item]:
        line = self._here()
        if self._next() == "[":
            yield from self._items()
        elif self._next() == "{":
            members: dict[str, object] = {}
            if (yield from self._members(members)):
                self.meta.update(members)
            else:
                yield Item(line, members)
        else:
            yield Item(line, self._value())

    def _members(self, into: dict[str, object]) -> Generator[Item, None, bool]:
        """Walk an object; True where a list that was asked for stood in it."""
        found = False
        self._take("{")
        while self._next() != "}":
            key = self._value()
            self._take(":")
            sign = self._next()
            if not isinstance(key, str):
                self._fail("Expecting property name")
            elif key in self.lists and sign == "[":
                found = True
                yield from self._items()
            elif key in self.inside and sign == "{":
                inner: dict[str, object] = {}
                within = yield from self._members(inner)
                found = found or within
                into.update(inner if within else {key: inner})
            else:
                into[key] = self._value()
            self._separate("}")
        self._take("}")
        return found

    def _items(self) -> Iterator[Item]:
        self._take("[")
        while self._next() != "]":
            line = self._here()
            yield Item(line, self._value())
            self._separate("]")
        self._take("]")

    def _value(self) -> object:
        self._next()
        value: object
        value, self._at = _DECODER.raw_decode(self._text, self._at)
        return value

    def _next(self) -> str:
        """Go to the next sign that is no space and return it; ``""`` at the end."""
        while (match := _SPACE.match(self._text, self._at)) and match.end() > self._at:
            self._at = match.end()
        return self._text[self._at : self._at + 1]

    def _take(self, sign: str) -> None:
        if self._next() != sign:
            self._fail(f"Expecting '{sign}'")
        self._at += 1

    def _separate(self, closing: str) -> None:
        if self._next() == ",":
            self._at += 1
        elif self._next() != closing:
            self._fail(f"Expecting ',' or '{closing}'")

    def _fail(self, what: str) -> None:
        raise json.JSONDecodeError(what, self._text, self._at)

    def _here(self) -> int:
        """Return the line of the place read so far; counts each end of line once."""
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = max(self._at, self._counted)
        return self._line
