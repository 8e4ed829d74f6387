"""The append-only log: what readers did, and what they were shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, insert, select

from recommender.domain import Event, EventKind, SharedPaper, Slate
from recommender.domain.history import active_events
from recommender.errors import NothingToUndo, StoreError
from recommender.store import slates
from recommender.store.database import Database
from recommender.store.models import ALIAS, EVENT, PAPER
from recommender.store.paper_mapping import require
from recommender.store.readers import interest_among, interest_rows
from recommender.store.validation import check_event, check_slate

# Statements of every request are built once: building takes longer than the database does.
_EVENTS: Select[Any] = (
    select(EVENT, PAPER.c.paper_id.label("canonical_id"))
    .join(ALIAS, ALIAS.c.alias == EVENT.c.paper_id)
    .join(PAPER, PAPER.c.id == ALIAS.c.paper)
    .order_by(EVENT.c.event_id)
)
_SINCE = _EVENTS.where(EVENT.c.event_id > bindparam("after"))
_SINCE_OF_READER = _SINCE.where(EVENT.c.reader_id == bindparam("reader"))
_NEW_EVENT = insert(EVENT).returning(EVENT.c.event_id)
_BY_CLIENT_KEY = _EVENTS.where(
    EVENT.c.reader_id == bindparam("reader"), EVENT.c.client_key == bindparam("key")
)


class Feedback:
    """Appends events and slates, and reads them back.

    An event is stored once for each reader and client key, however often it
    arrives, and is never changed: an undo is another event. Events are kept
    under the paper's id at the time and read under its current id.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, event: Event) -> Event:
        """Store one event; it is on disk when this returns.

        Parameters
        ----------
        event
            `paper_id` may be any id of the paper. An undo with `undoes` None takes
            back the reader's newest active event on the paper, in any interest.

        Returns
        -------
        Event
            As stored, numbered, with canonical `paper_id`; for a client key that
            this reader has used before, the event stored then.

        Raises
        ------
        UnknownReader, UnknownInterest, UnknownPaper
            The event names something that is not there.
        NothingToUndo
            There is no active event, or `undoes` is not one on this paper.
        InvalidValue
            A value may not be stored, such as a time without a zone.
        StoreUnavailable
            The database cannot be written now; the same event may be sent again.
        """
        return self.append_many([event])[0]

    def append_many(self, events: Sequence[Event]) -> list[Event]:
        """Store events in their order in one transaction, all or none; see `append`."""
        for event in events:
            check_event(event)
        if not events:
            return []
        with self._database.write() as connection:
            return [_append(connection, event) for event in events]

    def events(
        self, reader_id: str | None = None, after_id: int = 0, limit: int | None = None
    ) -> list[Event]:
        """Return the events numbered above `after_id`, in the order of arrival.

        Parameters
        ----------
        reader_id
            One reader's id, or None for everybody's; an unknown one has no events.
        limit
            Most events, from the first; None for all.
        """
        query = _SINCE if reader_id is None else _SINCE_OF_READER
        if limit is not None:
            query = query.limit(limit)
        asked = {"after": after_id} | ({} if reader_id is None else {"reader": reader_id})
        with self._database.read() as connection:
            return [_event(row) for row in connection.execute(query, asked)]

    def count(self, after_id: int, most: int) -> int:
        """Return how many events are numbered above `after_id`; counting stops at `most`."""
        some = select(EVENT.c.event_id).where(EVENT.c.event_id > after_id).limit(most).subquery()
        with self._database.read() as connection:
            return connection.scalar(select(func.count()).select_from(some)) or 0

    def last_event_id(self, reader_id: str | None = None) -> int:
        """Return the number of the newest event, of one reader or of all; 0 without events."""
        query = select(func.max(EVENT.c.event_id))
        if reader_id is not None:
            query = query.where(EVENT.c.reader_id == reader_id)
        with self._database.read() as connection:
            return connection.scalar(query) or 0

    def record_slate(self, slate: Slate) -> None:
        """Store what was shown, each paper as an impression; the same slate again is ignored.

        Raises
        ------
        UnknownReader, UnknownInterest, UnknownPaper
            The slate names something that is not there.
        StoreError
            A score is not finite, a propensity is not within 0 and 1, or ranks repeat.
        """
        check_slate(slate)
        with self._database.write() as connection:
            slates.record(connection, slate)

    def slate(self, slate_id: str) -> Slate | None:
        """Return a slate as it was shown, papers under their current titles, or None."""
        with self._database.read() as connection:
            return slates.get(connection, slate_id)

    def slates(self, reader_id: str, surface: str | None = None, limit: int = 20) -> list[Slate]:
        """Return at most `limit` slates of a reader, newest first; of one surface or of all."""
        with self._database.read() as connection:
            return slates.newest(connection, reader_id, surface, limit)

    def answered_shared_papers(self, reader_id: str) -> list[SharedPaper]:
        """Return what two rankers shared and the reader answered, of all slates, oldest first.

        Also what was undone since; an unknown reader has none.
        """
        with self._database.read() as connection:
            return slates.answered_shared_papers(connection, reader_id)

    def scores(self, slate_ids: Iterable[str]) -> dict[str, dict[str, float]]:
        """Return the scores with which slates showed papers, ``{slate id: {paper id: score}}``.

        Papers that no history ranked (those of a first slate) and unknown slates are left out.
        """
        with self._database.read() as connection:
            return slates.scores(connection, slate_ids)


