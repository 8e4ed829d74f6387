"""Skeleton; see the signatures."""

from __future__ import annotations

from collections.abc import Sequence

from recommender.domain import Event, Slate
from recommender.store.database import Database


class Feedback:
    """The append-only log of what readers were shown and what they did."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, event: Event) -> Event:
        """Store one event; the same client key again returns what is stored."""
        raise NotImplementedError

    def append_many(self, events: Sequence[Event]) -> list[Event]:
        """Store events in their order in one transaction, all or none."""
        raise NotImplementedError

    def events(self, reader_id: str | None = None, after_id: int = 0) -> list[Event]:
        """Return events by event_id, with canonical paper ids."""
        raise NotImplementedError

    def last_event_id(self, reader_id: str | None = None) -> int:
        """Return the newest event's number, 0 without events."""
        raise NotImplementedError

    def record_slate(self, slate: Slate) -> None:
        """Store what was shown; the same slate again changes nothing."""
        raise NotImplementedError

    def slate(self, slate_id: str) -> Slate | None:
        """Return a slate as it was shown, or None."""
        raise NotImplementedError

    def slates(self, reader_id: str, surface: str | None = None, limit: int = 20) -> list[Slate]:
        """Return a reader's slates, newest first."""
        raise NotImplementedError
