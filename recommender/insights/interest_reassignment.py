"""Moving papers between a reader's interests, as events of the log, and back again.

A paper belongs to the interest of its newest event. Moving repeats what stands
under the other interest; taking a move back undoes just those events.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from recommender.domain import Event, EventKind
from recommender.domain.history import active_events, fold
from recommender.store import Store

_PREFIX = "move:"


@dataclass(frozen=True, slots=True)
class Move:
    """Papers that were moved at once and could be taken back; `interest_id` is where to."""

    batch: str
    interest_id: str
    at: datetime
    n_papers: int


def move(store: Store, reader_id: str, paper_ids: Collection[str], to: str, now: datetime) -> int:
    """Let papers belong to another interest; return how many did not before.

    Raises
    ------
    UnknownReader, UnknownInterest
    """
    target = store.readers.interest(reader_id, to).interest_id
    states = fold(store.feedback.events(reader_id))
    batch = uuid.uuid4().hex[:12]
    events = [
        Event(f"{_PREFIX}{batch}:{paper_id}", reader_id, target, paper_id, kind, now)
        for paper_id, state in states.items()
        if paper_id in paper_ids and state.interest_id != target
        for kind in [state.signal]
        if kind is not None
    ]
    store.feedback.append_many(events)
    return len(events)


def move_all(store: Store, reader_id: str, source: str, to: str, now: datetime) -> int:
    """Let everything of one interest belong to another; see `move`."""
    states = fold(store.feedback.events(reader_id))
    mine = {x.paper_id for x in states.values() if x.interest_id == source}
    return move(store, reader_id, mine, to, now)


def moves(events: Iterable[Event]) -> list[Move]:
    """Return the moves that still stand, newest first."""
    batches: dict[str, list[Event]] = {}
    for event in active_events(events):
        if event.client_key.startswith(_PREFIX):
            batches.setdefault(event.client_key.split(":")[1], []).append(event)
    found = [
        Move(batch, some[-1].interest_id, some[-1].created_at, len(some))
        for batch, some in batches.items()
    ]
    return found[::-1]


def take_back(store: Store, reader_id: str, batch: str, now: datetime) -> int:
    """Undo a move; what was said of its papers since stays. Return how many went back."""
    mine = [
        e
        for e in active_events(store.feedback.events(reader_id))
        if e.client_key.startswith(f"{_PREFIX}{batch}:")
    ]
    undone = [
        Event(
            f"undo-{e.client_key}",
            reader_id,
            e.interest_id,
            e.paper_id,
            EventKind.undo,
            now,
            undoes=e.event_id,
        )
        for e in mine
    ]
    store.feedback.append_many(undone)
    return len(undone)
