"""Bytes of foreign files as text, whatever their encoding. Pure.

UTF-8 with and without a mark, UTF-16 and UTF-32 are recognised. A byte that is
not UTF-8 is read as Windows-1252, which most such files mean, and a stretch
where hardly any sequence is UTF-8 is read so as a whole.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from itertools import chain

NOT_UTF8 = "It is not UTF-8 throughout; other bytes are read as Windows-1252."
"""The note on a file that needed it."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ERRORS = "paperloop-windows-1252"
_FEW = 1_000
_BAD_SHARE = 50


def detect_encoding(first: bytes) -> str:
    """Return the encoding that the first bytes of a file show; ``utf-8`` unless they do."""
    for mark, name in _BOMS:
        if first.startswith(mark):
            return name
    even, odd = first[0::2].count(0), first[1::2].count(0)
    if min(even, odd) * 4 < max(even, odd) and max(even, odd) * 5 > len(first):
        return "utf-16-be" if even > odd else "utf-16-le"
    return "utf-8"


def decode_text(pieces: Iterable[bytes], notes: list[str]) -> Iterator[str]:
    """Yield the text of each piece; a character cut by a piece's end comes with the next.

    Appends `NOT_UTF8` to `notes` where it applies; never raises.
    """
    pieces = iter(pieces)
    first = next(pieces, b"")
    encoding = detect_encoding(first)
    strict = codecs.getincrementaldecoder(encoding)()
    lenient: _Lenient | None = None
    for piece, final in chain([(first, False)], ((x, False) for x in pieces), [(b"", True)]):
        if lenient is None:
            try:
                yield strict.decode(piece, final)
                continue
            except UnicodeDecodeError:
                # The strict decoder still holds the bytes of a character cut before.
                lenient = _Lenient(encoding, strict.getstate())
                notes += [NOT_UTF8] if encoding.startswith("utf-8") else []
        yield lenient.decode(piece, final)


class _Lenient:
    """Decodes anything, at a cost that stays small when nothing fits."""

    def __init__(self, encoding: str, state: tuple[bytes, int]) -> None:
        self._decoder = codecs.getincrementaldecoder(encoding)(_ERRORS)
        self._decoder.setstate(state)
        self._is_utf8 = encoding.startswith("utf-8")

    def decode(self, piece: bytes, final: bool) -> str:
        # A call of the handler for each byte of a large file of another encoding takes minutes.
        bad = len(piece) - len(piece.decode("utf-8", "ignore").encode()) if self._is_utf8 else 0
        if bad <= _FEW or bad * _BAD_SHARE <= len(piece):
            return self._decoder.decode(piece, final)
        held, _ = self._decoder.getstate()
        self._decoder.setstate((b"", 0))
        return (held + piece).decode("cp1252", errors="replace")


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    if error.encoding.replace("-", "")[:4] != "utf8":
        return "\N{REPLACEMENT CHARACTER}", error.end
    return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end


codecs.register_error(_ERRORS, _as_windows_1252)
