"""When planned work was last looked for, by the app or by a command: facts about the library.

Rows of the table ``setting``, so that every process and machine on one library sees them.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select

from recommender.store.database import Database
from recommender.store.models import SETTING

APP, FETCH, DIGEST = "app", "fetch", "digest"
"""Who looked: a running app, ``paperloop fetch --due``, ``paperloop digest due``."""

_PREFIX = "last_run."


class SchedulerRuns:
    """Keeps one moment for each of `APP`, `FETCH` and `DIGEST`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, who: str, now: datetime) -> None:
        """Keep that planned work was looked for now."""
        with self._database.write() as connection:
            connection.execute(delete(SETTING).where(SETTING.c.key == _PREFIX + who))
            row = {"key": _PREFIX + who, "value": now.isoformat()}
            connection.execute(insert(SETTING).values(row))

    def forget(self, who: str) -> None:
        """Keep no longer when planned work was looked for, as when the app ends."""
        with self._database.write() as connection:
            connection.execute(delete(SETTING).where(SETTING.c.key == _PREFIX + who))

    def last(self, who: str) -> datetime | None:
        """Return when planned work was last looked for, None where it never was."""
        query = select(SETTING.c.value).where(SETTING.c.key == _PREFIX + who)
        with self._database.read() as connection:
            stored: str | None = connection.scalar(query)
        return None if stored is None else datetime.fromisoformat(stored)
