"""Files that commands write: whole, or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from recommender.errors import ExportError


def write_text(path: Path, text: str) -> None:
    """Write a text file under a temporary name, for its owner only, and rename it.

    Raises
    ------
    ExportError
        The folder is absent, the disk full, or writing not allowed.
    """
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as part:
                part.write(text)
            os.replace(temporary, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error.strerror}.") from error
