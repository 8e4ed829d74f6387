"""A save that names a reading list: the paper goes on it, and off again with the undo.

An entry made by a save carries the time of its event. That is how an undo
finds it, after a reload too, and leaves alone what was on the list before.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recommender.domain import Event, EventKind
from recommender.domain.history import active_events
from recommender.errors import UnknownList
from ui import app_state

FIELDS = ("list_id", "list_name")


def follow(event: Event, action: Mapping[str, Any]) -> None:
    """Do to the reading lists what a stored event asks for; done again it changes nothing.

    Raises
    ------
    StoreError
        The list is not one of the reader, or its name cannot be used.
    """
    if event.kind is EventKind.save and any(x in action for x in FIELDS):
        _put_on(event, action)
    elif event.kind is EventKind.undo:
        _take_off(event)


def _put_on(event: Event, action: Mapping[str, Any]) -> None:
    # A request may come late, after the undo of what it brings.
    since = app_state.store().feedback.events(event.reader_id, event.event_id - 1)
    if event.event_id not in {x.event_id for x in active_events(since)}:
        return
    list_id = _list_id(event, action)
    app_state.store().reading_lists.add(list_id, event.paper_id, event.created_at)


def _list_id(event: Event, action: Mapping[str, Any]) -> str:
    lists = app_state.store().reading_lists
    if "list_id" in action:
        return lists.get(event.reader_id, action["list_id"]).list_id
    try:
        return lists.get(event.reader_id, action["list_name"]).list_id
    except UnknownList:
        return lists.create(event.reader_id, action["list_name"], event.created_at).list_id


def _take_off(undo: Event) -> None:
    if undo.undoes is None:
        return
    undone = app_state.store().feedback.events(undo.reader_id, undo.undoes - 1, 1)[0]
    if undone.kind is not EventKind.save:
        return
    lists = app_state.store().reading_lists
    for held in lists.list(undo.reader_id):
        if (undone.paper_id, undone.created_at) in {(x.paper_id, x.added_at) for x in held.entries}:
            lists.remove(held.list_id, undone.paper_id)
