"""How many entries a file seems to hold, for the time an import has left. A guess.

The file is read through once, as bytes, without being understood: that takes
milliseconds where the import takes minutes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from recommender.errors import SourceError
from recommender.ingest.import_job import Progress
from recommender.sources import Document, detect

ProgressCallback = Callable[[str, int, int | None], None]
"""Called with the name of a file, the entries read so far of all files, and how many there are."""

_PIECE_KEPT = 64
_MARKS = {
    "bibtex": re.compile(rb"^[ \t]*@(?!comment|string|preamble)\w+\s*[{(]", re.I | re.M),
    "ris": re.compile(rb"^TY  -", re.M),
    "nbib": re.compile(rb"^PMID ?-", re.M),
    "jsonl": re.compile(rb"\n"),
    "csv": re.compile(rb"\n"),
}
"""What stands once in every entry, by format."""


def expected(paths: Sequence[Path], format: str | None = None) -> int | None:
    """Return about how many entries the files hold together, None where that is not known."""
    counts = [_count(path, format) for path in paths]
    known = [x for x in counts if x is not None]
    return sum(known) if len(known) == len(counts) else None


def over_all(tell: ProgressCallback, paths: Sequence[Path], format: str | None = None) -> Progress:
    """Return the progress of an import of these files that counts through all of them."""
    total = expected(paths, format)
    before, last, count = 0, "", 0

    def progress(path: str, read: int) -> None:
        nonlocal before, last, count
        if path != last:
            before, last = before + count, path
        count = read
        tell(Path(path).name, before + read, total)

    return progress


def _count(path: Path, format: str | None) -> int | None:
    try:
        mark = _MARKS.get(format or detect(path))
        if mark is None:
            return None
        n, rest = 0, b"\n"
        for piece in Document(path).pieces():
            # A mark that lies across two pieces is found with the second.
            ends = [x.end() for x in mark.finditer(rest + piece)]
            n += sum(end > len(rest) for end in ends)
            rest = (rest + piece)[-_PIECE_KEPT:]
        return n
    except SourceError:
        return None
