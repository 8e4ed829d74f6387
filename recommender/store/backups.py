"""Copies of an SQLite library: made while it is in use, checked before they come back."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from recommender.errors import StoreError
from recommender.private_files import make_private_folder
from recommender.store import schema
from recommender.store.db_errors import DAMAGED, translate_error
from recommender.store.engines import connect_sqlite
from recommender.store.expected_schema import unexpected
from recommender.store.expected_values import unfit_column


def make_file(path: Path) -> None:
    """Make an empty library file, readable by its owner only, and its folders."""
    try:
        make_private_folder(path.parent)
        path.touch(mode=0o600)
    except OSError as error:
        raise StoreError(
            f"The library cannot be made at {path} ({error.strerror}); let this user write there, "
            "or choose another folder with --data-dir."
        ) from error


def faults(path: Path) -> list[str]:
    """Return what is wrong inside a library's file, the worst first; empty for a whole one.

    Reads every page once. Text that was altered without breaking a page does not show.
    """
    try:
        with closing(connect_sqlite(path, mode="ro")) as connection:
            faults = [str(x[0]) for x in connection.execute("PRAGMA quick_check(10)")]
            if faults != ["ok"]:
                return [_first_line(x) for x in faults]
            orphans = connection.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite3.DatabaseError as error:
        return [str(translate_error(error))]
    if not orphans:
        return []
    return [f"{len(orphans)} rows point nowhere, the first in {orphans[0][0]}"]


def backup(live: Path, target: Path) -> None:
    """Copy `live` to `target` by way of a temporary file next to it, which is checked first."""
    if not live.is_file():
        raise StoreError(f"There is no library at {live} to make a copy of.")
    if target.exists() and target.samefile(live):
        raise StoreError("The copy needs a name of its own: this is the library itself.")
    _copy_atomically(live, target, mode="rw")


def inspect(path: Path) -> None:
    """Raise StoreError unless the file is a whole paperloop library of a known version.

    A table, trigger, view or index that the version does not have, or has otherwise, is refused,
    and so is a value that its column cannot have.
    """
    if not path.is_file():
        raise StoreError(f"There is no file {path} to restore.")
    try:
        with closing(connect_sqlite(path, mode="ro")) as copy:
            # Nothing that the file's own schema says may run while it is looked at.
            copy.execute("PRAGMA trusted_schema = OFF")
            version = _version(copy)
            if version is not None and version in schema.versions():
                _must_be_ours(copy, path, version)
                verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
                unfit = unfit_column(copy) if verdict == "ok" else None
                named = copy.execute("SELECT 1 FROM setting WHERE key = 'library_id'").fetchone()
    except sqlite3.Error as error:
        raise StoreError(f"{path} is not a paperloop library.") from error
    if version is not None and version not in schema.versions():
        schema.check(version)
    if version is None or not named:
        raise StoreError(f"{path} is not a paperloop library.")
    if verdict != "ok":
        raise StoreError(f"{path} is damaged ({_first_line(verdict)}); nothing was changed.")
    if unfit is not None:
        raise StoreError(
            f"{path} is not a library as paperloop makes it ({unfit} holds a value that it "
            "cannot have); nothing was changed."
        )


def _first_line(verdict: str) -> str:
    """Return the first line of what SQLite says that is not the name of the database."""
    return next((x for x in verdict.splitlines() if not x.startswith("***")), verdict)


def _version(copy: sqlite3.Connection) -> str | None:
    """Return the version of the tables; a view of the table's name, which could run, is none."""
    real = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'"
    if copy.execute(real).fetchone() is None:
        return None
    row = copy.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])


def _must_be_ours(copy: sqlite3.Connection, path: Path, version: str) -> None:
    foreign = unexpected(copy, version)
    if foreign is not None:
        raise StoreError(
            f"{path} is not a library as paperloop makes it ({foreign[:80]} is not as in "
            f"version {version}); nothing was changed."
        )


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
        if str(translate_error(error)) != DAMAGED:
            raise translate_error(error) from error
        _replace(source, live)


def _replace(source: Path, live: Path) -> None:
    # The library cannot be opened at all, so no process can be using it.
    _copy_atomically(source, live)
    for suffix in ("-wal", "-shm"):
        live.with_name(live.name + suffix).unlink(missing_ok=True)


def _copy_atomically(source: Path, target: Path, *, mode: str = "ro") -> None:
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
        found = faults(temporary)
        if found:
            raise StoreError(
                f"The copy is damaged, as its source {source} is ({found[0]}); "
                f"{target} is as it was. Bring back a whole copy with `paperloop db restore FILE`."
            )
        _sync(temporary)
        temporary.replace(target)
        _sync(target.parent)
    except OSError as error:
        raise StoreError(f"The copy cannot be written to {target}: {error.strerror}.") from error
    except sqlite3.Error as error:
        raise translate_error(error) from error
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
