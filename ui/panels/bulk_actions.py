"""Actions on many papers at once, each with one undo. Used as callbacks.

Everything here changes the database; what undoes it is kept by the session.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from recommender.domain import Event, EventKind
from recommender.domain.history import EventLog
from recommender.store import ReadingList
from ui import app_state, components, paper_text, session
from ui.panels import shelves

_UNDO = "bulk_undo"
_DONE = {EventKind.like: "Liked", EventKind.save: "Saved"}


@dataclass(frozen=True, slots=True)
class UndoableAction:
    """The last action, in words, and the function that undoes it."""

    description: str
    undo: Callable[[], None]


def last() -> UndoableAction | None:
    """Return the last action that can be undone in this session."""
    held: UndoableAction | None = st.session_state.get(_UNDO)
    return held


def undo() -> None:
    """Undo the last action, once."""
    held: UndoableAction | None = st.session_state.pop(_UNDO, None)
    if held is not None:
        with session.keep_problem():
            held.undo()


def judge(kind: EventKind, paper_ids: Sequence[str]) -> None:
    """Like or save papers; those that are so already are left as they are."""
    log = session.log()
    fresh = [x for x in paper_ids if not _stands(log, x, kind)]
    _append(kind, fresh)
    _keep(
        f"{_DONE[kind]} {components.count(len(fresh), 'paper')}", partial(_undo_events, kind, fresh)
    )


def add_to_list(list_id: str, paper_ids: Sequence[str]) -> None:
    """Put papers on a reading list of the reader."""
    with session.keep_problem():
        lists, own = app_state.store().reading_lists, own_list(list_id)
        lists.extend(own.list_id, paper_ids, app_state.now())
        new = len(set(paper_ids) - set(own.paper_ids))
        _keep(f"Added {components.count(new, 'paper')} to {own.name}", _restorer(own))


def take_off_list(list_id: str, paper_ids: Sequence[str]) -> None:
    """Take papers off a reading list of the reader, with their notes."""
    with session.keep_problem():
        lists, own = app_state.store().reading_lists, own_list(list_id)
        lists.take_out(own.list_id, paper_ids)
        description = f"Removed {components.count(len(paper_ids), 'paper')} from {own.name}"
        _keep(description, _restorer(own))


def set_status(status: str, paper_ids: Sequence[str]) -> None:
    """Say how far papers are read."""
    with session.keep_problem():
        reader_id = session.reader().reader_id
        before = app_state.store().annotations.status(reader_id, paper_ids, status, app_state.now())
        description = f"{shelves.STATUS_NAMES[status]}: {components.count(len(before), 'paper')}"
        _keep(
            description,
            lambda: app_state.store().annotations.put(reader_id, before, app_state.now()),
        )


def change_tag(tag: str, paper_ids: Sequence[str], *, off: bool = False) -> None:
    """Add a tag to papers, or take it off."""
    with session.keep_problem():
        reader_id, annotations = session.reader().reader_id, app_state.store().annotations
        change = annotations.untag if off else annotations.tag
        before = change(reader_id, paper_ids, tag, app_state.now())
        done = "Removed the tag from" if off else "Tagged"
        description = f"{done} {components.count(len(before), 'paper')}: {tag}"
        _keep(description, lambda: annotations.put(reader_id, before, app_state.now()))


def set_note(paper_id: str, note: str) -> None:
    """Keep a note on a paper; there is nothing to undo, since it can be typed again."""
    with session.keep_problem():
        reader_id = session.reader().reader_id
        app_state.store().annotations.note(reader_id, paper_id, note, app_state.now())


def take_off_shelf(shelf: str, paper_ids: Sequence[str]) -> None:
    """Undo what put papers on a shelf: the judgement, the save, the status."""
    log = session.log()
    kinds = {
        shelves.LIKED: [EventKind.like],
        shelves.SAVED: [EventKind.save],
        shelves.TO_READ: [EventKind.save],
        shelves.OPENED: [EventKind.open],
        shelves.SKIPPED: [EventKind.skip, EventKind.dislike],
    }.get(shelf, [])
    gone = [(k, [x for x in paper_ids if _stands(log, x, k)]) for k in kinds]
    with session.keep_problem():
        for kind, ids in gone:
            _undo_events(kind, ids)
        reader_id, annotations = session.reader().reader_id, app_state.store().annotations
        marked = [x for x in paper_ids if shelf in (shelves.TO_READ, shelves.READ)]
        before = annotations.status(reader_id, marked, "", app_state.now())

        def back() -> None:
            for kind, ids in gone:
                _append(kind, ids)
            annotations.put(reader_id, before, app_state.now())

        _keep(f"Removed {components.count(len(paper_ids), 'paper')} from {shelf}", back)


def _stands(log: EventLog, paper_id: str, kind: EventKind) -> bool:
    held = log.states.get(paper_id)
    if held is None:
        return False
    if kind is EventKind.open:
        return held.opened
    return held.saved if kind is EventKind.save else held.verdict is kind


def _append(kind: EventKind, paper_ids: Sequence[str]) -> None:
    log = session.log()
    with session.keep_problem():
        app_state.store().feedback.append_many([_event(log, kind, x) for x in paper_ids])


def _undo_events(kind: EventKind, paper_ids: Sequence[str]) -> None:
    """Undo the active events of a kind, each as often as it was logged."""
    log, wanted = session.log(), set(paper_ids)
    judged = [e for e in log.active_events if e.kind is kind and e.paper_id in wanted]
    undone = [_event(log, EventKind.undo, e.paper_id, e.event_id) for e in judged]
    with session.keep_problem():
        app_state.store().feedback.append_many(undone)


def _event(log: EventLog, kind: EventKind, paper_id: str, undoes: int | None = None) -> Event:
    held = log.states.get(paper_id)
    interest = session.interest_id() or (held.interest_id if held else None)
    return Event(
        client_key=uuid.uuid4().hex,
        reader_id=log.reader_id,
        interest_id=interest or app_state.first_interest(log.reader_id),
        paper_id=paper_id,
        kind=kind,
        created_at=app_state.now(),
        undoes=undoes,
    )


def own_list(list_id: str) -> ReadingList:
    """Return a reading list of the reader; raises UnknownList on anybody else's."""
    return app_state.store().reading_lists.get(session.reader().reader_id, list_id)


def _restorer(before: ReadingList) -> Callable[[], None]:
    def back() -> None:
        app_state.store().reading_lists.put(before.list_id, before.entries)

    return back


def _keep(description: str, undo: Callable[[], None]) -> None:
    st.session_state[_UNDO] = UndoableAction(paper_text.native(description), undo)
