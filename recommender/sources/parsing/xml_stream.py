"""XML answers record by record, in bounded memory, whatever they hold.

Pure: bytes in, elements out. The parser is the standard library's expat; lxml
would repair a page that was cut off in transit, and a harvest that ends there
must not look complete. A document that declares entities is refused, depth,
size of a record and size of a tag are limited, nothing is ever loaded from
elsewhere. Bytes are decoded here, so that a stray Windows-1252 letter or a
control character costs that letter and not the page.

Names are local ones: prefixes are dropped, so a record whose prefix was
declared on a page it has been cut from is read all the same.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element
from xml.parsers import expat

from recommender.sources.text_file import encoding_of

MAX_DEPTH = 100
MAX_RECORD = 4_000_000
"""Most characters of one record."""

MAX_TAG = 1_000_000
"""Most bytes of one tag, comment or declaration."""

_SLICE = 131_072
_HEAD = 400
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_ENCODINGS = re.compile(
    r"(?:utf-?(?:8|16|32)|us-?ascii|ascii|latin|iso|windows|cp|koi8|gb|big5|euc|shift|mac)", re.I
)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]+")
_NUMBERED = re.compile(r"&#(x[0-9a-fA-F]{1,8}|[0-9]{1,8});")
_LONGEST_REFERENCE = 12


@dataclass(frozen=True, slots=True)
class Broken:
    """Where and why an answer cannot be read on; what came before it is good."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Record:
    """One element that was asked for, whole, and the line (from 1) where it starts."""

    line: int
    element: Element


class _UnreadableError(Exception):
    """Raised inside the parser's handlers; carries the reason."""


def xml_records(
    pieces: Iterable[bytes], wanted: Collection[str], roots: Collection[str]
) -> Iterator[Record | Broken]:
    """Yield the elements of the wanted names in their order; a `Broken` ends them.

    Of wanted elements inside each other only the outermost is given out. A
    root element that is none of `roots` is broken from the start.
    """
    reader = _Reader(wanted, roots)
    empty = True
    for text in _sliced(decoded(pieces)):
        empty = empty and not text.strip()
        fault = reader.feed(text)
        yield from reader.taken()
        if fault:
            yield fault
            return
    fault = Broken(1, "it is empty") if empty else reader.feed(None)
    yield from reader.taken()
    if fault:
        yield fault


def text_of(element: Element | None) -> str:
    """Return all text inside an element, markup left out; ``""`` for None."""
    return "" if element is None else "".join(element.itertext())


class _Reader:
    """Expat's handlers, and the record that is being put together."""

    def __init__(self, wanted: Collection[str], roots: Collection[str]) -> None:
        self._wanted, self._roots = frozenset(wanted), frozenset(roots)
        self._depth = self._size = self._fed = 0
        self._open: list[Element] = []
        self._closed: Element | None = None
        self._line = 1
        self._whole: list[Record] = []
        parser = self._parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        # So that an entity nobody declared is skipped and not an error: HTML's are known here.
        parser.UseForeignDTD(True)
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.SkippedEntityHandler = self._skipped
        parser.EntityDeclHandler = self._declared

    def feed(self, text: str | None) -> Broken | None:
        """Parse on; None is the end of the document."""
        data = b"" if text is None else text.encode("utf-8", "replace")
        self._fed += len(data)
        try:
            self._parser.Parse(data, text is None)
            if self._fed - max(self._parser.CurrentByteIndex, 0) > MAX_TAG:
                raise _UnreadableError(f"one tag has more than {MAX_TAG:,} bytes")
        except expat.ExpatError as error:
            return Broken(
                error.lineno, f"the XML breaks off here ({expat.ErrorString(error.code)})"
            )
        except _UnreadableError as stop:
            return Broken(self._parser.CurrentLineNumber, str(stop))
        return None

    def taken(self) -> list[Record]:
        """Return the records that are whole, once each."""
        whole, self._whole = self._whole, []
        return whole

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        self._depth += 1
        if self._depth == 1 and tag not in self._roots:
            expected = " or ".join(f"<{x}>" for x in sorted(self._roots))
            raise _UnreadableError(f"it starts with <{tag[:40]}>, not with {expected}")
        if self._depth > MAX_DEPTH:
            raise _UnreadableError(f"its elements are nested more than {MAX_DEPTH} deep")
        if self._open or tag in self._wanted:
            self._begin(tag, {k.rpartition(":")[2]: v for k, v in attributes.items()})

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        if not self._open:
            self._line, self._size = self._parser.CurrentLineNumber, 0
        self._grow(len(tag) + 60 + sum(len(k) + len(v) for k, v in attributes.items()))
        element = Element(tag, attributes)
        if self._open:
            self._open[-1].append(element)
        self._open.append(element)
        self._closed = None

    def _end(self, name: str) -> None:
        self._depth -= 1
        if self._open:
            self._closed = self._open.pop()
            if not self._open:
                self._whole.append(Record(self._line, self._closed))

    def _characters(self, text: str) -> None:
        if not self._open:
            return
        self._grow(len(text))
        if self._closed is None:
            self._open[-1].text = (self._open[-1].text or "") + text
        else:
            self._closed.tail = (self._closed.tail or "") + text

    def _grow(self, size: int) -> None:
        self._size += size
        if self._size > MAX_RECORD:
            raise _UnreadableError(f"one record has more than {MAX_RECORD:,} characters")

    def _skipped(self, name: str, is_parameter: bool) -> None:
        if not is_parameter:
            self._characters(html.unescape(f"&{name};"))

    def _declared(self, *_: object) -> None:
        raise _UnreadableError("it declares entities of its own, which data never needs")


def decoded(pieces: Iterable[bytes]) -> Iterator[str]:
    """Decode by mark, declaration or UTF-8; what the encoding lacks is read as Windows-1252."""
    rest, head = iter(pieces), b""
    while len(head) < _HEAD and (piece := next(rest, b"")):
        head += piece
    decoder = codecs.getincrementaldecoder(_encoding(head))("paperloop-windows-1252")
    yield decoder.decode(head)
    for piece in rest:
        yield decoder.decode(piece)
    yield decoder.decode(b"", final=True)


def _encoding(first: bytes) -> str:
    shown = encoding_of(first)
    declared = _DECLARED.search(first[:_HEAD])
    if shown != "utf-8" or declared is None:
        return shown
    name = declared.group(1).decode("ascii")
    # Bytes that show a declaration in ASCII are no UTF-16 whatever it says.
    if not _ENCODINGS.match(name) or re.match(r"utf-?(?:16|32)", name, re.I):
        return shown
    try:
        codecs.getincrementaldecoder(name)
    except LookupError:
        return shown
    return name


def _sliced(texts: Iterable[str]) -> Iterator[str]:
    """Cut long text up and take out what XML forbids; a reference is never cut in two."""
    held = ""
    for text in texts:
        for start in range(0, len(text), _SLICE):
            part = held + text[start : start + _SLICE]
            cut = part.rfind("&", -_LONGEST_REFERENCE)
            held = part[cut:] if cut >= 0 else ""
            yield _allowed(part[:cut] if cut >= 0 else part)
    yield _allowed(held)


def _allowed(text: str) -> str:
    if "&#" in text:
        text = _NUMBERED.sub(_legal, text)
    return _FORBIDDEN.sub(" ", text)


def _legal(reference: re.Match[str]) -> str:
    digits = reference.group(1)
    code = int(digits[1:], 16) if digits[0] == "x" else int(digits)
    legal = code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE
    return reference.group() if legal or 0x10000 <= code <= 0x10FFFF else " "
