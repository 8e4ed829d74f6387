"""Readers' logs, kept in memory and continued: only what is new is read.

A log of thousands of events takes longer to read and fold than to rank by, and
every request needs it. The log is append-only, so what was read stays true
until the catalogue changes (a merge gives papers another id) or the reader is
forgotten; both are looked for on every call.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

from sqlalchemy import bindparam, func, select

from recommender.domain.history import EventLog
from recommender.store.catalogue.catalogue import Catalogue
from recommender.store.database import Database
from recommender.store.feedback import Feedback
from recommender.store.models import EVENT

MAX_READERS = 64
_SPAN = select(func.min(EVENT.c.event_id), func.max(EVENT.c.event_id)).where(
    EVENT.c.reader_id == bindparam("reader")
)


class EventLogCache:
    """Keeps the newest logs asked for; threads may share it."""

    def __init__(self, database: Database, catalogue: Catalogue, feedback: Feedback) -> None:
        self._database = database
        self._catalogue = catalogue
        self._feedback = feedback
        self._lock = threading.Lock()
        self._held: OrderedDict[str, tuple[int, EventLog]] = OrderedDict()

    def get(self, reader_id: str) -> EventLog:
        """Return a reader's log up to now; an unknown reader has an empty one."""
        revision = self._catalogue.revision()
        first, last = self._span(reader_id)
        with self._lock:
            held_first, log = self._held.get(reader_id, (0, EventLog(reader_id, revision)))
        if (log.revision, held_first) != (revision, first):
            log = EventLog(reader_id, revision)
        if log.last_event_id < last:
            news = self._feedback.events(reader_id, log.last_event_id)
            log = log.continued(news)
        with self._lock:
            self._held[reader_id] = (first, log)
            self._held.move_to_end(reader_id)
            if len(self._held) > MAX_READERS:
                self._held.popitem(last=False)
        return log

    def _span(self, reader_id: str) -> tuple[int, int]:
        """Return the numbers of a reader's first and newest event; numbers are never reused."""
        row = self._database.read_once(
            ("events.span", reader_id), lambda x: x.execute(_SPAN, {"reader": reader_id}).one()
        )
        return row[0] or 0, row[1] or 0
