"""Copies of an SQLite library: made while it is in use, checked before they come back."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from recommender.errors import StoreError
from recommender.store import schema
from recommender.store.db_errors import DAMAGED, plain_error
from recommender.store.engines import connect_sqlite


def make_file(path: Path) -> None:
    """Make an empty library file, readable by its owner only, and its folders."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise StoreError(f"The library cannot be made at {path}: {error.strerror}.") from error


def backup(live: Path, target: Path) -> None:
    """Copy `live` to `target` by way of a temporary file beside it."""
    if not live.is_file():
        raise StoreError(f"There is no library at {live} to make a copy of.")
    if target.exists() and target.samefile(live):
        raise StoreError("The copy needs a name of its own: this is the library itself.")
    _copy_beside(live, target, mode="rw")


def inspect(path: Path) -> None:
    """Raise StoreError unless the file is a whole paperloop library of a known version."""
    if not path.is_file():
        raise StoreError(f"There is no file {path} to restore.")
    try:
        with closing(connect_sqlite(path, mode="ro")) as copy:
            verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
            named = copy.execute("SELECT 1 FROM setting WHERE key = 'library_id'").fetchone()
            version = copy.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise StoreError(f"{path} is not a paperloop library.") from error
    if verdict != "ok":
        raise StoreError(f"{path} is damaged ({verdict.splitlines()[0]}); nothing was changed.")
    if not named or not version:
        raise StoreError(f"{path} is not a paperloop library.")
    if version[0] not in schema.versions():
        schema.check(version[0])


def restore(source: Path, live: Path) -> None:
    """Copy an inspected file over the library, in one transaction where it can be opened."""
    make_file(live)
    try:
        with (
            closing(connect_sqlite(source, mode="ro")) as copy,
            closing(connect_sqlite(live)) as db,
        ):
            copy.backup(db)
    except sqlite3.DatabaseError as error:
        if str(plain_error(error)) != DAMAGED:
            raise plain_error(error) from error
        _replace(source, live)


def _replace(source: Path, live: Path) -> None:
    # The library cannot be opened at all, so nobody can be using it.
    _copy_beside(source, live)
    for suffix in ("-wal", "-shm"):
        live.with_name(live.name + suffix).unlink(missing_ok=True)


def _copy_beside(source: Path, target: Path, *, mode: str = "ro") -> None:
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.touch(mode=0o600)
        with (
            closing(connect_sqlite(source, mode=mode)) as db,
            closing(connect_sqlite(temporary)) as copy,
        ):
            db.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
        _sync(temporary)
        temporary.replace(target)
        _sync(target.parent)
    except OSError as error:
        raise StoreError(f"The copy cannot be written to {target}: {error.strerror}.") from error
    except sqlite3.Error as error:
        raise plain_error(error) from error
    finally:
        with suppress(OSError):
            temporary.unlink()


def _sync(path: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
