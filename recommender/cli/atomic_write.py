"""Files that commands write: whole, or not at all."""

from __future__ import annotations

from pathlib import Path

from recommender.errors import ExportError
from recommender.private_files import replace_whole


def write_text(path: Path, text: str) -> None:
    """Write a text file under a temporary name, for its owner only, and rename it.

    Raises
    ------
    ExportError
        The folder is absent, the disk full, or writing not allowed.
    """
    try:
        with replace_whole(path) as part:
            part.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error.strerror}.") from error
