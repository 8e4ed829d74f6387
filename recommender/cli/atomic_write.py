"""Files that commands write: whole, or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from recommender.errors import ExportError


def write_text(path: Path, text: str) -> None:
    """Write a text file under a temporary name and rename it.

    Raises
    ------
    ExportError
        The folder is absent, the disk full, or writing not allowed.
    """
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="", dir=path.parent, delete=False
        ) as part:
            part.write(text)
        os.replace(part.name, path)
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error.strerror}.") from error