def _append(connection: Connection, event: Event) -> Event:
    interests = interest_rows(connection, event.reader_id)
    event = replace(event, reader_id=interests[0].reader_id)
    stored = _by_client_key(connection, event)
    if stored is not None:
        return stored
    interest = interest_among(interests, event.reader_id, event.interest_id)
    paper_id = require(connection, [event.paper_id])[event.paper_id]
    event = replace(event, interest_id=interest.interest_id, paper_id=paper_id)
    if event.kind is EventKind.undo:
        event = replace(event, undoes=_to_undo(connection, event))
    number = connection.scalar(_NEW_EVENT, _columns(event))
    if number is None:
        raise StoreError("The event was not stored; try again.")
    return replace(event, event_id=number, created_at=event.created_at.astimezone(UTC))


def _by_client_key(connection: Connection, event: Event) -> Event | None:
    asked = {"reader": event.reader_id, "key": event.client_key}
    row = connection.execute(_BY_CLIENT_KEY, asked).first()
    return _event(row) if row else None


def _to_undo(connection: Connection, undo: Event) -> int:
    """Return the number of the event that an undo takes back."""
    mine = _EVENTS.where(EVENT.c.reader_id == undo.reader_id)
    events = [
        _event(row) for row in connection.execute(mine.where(PAPER.c.paper_id == undo.paper_id))
    ]
    active = [x.event_id for x in active_events(events)]
    if undo.undoes is not None:
        active = [x for x in active if x == undo.undoes]
    if not active:
        raise NothingToUndo(f"There is nothing to undo on {undo.paper_id}.")
    return active[-1]


def _columns(event: Event) -> dict[str, Any]:
    return {
        "client_key": event.client_key,
        "reader_id": event.reader_id,
        "interest_id": event.interest_id,
        "paper_id": event.paper_id,
        "kind": event.kind.value,
        "created_at": event.created_at,
        "slate_id": event.slate_id,
        "undoes": event.undoes,
    }


def _event(row: Row[Any]) -> Event:
    return Event(
        client_key=row.client_key,
        reader_id=row.reader_id,
        interest_id=row.interest_id,
        paper_id=row.canonical_id,
        kind=EventKind(row.kind),
        created_at=row.created_at,
        slate_id=row.slate_id,
        undoes=row.undoes,
        event_id=row.event_id,
    )
