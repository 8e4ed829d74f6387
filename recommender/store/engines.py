"""Connections: how each database is opened, and how its transactions begin."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import threading
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, NullPool, QueuePool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from recommender.errors import StoreError
from recommender.store.catalogue.search_text import names_text, title_text

BUSY_SECONDS = 10
_READ_ONLY = "ro&immutable=1"
"""Reads a file next to which no log can be made, as on a read-only disk."""
WRITE_LOCK = 7_265_431
"""Key of the PostgreSQL advisory lock that stands for "one writer at a time"."""


def parse_url(text: str) -> URL:
    """Read a database URL; raises StoreError, without the URL, on one we cannot use."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise StoreError("The database URL is malformed: check PAPERLOOP_DATABASE_URL.") from error
    backend = url.drivername.partition("+")[0]
    if backend in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise StoreError(f"Database {backend!r} is not known; use sqlite:/// or postgresql://.")
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise StoreError("The library needs a file: use sqlite:////path/to/paperloop.sqlite3.")
    return url


def make_engine(url: URL, *, migrating: bool = False) -> Engine:
    """Open a database; nothing is connected before the first statement.

    A migrating engine has foreign keys off (a table that is rebuilt would
    otherwise take its children with it) and keeps no connection.
    """
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(Path(url.database or ""), migrating)
    engine = create_engine(
        url,
        pool_pre_ping=True,
        connect_args={"options": f"-c lock_timeout={BUSY_SECONDS}s", "connect_timeout": 10},
        **({"poolclass": NullPool} if migrating else {"pool_size": 10, "max_overflow": 20}),
    )
    event.listen(engine, "begin", _begin_postgresql)
    return engine


def connect_sqlite(path: Path, *, mode: str = "rw") -> sqlite3.Connection:
    """Open a file that exists, with the driver's own transactions switched off.

    The triggers that keep the text search call two functions of ours, so only a
    connection made here can change the text of a paper.
    """
    is_read_only = False
    if path.exists() and not is_writable(path):
        path, mode = _readable(path)
        is_read_only = True
    address = f"file:{quote(str(path.absolute()))}?mode={mode}"
    connection = sqlite3.connect(
        address, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    for name, function in (("paper_search_text", title_text), ("paper_search_names", names_text)):
        connection.create_function(name, 1, function, deterministic=True)
    if is_read_only:
        # Also of a copy: what was written into it would be lost without a word.
        connection.execute("PRAGMA query_only = ON")
    return connection


def is_writable(path: Path) -> bool:
    """Return whether this user may write a library's file and its folder, and the disk lets them.

    SQLite keeps a log and an index of it next to the file, so both are needed.
    """
    effective = os.access in os.supports_effective_ids
    return all(os.access(x, os.W_OK, effective_ids=effective) for x in (path, path.parent))


def _holds_all(path: Path) -> bool:
    """Return whether nothing waits in the log to be written into the file."""
    log = path.with_name(f"{path.name}-wal")
    return not log.exists() or log.stat().st_size == 0


def _readable(path: Path) -> tuple[Path, str]:
    """Return the file to read in place of one that cannot be written, and its mode.

    What waits in a log can be read only where its index is, or can be made: else, as on a
    disk that became read-only or in a copied folder, of a copy with its log.
    """
    if _holds_all(path):
        return path, _READ_ONLY
    if path.with_name(f"{path.name}-shm").exists():
        return path, "ro"
    log = path.with_name(f"{path.name}-wal")
    state = tuple((x.stat().st_mtime_ns, x.stat().st_size) for x in (path, log))
    with _copying:
        if _copies.get(path, (None, ()))[1] != state:
            folder = tempfile.TemporaryDirectory(prefix="paperloop-")
            for one in (path, log):
                shutil.copyfile(one, Path(folder.name) / one.name)
            _copies[path] = (folder, state)
        held = _copies[path][0]
    return Path(held.name) / path.name, "rw"


_copying = threading.Lock()
_copies: dict[Path, tuple[tempfile.TemporaryDirectory[str], tuple[Any, ...]]] = {}
"""Copies of libraries whose log cannot be read where it is; removed when the process ends."""


def _sqlite_engine(path: Path, migrating: bool) -> Engine:
    def connect() -> sqlite3.Connection:
        connection = connect_sqlite(path)
        _set_pragmas(connection, foreign_keys=not migrating)
        return connection

    # The connection given back last serves next: each keeps a cache of pages, and in turn all
    # of them would fill theirs.
    pool: dict[str, Any] = {"poolclass": NullPool}
    if not migrating:
        pool = {"poolclass": QueuePool, "pool_size": 10, "max_overflow": 20, "pool_use_lifo": True}
    engine = create_engine("sqlite://", creator=connect, **pool)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_pragmas(connection: sqlite3.Connection, *, foreign_keys: bool) -> None:
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    connection.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
    # What is deleted or changed is overwritten: a note must not be read from a free page later.
    connection.execute("PRAGMA secure_delete = ON")
    if not foreign_keys:
        # A table that is rebuilt may be named in another's trigger while it is away.
        connection.execute("PRAGMA legacy_alter_table = ON")
    # A commit is on the disk before it is acknowledged, so that a power cut loses none.
    # NORMAL would sync the write-ahead log at checkpoints only; macOS syncs fully on request.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA fullfsync = ON")
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError:
        # Another process is switching a new file to WAL, or the file is read-only.
        return


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get("writing"):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITE_LOCK})")
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
