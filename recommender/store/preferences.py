"""Preferences of a reader: small JSON values by name.

The module that owns a name checks its value; the store keeps it unchanged.
Forgetting the reader deletes them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from recommender.errors import StoreError
from recommender.store.database import Database
from recommender.store.models import PREFERENCE
from recommender.store.readers import find_reader

MAX_CHARACTERS = 64 * 1024
"""Length of a value as JSON."""
# Statements of every request are built once: building takes longer than the database does.
_VALUE = select(PREFERENCE.c.value).where(
    PREFERENCE.c.reader_id == bindparam("reader"), PREFERENCE.c.name == bindparam("name")
)
_VALUES = select(PREFERENCE.c.name, PREFERENCE.c.value).where(
    PREFERENCE.c.reader_id == bindparam("reader"), PREFERENCE.c.name.not_like("%:%")
)


class Preferences:
    """Keeps one value for each reader and name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, reader_id: str, name: str, default: Any = None) -> Any:
        """Return what a reader has chosen under a name, else `default`.

        Inside a `Database.snapshot` all values are read with the first; those with a colon in
        their name, which may be long, each on its own.
        """
        asked = {"reader": reader_id, "name": name}
        stored: str | None
        if ":" in name:
            with self._database.read() as connection:
                stored = connection.scalar(_VALUE, asked)
        else:
            values: dict[str, str] = self._database.read_once(
                ("preferences", reader_id), lambda x: dict(x.execute(_VALUES, asked).all())
            )
            stored = values.get(name)
        return default if stored is None else json.loads(stored)

    def all(self, reader_id: str) -> dict[str, Any]:
        """Return everything a reader has chosen, by name."""
        query = select(PREFERENCE).where(PREFERENCE.c.reader_id == reader_id)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(PREFERENCE.c.name))
            return {row.name: json.loads(row.value) for row in rows}

    def of_all(self, name: str) -> dict[str, Any]:
        """Return what every reader has chosen under a name, by reader."""
        query = select(PREFERENCE).where(PREFERENCE.c.name == name)
        with self._database.read() as connection:
            return {row.reader_id: json.loads(row.value) for row in connection.execute(query)}

    def set(self, reader_id: str, name: str, value: Any) -> None:
        """Keep a value, in the place of the one before; None deletes it.

        Raises
        ------
        UnknownReader
            There is no such reader.
        StoreError
            The name is empty, or the value is no JSON or longer than `MAX_CHARACTERS`.
        """
        with self.change(reader_id) as preferences:
            preferences.set(name, value)

    @contextmanager
    def change(self, reader_id: str) -> Iterator[ReaderPreferences]:
        """Read and write what one reader has chosen in one transaction: all is kept, or nothing.

        Raises
        ------
        UnknownReader
            There is no such reader.
        """
        with self._database.write() as connection:
            yield ReaderPreferences(connection, find_reader(connection, reader_id).reader_id)


class ReaderPreferences:
    """The preferences of one reader inside a transaction of `Preferences.change`."""

    def __init__(self, connection: Connection, reader_id: str) -> None:
        self._connection, self._reader_id = connection, reader_id

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value under a name, else `default`."""
        stored = self._connection.scalar(_VALUE, {"reader": self._reader_id, "name": name})
        return default if stored is None else json.loads(stored)

    def set(self, name: str, value: Any) -> None:
        """Keep a value, as `Preferences.set` does; raises StoreError."""
        text = _checked(name, value)
        if value is None:
            self._connection.execute(delete(PREFERENCE).where(*self._named(name)))
            return
        change = update(PREFERENCE).where(*self._named(name)).values(value=text)
        # Writers queue, so no other process adds this name in between.
        if not self._connection.execute(change).rowcount:
            row = {"reader_id": self._reader_id, "name": name, "value": text}
            self._connection.execute(insert(PREFERENCE).values(row))

    def delete_beginning(self, start: str) -> None:
        """Delete every value whose name begins with `start`."""
        of_reader = PREFERENCE.c.reader_id == self._reader_id
        named = PREFERENCE.c.name.startswith(start, autoescape=True)
        self._connection.execute(delete(PREFERENCE).where(of_reader, named))

    def _named(self, name: str) -> tuple[Any, Any]:
        return PREFERENCE.c.reader_id == self._reader_id, PREFERENCE.c.name == name


def _checked(name: str, value: Any) -> str:
    if not name.strip():
        raise StoreError("A preference needs a name.")
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True)
    except (TypeError, ValueError) as error:
        raise StoreError(f"Preference {name}: the value is not JSON.") from error
    if len(text) > MAX_CHARACTERS:
        raise StoreError(f"Preference {name}: the value is longer than {MAX_CHARACTERS}.")
    return text
