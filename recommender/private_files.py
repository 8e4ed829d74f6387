"""Files and folders that their owner alone may read, and the secret among them that signs.

What somebody reads and likes is in every model, digest and log; the rights that a system gives
to a new file by default let everybody on the machine look.

The secret signs the tokens of a library's pages and of its mail. It is made once, lies in the
data directory and is shared by every process that serves this library. Deleting the file
makes every link sent so far invalid.
"""

from __future__ import annotations

import errno
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from recommender.errors import RecommenderError

FOLDER_MODE, FILE_MODE = 0o700, 0o600
OTHERS = 0o077
"""The rights of the group and of all others, of which a private file has none."""
KEY_FILE = "feedback.key"
_BYTES = 32
_MIN_CHARACTERS = 32
_NOT_WRITABLE = (errno.EROFS, errno.EACCES, errno.EPERM)


def make_private_folder(path: Path) -> None:
    """Make a folder and those above it; one that is there keeps its rights. Raises OSError."""
    path.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)


@contextmanager
def open_private(path: Path, mode: str = "wb", encoding: str | None = None) -> Iterator[IO[Any]]:
    """Open a file to write for the length of a ``with``; one that was there becomes private too.

    Raises
    ------
    OSError
        As `open`.
    """
    with open(path, mode, encoding=encoding, opener=_opener) as file:
        yield file


@contextmanager
def replace_whole(path: Path) -> Iterator[Path]:
    """Give a private file to write for the length of a ``with``, then put it in place of `path`.

    A process that ends in between leaves `path` as it was; of two that write at once, the last
    wins.

    Raises
    ------
    OSError
        The folder is not there, is full, or may not be written.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    aside = Path(name)
    try:
        yield aside
        with aside.open("rb+") as file:
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)


def is_private(path: Path) -> bool:
    """Return whether only the owner may read or write it; true where rights are not kept so."""
    return os.name != "posix" or not path.stat().st_mode & OTHERS


def _opener(path: str, flags: int) -> int:
    handle = os.open(path, flags, FILE_MODE)
    if os.name == "posix":
        os.fchmod(handle, FILE_MODE)
    return handle


def signing_key(data_dir: Path) -> str:
    """Return the key of this library, made on the first call by any process.

    Raises
    ------
    RecommenderError
        The file cannot be written or read, or what it holds is too short for a key.
    """
    path = data_dir / KEY_FILE
    try:
        if not path.exists():
            _make_key(path)
        key = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise RecommenderError(f"The signing key {path} cannot be used: {error}") from error
    if len(key) < _MIN_CHARACTERS:
        raise RecommenderError(
            f"The signing key {path} is empty or too short: anyone could guess it. Bring back the "
            "file, or remove it; then a new key is made and all links sent so far stop working."
        )
    return key


def process_key(data_dir: Path) -> str:
    """Return the key of this library, or a key of this process where none can be written.

    For what lives no longer than a process, such as the tokens of a page: a library on a
    read-only disk is served all the same. Links that are sent need `signing_key`.

    Raises
    ------
    RecommenderError
        There is a key, and it cannot be read or is too short.
    """
    try:
        return signing_key(data_dir)
    except RecommenderError as error:
        refused = isinstance(error.__cause__, OSError) and error.__cause__.errno in _NOT_WRITABLE
        if (data_dir / KEY_FILE).exists() or not refused:
            raise
        return secrets.token_hex(_BYTES)


def _make_key(path: Path) -> None:
    # Written aside, synced and linked into place: no process ever reads half a key, not
    # even after a power cut, and of two that start together the first one wins.
    make_private_folder(path.parent)
    aside = path.with_name(f".{KEY_FILE}.{secrets.token_hex(8)}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
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
