"""What one browser session knows: who reads, their log, the slate it shows.

All of it can be lost: a refresh loads it again from the database.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from recommender.domain import Event, EventKind, Interest, Reader, Slate
from recommender.domain.history import VERDICTS, EventLog
from recommender.errors import NothingToUndo, RecommenderError
from recommender.recommend.muted_terms import muted_words
from recommender.training import fit
from ui import app_state, auth
from ui.slates import Filter

READER_KEY = "reader"
INTEREST_KEY = "interest"
REFIT_EVERY = 5
"""Events between two looks at whether the model is old."""


def reader() -> Reader:
    """Return the reader: the signed-in one, where a sign-in is required.

    Else the one chosen, else the one of the settings, made if need be.

    Raises
    ------
    SignInClosed
        The settings of the sign-in have vanished or changed since the start.
    """
    if auth.required():
        return auth.reader()
    chosen: str = st.session_state.get(READER_KEY) or ""
    readers = app_state.store().readers
    known = {x.reader_id: x for x in readers.list()}
    return known.get(chosen) or readers.ensure(app_state.settings().reader, app_state.now())


def interest() -> Interest | None:
    """Return the interest chosen in the sidebar, None for all of them."""
    chosen = st.session_state.get(INTEREST_KEY)
    interests = app_state.store().readers.interests(reader().reader_id)
    return next((x for x in interests if x.interest_id == chosen), None)


def resets() -> tuple[int | None, ...]:
    """Return up to which event each interest of the reader was reset; None where it was not."""
    interests = app_state.store().readers.interests(reader().reader_id)
    return tuple(x.reset_after for x in interests)


def interest_id() -> str | None:
    """Return the id of the interest chosen, None for all of them."""
    chosen = interest()
    return chosen.interest_id if chosen else None


def log() -> EventLog:
    """Return the reader's log up to now."""
    return app_state.store().event_logs.get(reader().reader_id)


def slate(wanted: Filter, shows: int, holds: int | None = None) -> Slate:
    """Return what to show now, see `ui.slates.Slates.get`; for the pages of this session."""
    shown = app_state.slates().get(
        log(), interest_id(), wanted, shows=shows, holds=holds or shows, now=app_state.now()
    )
    st.session_state["slate"] = shown
    return shown


def muted() -> tuple[str, ...]:
    """Return the words that the reader wants to see nothing about."""
    return tuple(muted_words(app_state.store(), reader().reader_id))


def act(
    kind: EventKind | str,
    paper_id: str,
    *,
    slate_id: str | None = None,
    interest_id: str | None = None,
    undoes: int | None = None,
    seen: int = 0,
) -> None:
    """Store one action of a native button; used as its callback.

    `seen` is the newest event when the button was drawn. It is part of the
    client key, so that a second click on the same drawn button is the same
    action, and a click after the page has changed is another.
    """
    nonce = st.session_state.setdefault("nonce", uuid.uuid4().hex)
    now = log()
    event = Event(
        client_key=f"{nonce}:{seen}:{kind}:{undoes or ''}:{paper_id}",
        reader_id=now.reader_id,
        interest_id=interest_id or interest_of(now, paper_id),
        paper_id=paper_id,
        kind=EventKind(kind),
        created_at=app_state.now(),
        slate_id=slate_id,
        undoes=undoes,
    )
    try:
        app_state.store().feedback.append(event)
    except NothingToUndo:
        st.session_state["problem"] = "This was already undone."
    except RecommenderError as error:
        st.session_state["problem"] = str(error)


def interest_of(now: EventLog, paper_id: str) -> str:
    """Return the interest that an answer to a paper counts for, with the one that is chosen."""
    return interest_for(now, paper_id, interest_id())


def interest_for(now: EventLog, paper_id: str, chosen: str | None) -> str:
    """Return the interest that an answer to a paper counts for; `chosen` None for all of them."""
    held = now.states.get(paper_id)
    return chosen or (held.interest_id if held else None) or app_state.first_interest(now.reader_id)


@contextmanager
def keep_problem() -> Iterator[None]:
    """End what is inside where it cannot be done, and keep why for `problem`; for callbacks."""
    try:
        yield
    except RecommenderError as error:
        st.session_state["problem"] = str(error)


def problem() -> str | None:
    """Return what the last callback could not do, once."""
    text: str | None = st.session_state.pop("problem", None)
    return text


def undoable(now: EventLog, n: int) -> list[Event]:
    """Return the newest judgements that can be undone, oldest first."""
    kinds = {*VERDICTS, EventKind.save}
    return [e for e in now.active_events if e.kind in kinds][-n:]


def refit_after(now: EventLog) -> None:
    """Look now and then whether enough has happened for a refit."""
    if now.last_event_id - st.session_state.get("looked_at", 0) >= REFIT_EVERY:
        st.session_state["looked_at"] = now.last_event_id
        refit_if_due()


def refit_if_due() -> None:
    """Start a refit in a process of its own after enough news; returns at once."""
    fit.refit_if_due(app_state.store(), app_state.settings())
