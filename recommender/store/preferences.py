"""Preferences of a reader: small JSON values by name.

The module that owns a name checks its value; the store keeps it unchanged.
Forgetting the reader deletes them.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from recommender.errors import StoreError
from recommender.store.database import Database
from recommender.store.models import PREFERENCE
from recommender.store.readers import find_reader

MAX_CHARACTERS = 64 * 1024
"""Length of a value as JSON."""
_VALUE = select(PREFERENCE.c.value).where(
    PREFERENCE.c.reader_id == bindparam("reader"), PREFERENCE.c.name == bindparam("name")
)


class Preferences:
    """Keeps one value for each reader and name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, reader_id: str, name: str, default: Any = None) -> Any:
        """Return what a reader has chosen under a name, else `default`."""
        asked = {"reader": reader_id, "name": name}
        stored: str | None = self._database.read_once(
            ("preference", reader_id, name), lambda x: x.scalar(_VALUE, asked)
        )
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
        text = _checked(name, value)
        with self._database.write() as connection:
            reader = find_reader(connection, reader_id).reader_id
            if value is None:
                connection.execute(delete(PREFERENCE).where(*_mine(reader, name)))
                return
            change = update(PREFERENCE).where(*_mine(reader, name)).values(value=text)
            # Writers queue, so no other process adds this name in between.
            if not connection.execute(change).rowcount:
                row = {"reader_id": reader, "name": name, "value": text}
                connection.execute(insert(PREFERENCE).values(row))


def _mine(reader_id: str, name: str) -> tuple[Any, Any]:
    return PREFERENCE.c.reader_id == reader_id, PREFERENCE.c.name == name


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
