"""What one browser session knows: who reads, their log, the slate it shows.

All of it can be lost: a refresh loads it again from the database.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime

import streamlit as st

from recommender.domain import Event, EventKind, Interest, Reader, Slate
from recommender.domain.history import VERDICTS, EventLog
from recommender.errors import NothingToUndo, RecommenderError, StoreUnavailable, UnknownVenue
from recommender.recommend.muted_terms import muted_words
from recommender.training.fit import refit_due, refit_in_background
from ui import app_state, auth

READER_KEY = "reader"
INTEREST_KEY = "interest"
_REFIT_EVERY = 5  # events between two looks at whether the model is old


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


def interest_id() -> str | None:
    """Return the id of the interest chosen, None for all of them."""
    chosen = interest()
    return chosen.interest_id if chosen else None


def log() -> EventLog:
    """Return the reader's log up to now."""
    return app_state.store().event_logs.get(reader().reader_id)


def slate(
    shows: int,
    holds: int | None = None,
    *,
    since: datetime | None = None,
    source: str | None = None,
    venue: str | None = None,
    year: int | None = None,
) -> Slate:
    """Return what to show now; the same as before while nothing has changed.

    While the library cannot be written, papers are shown all the same, without a
    record of it: answers wait in the browser then.

    Parameters
    ----------
    shows
        How many papers are seen; these are recorded as impressions.
    holds
        How many are returned, where some wait unseen behind the others.
    since, source
        Only papers from this time on, only what this source has listed.
    venue, year
        Only the papers of a venue, of one year or of all.
    """
    chosen = interest_id()
    now = log()
    n = holds or shows
    version = app_state.recommender().model_version
    asked = (now.reader_id, chosen, n, since, source, venue, year, muted())
    key = (*asked, now.last_event_id, now.revision, version)
    held: tuple[tuple[object, ...], Slate, bool] | None = st.session_state.get("slate")
    if held is None or held[0] != key:
        fresh = app_state.recommender().recommend(
            now.reader_id,
            interest_id=chosen,
            n=n,
            since=since,
            pool=pool(source, venue, year),
            now=app_state.now(),
            record=False,
        )
        held = (key, fresh, False)
    if not held[2]:
        held = (*held[:2], _record(replace(held[1], items=held[1].items[:shows])))
        st.session_state["slate"] = held
    return held[1]


def _record(shown: Slate) -> bool:
    """Record what is shown; return whether that was possible."""
    try:
        app_state.store().feedback.record_slate(shown)
    except StoreUnavailable:
        return False
    return True


def muted() -> tuple[str, ...]:
    """Return the words that the reader wants to see nothing about."""
    return tuple(muted_words(app_state.store(), reader().reader_id))


def pool(source: str | None, venue: str | None, year: int | None) -> frozenset[str] | None:
    """Return the papers of a source and a venue, read once for each state of the catalogue.

    None for all papers; none where the venue has none any more.
    """
    if source is None and venue is None:
        return None
    key = (source, venue, year, log().revision)
    held: tuple[object, frozenset[str]] | None = st.session_state.get("pool")
    if held is None or held[0] != key:
        filters = app_state.store().filters
        found = [filters.listed_by(source)] if source is not None else []
        if venue is not None:
            try:
                found.append(filters.of_venue(venue, year))
            except UnknownVenue:
                found.append(frozenset())
        held = (key, frozenset.intersection(*found))
        st.session_state["pool"] = held
    return held[1]


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
    """Return the interest that an answer to a paper counts for."""
    held = now.states.get(paper_id)
    chosen = interest_id() or (held.interest_id if held else None)
    return chosen or app_state.first_interest(now.reader_id)


def problem() -> str | None:
    """Return what the last callback could not do, once."""
    text: str | None = st.session_state.pop("problem", None)
    return text


def undoable(now: EventLog, n: int = 400) -> list[Event]:
    """Return the newest judgements that can be undone, oldest first."""
    kinds = {*VERDICTS, EventKind.save}
    return [e for e in now.active_events if e.kind in kinds][-n:]


def refit_after(now: EventLog) -> None:
    """Look now and then whether enough has happened for a refit."""
    if now.last_event_id - st.session_state.get("looked_at", 0) >= _REFIT_EVERY:
        st.session_state["looked_at"] = now.last_event_id
        refit_if_due()


def refit_if_due() -> None:
    """Start a refit in a process of its own after enough news; returns at once."""
    if refit_due(app_state.store(), app_state.settings()):
        refit_in_background(app_state.settings())
