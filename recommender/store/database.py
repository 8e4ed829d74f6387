"""One library's database: its transactions, its schema version and its copies.

Runs wherever the store is used. Touches the database and, for SQLite, its
file, the file's folder and the backups it is asked for.
"""

from __future__ import annotations

import secrets
import sqlite3
import threading
import weakref
from collections.abc import Callable, Hashable, Iterator
from contextlib import closing, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from recommender.errors import SchemaMismatch, StoreBusy, StoreError, StoreUnavailable
from recommender.store import backups, schema
from recommender.store.db_errors import BUSY, NO_TABLES, translate_errors
from recommender.store.engines import connect_sqlite, is_writable, make_engine, parse_url
from recommender.store.models import PAPER, SETTING

if TYPE_CHECKING:
    from recommender.store.migrations import Progress

T = TypeVar("T")

MAX_WAIT_SECONDS = 60
"""A thread of ours that writes makes progress, so its end is worth waiting for."""

_WRITE_CHECK = "write_check"


class Database:
    """One SQLite file or PostgreSQL database; may be shared by threads.

    Parameters
    ----------
    url
        See `recommender.store.Store`. Nothing is opened before the first use.

    Raises
    ------
    StoreError
        The URL is malformed or names a kind of database that is not known.
    """

    def __init__(self, url: str) -> None:
        self._url = parse_url(url)
        self._engine: Engine | None = None
        self._opening = threading.Lock()
        self._writing = threading.Lock()
        self._held = threading.local()

    def __repr__(self) -> str:
        return f"Database({self._url.render_as_string(hide_password=True)!r})"

    @property
    def is_sqlite(self) -> bool:
        """True for an SQLite file, False for PostgreSQL."""
        return self._url.get_backend_name() == "sqlite"

    @property
    def path(self) -> Path | None:
        """The SQLite file, absolute; None for PostgreSQL."""
        return Path(self._url.database or "").absolute() if self.is_sqlite else None

    @property
    def is_read_only(self) -> bool:
        """True for an SQLite file that this user cannot write, as on a read-only disk."""
        return self.path is not None and self.path.is_file() and not is_writable(self.path)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open one consistent view of the library, for the length of a ``with``."""
        view: Connection | None = getattr(self._held, "view", None)
        opened = self._begin(writing=False) if view is None else nullcontext(view)
        with translate_errors(), opened as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let all that this thread reads inside a ``with`` see the library at one moment.

        What is written meanwhile, here or elsewhere, shows only afterwards.
        """
        with self.read() as connection:
            if getattr(self._held, "view", None) is not None:
                yield
                return
            known: dict[Hashable, Any] = {}
            self._held.view, self._held.known = connection, known
            try:
                yield
            finally:
                self._held.view = self._held.known = None

    def read_once(self, key: Hashable, read: Callable[[Connection], T]) -> T:
        """Return what `read` gives; inside a `snapshot` it is read once for each key.

        Nothing can have changed there, and a request asks for the same small things often.

        Parameters
        ----------
        key
            What is asked for, with the name of who asks.
        read
            Returns something that is not changed by those who get it.
        """
        known: dict[Hashable, T] | None = getattr(self._held, "known", None)
        if known is not None and key in known:
            return known[key]
        with self.read() as connection:
            found = read(connection)
        if known is not None:
            known[key] = found
        return found

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction as the only writer; committed unless an exception leaves it.

        Threads wait in line for one another; only other processes are asked again
        and again, as SQLite does it, where the unlucky may ask in vain.

        Raises
        ------
        StoreBusy
            Another process kept the library for more than ten seconds, or the
            threads before this one together for more than a minute.
        """
        with translate_errors(), self._turn(), self._begin(writing=True) as connection:
            yield connection

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._writing.acquire(timeout=MAX_WAIT_SECONDS):
            raise StoreBusy(BUSY)
        try:
            yield
        finally:
            self._writing.release()

    @contextmanager
    def _begin(self, *, writing: bool) -> Iterator[Connection]:
        with self._open().connect() as connection:
            connection = connection.execution_options(writing=writing)
            with connection.begin():
                yield connection

    def _open(self) -> Engine:
        with self._opening:
            if self._engine is None:
                if self.path is not None and not self.path.is_file():
                    raise SchemaMismatch(f"There is no library at {self.path}. {NO_TABLES}")
                self._engine = make_engine(self._url)
                weakref.finalize(self, self._engine.dispose)
            return self._engine

    def upgrade(self, progress: Progress | None = None) -> None:
        """Make the library if there is none, and bring its tables to this version.

        All steps happen in one transaction under a lock: two processes may call
        this at once, and one that is killed leaves what was there before.

        Parameters
        ----------
        progress
            Told what a migration that takes long does, how many rows are done, and of how many.

        Raises
        ------
        SchemaMismatch
            The library was made by a newer paperloop.
        StoreError
            A migration left a row that points nowhere (nothing is changed then),
            or the file or folder cannot be made or written.
        """
        if self.path is not None:
            if self.is_read_only and self.revision() != self.head():
                raise StoreUnavailable(
                    f"The library in {self.path.parent} has to be upgraded, and this user may not "
                    "write there. Let this user write into that folder, and start again."
                )
            backups.make_file(self.path)
        schema.upgrade(self._url, progress=progress)

    def check(self) -> None:
        """Raise SchemaMismatch, saying what to do, unless the tables are of this version."""
        schema.check(self.revision())

    def check_writable(self) -> None:
        """Commit one small row, as an event is committed.

        Raises
        ------
        StoreUnavailable
            The disk is full, the file may only be read, or the server is away.
        """
        with self.write() as connection:
            connection.execute(delete(SETTING).where(SETTING.c.key == _WRITE_CHECK))
            row = {"key": _WRITE_CHECK, "value": secrets.token_hex(8)}
            connection.execute(insert(SETTING).values(row))

    def revision(self) -> str | None:
        """Return the version of the tables, None where there are none yet."""
        if self.path is not None and not self.path.is_file():
            return None
        with self.read() as connection:
            return schema.revision_of(connection)

    def head(self) -> str:
        """Return the version of the tables that this program needs."""
        return schema.HEAD

    @property
    def library_id(self) -> str:
        """The random name that the library was given when it was made."""
        with self.read() as connection:
            query = select(SETTING.c.value).where(SETTING.c.key == "library_id")
            stored: str | None = connection.scalar(query)
        if stored is None:
            raise SchemaMismatch(NO_TABLES)
        return stored

    def faults(self) -> list[str]:
        """Return what is wrong inside the file of an SQLite library, in words; [] for a whole one.

        Reads the whole file. Empty for PostgreSQL, whose server looks after its files.
        """
        return [] if self.path is None else backups.faults(self.path)

    def backup(self, path: Path) -> None:
        """Copy the library to one file while it is in use; a file of that name is replaced.

        The copy is checked before it takes the place of an older one.

        Raises
        ------
        StoreError
            For PostgreSQL (use ``pg_dump``), or the library is damaged, or the file cannot be
            written.
        """
        backups.backup(self._sqlite_file("pg_dump"), path.absolute())

    def restore(self, path: Path) -> None:
        """Replace the library by a copy made by `backup`, and bring it to this version.

        The copy is checked first; what is there stays when it is refused, and
        when the process is killed in between.

        Raises
        ------
        StoreError
            For PostgreSQL (use ``pg_restore``); or the file is absent, damaged, or
            not a paperloop library.
        SchemaMismatch
            The copy was made by a newer paperloop.
        """
        live = self._sqlite_file("pg_restore")
        backups.inspect(path.absolute())
        before = 0
        with suppress(StoreError), self.read() as connection:
            before = connection.scalar(select(func.max(PAPER.c.revision))) or 0
        self.close()
        backups.restore(path.absolute(), live)
        self.upgrade()
        self._renew_papers(before)

    def _renew_papers(self, before: int) -> None:
        # Caches keyed by the old library's revision must load all papers again.
        with self.write() as connection:
            newest = connection.scalar(select(func.max(PAPER.c.revision))) or 0
            connection.execute(update(PAPER).values(revision=max(before, newest) + 1))

    def empty_log(self) -> bool:
        """Write SQLite's log into the file and empty it, so that what was deleted is gone.

        Returns
        -------
        bool
            False where another connection still reads what was there before.
        """
        if self.path is None:
            return True
        try:
            with closing(connect_sqlite(self.path)) as connection:
                busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except sqlite3.Error:
            return False
        return not busy

    def close(self) -> None:
        """Close every connection; the next use opens them again."""
        with self._opening:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None

    def _sqlite_file(self, tool: str) -> Path:
        if self.path is None:
            raise StoreError(f"Copies of a PostgreSQL library are made with `{tool}`.")
        return self.path
