"""Digests as files, each written whole or not at all, and for its owner only.

An HTML digest holds links that vote for its reader.
"""

from __future__ import annotations

import re
from pathlib import Path

from recommender.config import Settings
from recommender.digest.compose.manifest import Manifest
from recommender.digest.render.render import render
from recommender.errors import DigestError
from recommender.private_files import make_private_folder, replace_whole

SUFFIXES = {"html": ".html", "text": ".txt", "markdown": ".md"}
"""Format of a digest to the ending of its file."""


def write_files(manifest: Manifest, out: Path) -> list[Path]:
    """Write ``<week>-<reader>`` in every format into a folder, made if need be.

    All is rendered before the first file is touched, and every file takes the
    place of an older one in a single step.

    Raises
    ------
    DigestError
        The folder or a file cannot be written.
    """
    name = f"{manifest.week}-{_file_name(manifest.reader_id)}"
    texts = {out / f"{name}{ending}": render(manifest, x) for x, ending in SUFFIXES.items()}
    try:
        make_private_folder(out)
        for path, text in texts.items():
            with replace_whole(path) as aside:
                aside.write_bytes(text.encode())
    except OSError as error:
        why = error.strerror or str(error)
        raise DigestError(f"The digest cannot be written into {out}: {why}.") from error
    return list(texts)


def digest_folder(settings: Settings) -> Path:
    """Return the folder that holds the digests which are sent as files."""
    return settings.digest_folder or settings.data_dir / "digests"


def remove_files(reader_id: str, out: Path) -> int:
    """Remove a reader's digests of every period, and what a killed process left of one.

    Returns
    -------
    int
        How many files were removed.

    Raises
    ------
    DigestError
        A file cannot be removed.
    """
    endings = "|".join(map(re.escape, SUFFIXES.values()))
    period = r"\d{4}-(?:W\d\d|\d\d-\d\d)"
    name = rf"{period}-{re.escape(_file_name(reader_id))}(?:{endings})"
    mine = re.compile(rf"{name}|\.{name}\.\w+", re.ASCII)
    try:
        files = [x for x in out.iterdir() if mine.fullmatch(x.name)] if out.is_dir() else []
        for path in files:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise DigestError(f"A digest in {out} cannot be removed: {error.strerror}.") from error
    return len(files)


def _file_name(reader_id: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "_", reader_id)
