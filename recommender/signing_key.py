"""The secret of a library: what signs the tokens of its pages and of its mail.

It is made once, lies in the data directory with mode 0600, and is shared by
every process that serves this library. Whoever deletes the file makes every
link sent so far invalid.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from recommender.errors import RecommenderError

_FILE = "feedback.key"
_BYTES = 32
_FEWEST_CHARACTERS = 32


def signing_key(data_dir: Path) -> str:
    """Return the key of this library, made on the first call by any process.

    Raises
    ------
    RecommenderError
        The file cannot be written or read, or what it holds is too short for a key.
    """
    path = data_dir / _FILE
    try:
        if not path.exists():
            _make_key(path)
        key = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise RecommenderError(f"The signing key {path} cannot be used: {error}") from error
    if len(key) < _FEWEST_CHARACTERS:
        raise RecommenderError(
            f"The signing key {path} is empty or too short: anyone could guess it. Bring back the "
            "file, or remove it; then a new key is made and all links sent so far stop working."
        )
    return key


def _make_key(path: Path) -> None:
    # Written aside, synced and linked into place: no process ever reads half a key, not
    # even after a power cut, and of two that start together the first one wins.
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{_FILE}.{secrets.token_hex(8)}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(_BYTES))
            file.flush()
            os.fsync(file.fileno())
        os.link(aside, path)
        _sync_folder(path.parent)
    except FileExistsError:
        return
    finally:
        aside.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # folders cannot be opened there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
