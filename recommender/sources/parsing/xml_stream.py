"""XML answers record by record, in bounded memory, whatever they hold.

Pure: bytes in, elements out. The parser is the standard library's expat. A
document that declares entities is refused; depth, record size and tag size are
limited; no other document is loaded. Bytes are decoded here, so a stray
Windows-1252 letter or control character costs that letter and not the page.

Names are local ones: prefixes are dropped, so a record whose prefix was
declared elsewhere can be read on its own.

Not used: lxml, which repairs a page that was cut off in transit, so that an
incomplete harvest looks complete. `XMLPullParser`, which resolves namespaces
and fails on 10 of 385 recorded files (undeclared prefixes in 5, HTML entities
in 5), and which gives neither line numbers nor a way to refuse declarations.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from recommender.sources.parsing.text_encoding import detect_encoding

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
_MAX_REFERENCE_CHARACTERS = 12


@dataclass(frozen=True, slots=True)
class ParseFailure:
    """Where and why an answer cannot be read on; what came before it is good."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class XmlRecord:
    """One element that was asked for, whole, and the line (from 1) where it starts."""

    line: int
    element: Element


class _UnreadableError(Exception):
    """Raised inside the parser's handlers; carries the reason."""


def xml_records(
    pieces: Iterable[bytes], wanted: Collection[str], roots: Collection[str]
) -> Iterator[XmlRecord | ParseFailure]:
    """Yield the elements of the wanted names in their order; a `ParseFailure` ends them.

    Of wanted elements inside each other only the outermost is given out. A
    root element that is none of `roots` is broken from the start.
    """
    reader = _XmlReader(wanted, roots)
    empty = True
    for text in _sliced(decode_xml(pieces)):
        empty = empty and not text.strip()
        fault = reader.feed(text)
        yield from reader.take_records()
        if fault:
            yield fault
            return
    fault = ParseFailure(1, "it is empty") if empty else reader.feed(None)
    yield from reader.take_records()
    if fault:
        yield fault


def inner_text(element: Element | None) -> str:
    """Return all text inside an element, markup left out; ``""`` for None."""
    return "" if element is None else "".join(element.itertext())


class _XmlReader:
    """Expat's handlers, with a `TreeBuilder` for the record that is open."""

    def __init__(self, wanted: Collection[str], roots: Collection[str]) -> None:
        self._wanted, self._roots = frozenset(wanted), frozenset(roots)
        self._depth = self._size = self._n_bytes = 0
        self._builder: TreeBuilder | None = None
        self._record_depth = 0
        self._line = 1
        self._whole: list[XmlRecord] = []
        parser = self._parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        # With a foreign DTD, an undeclared entity is skipped and no error: HTML's are known here.
        parser.UseForeignDTD(True)
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.SkippedEntityHandler = self._skipped
        parser.EntityDeclHandler = self._entity_declared

    def feed(self, text: str | None) -> ParseFailure | None:
        """Parse on; None is the end of the document."""
        data = b"" if text is None else text.encode("utf-8", "replace")
        self._n_bytes += len(data)
        try:
            self._parser.Parse(data, text is None)
            if self._n_bytes - max(self._parser.CurrentByteIndex, 0) > MAX_TAG:
                raise _UnreadableError(f"one tag has more than {MAX_TAG:,} bytes")
        except expat.ExpatError as error:
            why = f"the XML breaks off here ({expat.ErrorString(error.code)})"
            return ParseFailure(error.lineno, why)
        except _UnreadableError as stop:
            return ParseFailure(self._parser.CurrentLineNumber, str(stop))
        return None

    def take_records(self) -> list[XmlRecord]:
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
        if self._builder is None:
            if tag not in self._wanted:
                return
            self._builder, self._record_depth = TreeBuilder(), self._depth
            self._line, self._size = self._parser.CurrentLineNumber, 0
        self._add_size(len(tag) + 60 + sum(len(k) + len(v) for k, v in attributes.items()))
        self._builder.start(tag, {k.rpartition(":")[2]: v for k, v in attributes.items()})

    def _end(self, name: str) -> None:
        if self._builder is not None:
            self._builder.end(name.rpartition(":")[2])
            if self._depth == self._record_depth:
                self._whole.append(XmlRecord(self._line, self._builder.close()))
                self._builder = None
        self._depth -= 1

    def _characters(self, text: str) -> None:
        if self._builder is not None:
            self._add_size(len(text))
            self._builder.data(text)

    def _add_size(self, n_characters: int) -> None:
        self._size += n_characters
        if self._size > MAX_RECORD:
            raise _UnreadableError(f"one record has more than {MAX_RECORD:,} characters")

    def _skipped(self, name: str, is_parameter: bool) -> None:
        if not is_parameter:
            self._characters(html.unescape(f"&{name};"))

    def _entity_declared(self, *_: object) -> None:
        raise _UnreadableError("it declares entities of its own, which data never needs")


def decode_xml(pieces: Iterable[bytes]) -> Iterator[str]:
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
    shown = detect_encoding(first)
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
            cut = part.rfind("&", -_MAX_REFERENCE_CHARACTERS)
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
