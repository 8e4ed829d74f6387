"""One file as numbered lines of text: decompressed, decoded and bounded in size.

Runs on import; reads the file it is given and touches nothing else. Memory
stays bounded whatever the file holds: it is read in pieces, a line longer than
`MAX_LINE` is passed over, and a compressed file that swells out of all
proportion is left where it does.
"""

from __future__ import annotations

import gzip
import io
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from recommender.errors import SourceError
from recommender.sources.parsing.text_encoding import decode_text

MAX_LINE = 4_000_000
"""Most characters of one line."""

HEAD = 65_536
"""Characters by which a format is recognised."""

CHANGED = "the file changed while it was read; import it again"

_PIECE = 65_536
_SWELLING = 100
"""Text of records is packed to a tenth; to a hundredth where it says the same again and again."""
_SMALL = 4_000_000


@dataclass
class Document:
    """A file to be read once, from its first line to its last.

    Parameters
    ----------
    path
        The file; gzip is recognised by its content.
    notes
        Sentences for a person about the file as a whole, filled while reading.
    damaged
        Line number (from 1) to what is wrong, for lines that could not be given.
    """

    path: Path
    notes: list[str] = field(default_factory=list)
    damaged: dict[int, str] = field(default_factory=dict)
    _line: int = field(default=1, repr=False)

    def lines(self) -> Iterator[tuple[int, str]]:
        r"""Yield ``(number from 1, text without its end)``; \\r\\n and \\r end lines too.

        Raises
        ------
        SourceError
            The file is absent, not a file, or not readable.
        """
        self._line, pending = 1, ""
        for text in self._text():
            *whole, rest = text.split("\n")
            for part in whole:
                if self._is_whole(line := pending + part):
                    yield self._line, line
                self._line, pending = self._line + 1, ""
            if len(pending) + len(rest) > MAX_LINE:
                self._mark_too_long()
            pending = "" if self._line in self.damaged else pending + rest
        if pending and self._is_whole(pending):
            yield self._line, pending

    def head(self) -> str:
        """Return up to `HEAD` characters from the start; raises SourceError as `lines`."""
        kept = ""
        for text in self._text():
            kept += text
            if len(kept) >= HEAD:
                break
        return kept[:HEAD]

    def _is_whole(self, line: str) -> bool:
        if len(line) > MAX_LINE:
            self._mark_too_long()
        return self._line not in self.damaged

    def _mark_too_long(self) -> None:
        self.damaged[self._line] = f"the line has more than {MAX_LINE:,} characters"

    def _text(self) -> Iterator[str]:
        """Decode the pieces; every kind of line end becomes a newline."""
        newlines = io.IncrementalNewlineDecoder(None, translate=True)
        for text in decode_text(self.pieces(), self.notes):
            yield newlines.decode(text)
        yield newlines.decode("", final=True)

    def pieces(self) -> Iterator[bytes]:
        """Yield the bytes, unpacked, for formats that say their encoding themselves.

        Raises SourceError as `lines` does.
        """
        try:
            _must_be_a_file(self.path)
            with self.path.open("rb") as raw:
                begun = os.fstat(raw.fileno())
                packed = raw.read(2) == b"\x1f\x8b"
                raw.seek(0)
                yield from self._unpacked(raw) if packed else _as_long_as(raw, begun.st_size)
                if _when_and_how_long(os.fstat(raw.fileno())) != _when_and_how_long(begun):
                    self.damaged[self._line] = CHANGED
        except OSError as error:
            raise SourceError(f"{self.path} cannot be read: {error.strerror or error}.") from error

    def _unpacked(self, raw: BinaryIO) -> Iterator[bytes]:
        stream, size = gzip.GzipFile(fileobj=raw), 0
        try:
            while piece := stream.read1(_PIECE):
                size += len(piece)
                if size > _SMALL and size > _SWELLING * raw.tell():
                    self.damaged[self._line] = (
                        f"the file swells to more than {_SWELLING} times its size when unpacked; "
                        "what stands before this line is kept, the rest is not read. If you trust "
                        "the file, unpack it and import that"
                    )
                    return
                yield piece
        except (EOFError, zlib.error, gzip.BadGzipFile):
            self.damaged[self._line] = "the compressed file is damaged or cut off from here on"


def _as_long_as(raw: BinaryIO, size: int) -> Iterator[bytes]:
    """Yield the file as long as it was at first: one that grows as it is read would not end."""
    while size > 0 and (piece := raw.read(min(_PIECE, size))):
        size -= len(piece)
        yield piece


def _when_and_how_long(status: os.stat_result) -> tuple[int, int]:
    return status.st_mtime_ns, status.st_size


def _must_be_a_file(path: Path) -> None:
    if path.is_dir():
        raise SourceError(f"{path} is a folder; name the files in it.")
    if not path.exists():
        raise SourceError(f"{path} does not exist.")
    if not path.is_file():
        raise SourceError(f"{path} is not a regular file.")
