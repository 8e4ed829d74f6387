"""Skeleton; see the signatures."""

from __future__ import annotations

from pathlib import Path


class Database:
    """One SQLite file or PostgreSQL database: its schema, copies and transactions."""

    def __init__(self, url: str) -> None:
        self._url = url

    def upgrade(self) -> None:
        """Bring the tables to this program's version."""
        raise NotImplementedError

    def check(self) -> None:
        """Raise SchemaMismatch unless the tables are of this program's version."""
        raise NotImplementedError

    def revision(self) -> str | None:
        """Return the tables' version, or None where there are none."""
        raise NotImplementedError

    def head(self) -> str:
        """Return the version this program needs."""
        raise NotImplementedError

    def backup(self, path: Path) -> None:
        """Copy the library to a file while it is in use."""
        raise NotImplementedError

    def restore(self, path: Path) -> None:
        """Replace the library by a copy made by `backup`."""
        raise NotImplementedError

    @property
    def library_id(self) -> str:
        """The random name of this library."""
        raise NotImplementedError

    def close(self) -> None:
        """Close every connection."""
