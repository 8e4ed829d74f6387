"""What was asked of network sources, where each query stands, and its last result."""

from __future__ import annotations

import builtins
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from recommender.errors import StoreError
from recommender.store.database import Database
from recommender.store.models import FETCH
from recommender.store.validation import check_fetch

FIRST_PAUSE = timedelta(hours=1)
"""After which a planned fetch that failed is tried again."""

NEVER_OK_PAUSE = timedelta(hours=6)
"""The same for one that has never succeeded: how long it has failed is not known."""

_PLAN = ("every_hours", "most")


@dataclass(frozen=True, slots=True)
class Fetch:
    """One query of a network source and what became of its last run.

    Parameters
    ----------
    key
        A text of the caller's that tells this query from all others.
    source, query
        The source's name, and what it is asked for in words.
    state
        Where the query stands, as the source wrote it; nothing here reads it.
    last_run_at, last_ok_at
        When the last run began, None before the first, and when the last one
        began that did not fail.
    new, merged, refused
        Records of the last run.
    error
        Why the last run failed, in a sentence; empty where it did not.
    every_hours
        After how long it is due again; None: it is asked when a person asks.
    most
        Most records of one run; None is all there are.
    """

    key: str
    source: str
    query: str
    state: str
    last_run_at: datetime | None
    last_ok_at: datetime | None = None
    new: int = 0
    merged: int = 0
    refused: int = 0
    error: str = ""
    every_hours: int | None = None
    most: int | None = None

    @property
    def next_at(self) -> datetime | None:
        """When it is due, None where it is not asked by itself or was never asked.

        One that failed is tried again after an hour, then after as long as it has been overdue:
        the pause doubles until it is as long as planned.
        """
        if self.every_hours is None or self.last_run_at is None:
            return None
        pause = planned = timedelta(hours=self.every_hours)
        if self.error and self.last_ok_at is None:
            pause = min(NEVER_OK_PAUSE, planned)
        elif self.error and self.last_ok_at is not None:
            overdue = self.last_run_at - self.last_ok_at - planned
            pause = min(max(overdue, FIRST_PAUSE), planned)
        return self.last_run_at + pause

    def due(self, now: datetime) -> bool:
        """Return whether the reader wants it asked by itself, and it is time."""
        return self.every_hours is not None and (self.next_at is None or self.next_at <= now)


class Fetches:
    """Keeps one row for each query; nothing but `forget` deletes one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self) -> builtins.list[Fetch]:
        """Return every query, in the order they were first asked."""
        with self._database.read() as connection:
            rows = connection.execute(select(FETCH).order_by(FETCH.c.number))
            return [_fetch(row) for row in rows]

    def get(self, key: str) -> Fetch | None:
        """Return what is kept of a query, or None."""
        with self._database.read() as connection:
            row = connection.execute(select(FETCH).where(FETCH.c.key == key)).first()
            return _fetch(row) if row else None

    def save(self, fetch: Fetch) -> None:
        """Keep what became of a run, in the place of what was kept under its key.

        How the query is asked (`every_hours`, `most`) stays as it was; see `plan`.

        Raises
        ------
        StoreError
            A value may not be stored, such as a key that is empty.
        """
        check_fetch(fetch)
        with self._database.write() as connection:
            change = update(FETCH).where(FETCH.c.key == fetch.key)
            # Writers queue, so no other process adds this key in between.
            result = {x: y for x, y in asdict(fetch).items() if x not in _PLAN}
            if not connection.execute(change.values(result)).rowcount:
                connection.execute(insert(FETCH).values(asdict(fetch)))

    def plan(self, key: str, every_hours: int | None, most: int | None) -> bool:
        """Say how a query is asked from now on; False where nothing is kept of it.

        Raises
        ------
        StoreError
            One of the numbers is below 1.
        """
        if any(x is not None and x < 1 for x in (every_hours, most)):
            raise StoreError("A fetch is due after an hour or more, and takes a record or more.")
        with self._database.write() as connection:
            change = update(FETCH).where(FETCH.c.key == key)
            return (
                connection.execute(change.values(every_hours=every_hours, most=most)).rowcount > 0
            )

    def forget(self, key: str) -> bool:
        """Delete what is kept of a query; False where nothing was. Papers stay."""
        with self._database.write() as connection:
            return connection.execute(delete(FETCH).where(FETCH.c.key == key)).rowcount > 0


def _fetch(row: Row[Any]) -> Fetch:
    values = dict(row._mapping)
    values.pop("number")
    return Fetch(**values)
