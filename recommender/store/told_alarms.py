"""Which alarms were told: facts about the library, so that each is told once.

One row of the table ``setting``; an alarm that is over is forgotten, so that it may come again.
"""

from __future__ import annotations

import json
from collections.abc import Collection

from sqlalchemy import Connection, delete, insert, select

from recommender.store.database import Database
from recommender.store.models import SETTING

_KEY = "told_alarms"


class ToldAlarms:
    """Keeps the keys of the alarms that were told and still hold."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, keys: Collection[str]) -> set[str]:
        """Count all alarms that hold as told; return those that were not told before.

        Of two processes one gets an alarm. What is not in `keys` is over and forgotten.
        """
        with self._database.write() as connection:
            told = _told(connection)
            if told != set(keys):
                _keep(connection, set(keys))
        return set(keys) - told

    def release(self, keys: Collection[str]) -> None:
        """Count these as not told, because they could not be."""
        with self._database.write() as connection:
            _keep(connection, _told(connection) - set(keys))


def _told(connection: Connection) -> set[str]:
    stored = connection.scalar(select(SETTING.c.value).where(SETTING.c.key == _KEY))
    return set() if stored is None else set(json.loads(stored))


def _keep(connection: Connection, keys: set[str]) -> None:
    connection.execute(delete(SETTING).where(SETTING.c.key == _KEY))
    if keys:
        connection.execute(insert(SETTING).values(key=_KEY, value=json.dumps(sorted(keys))))
