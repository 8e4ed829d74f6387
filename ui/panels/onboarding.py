"""What a new reader has told us so far, and when to ask."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import streamlit as st

from recommender.domain import Event, EventKind, Interest, Paper
from recommender.domain.history import EventLog
from recommender.domain.identifiers import normalise_identifier, normalise_title
from recommender.ingest.title_lookup import Matches, match
from ui import app_state, session

STARTED = "started"
_PASTED = "start_pasted_matches"
_STARTING = "starting"
_MIN_WORDS_OF_A_TITLE = 3


def first(page: st.Page) -> bool:
    """Return whether to show how to start in the place of this page: the first, to a new reader.

    It stays until the reader goes on, so that a first like does not take the page away. Where the
    library cannot be written, going on could not be kept, so suggestions are shown at once.
    """
    if page.url_path or app_state.store().database.is_read_only:
        return False
    reader_id = session.reader().reader_id
    if _went_on(reader_id):  # perhaps in another tab
        st.session_state.pop(_STARTING, None)
    elif st.session_state.get(_STARTING) != reader_id and _untold():
        st.session_state[_STARTING] = reader_id
    return bool(st.session_state.get(_STARTING) == reader_id)


def _went_on(reader_id: str) -> bool:
    return bool(app_state.store().preferences.get(reader_id, STARTED, False))


def _untold() -> bool:
    """Return whether nothing was liked, skipped or described yet."""
    return not session.log().events and not described()


def described() -> list[Interest]:
    """Return the reader's interests that are described in words."""
    interests = app_state.store().readers.interests(session.reader().reader_id)
    return [x for x in interests if x.about]


def interest() -> Interest:
    """Return the interest that is being told about: the one chosen, else the first."""
    chosen = session.interest()
    return chosen or app_state.store().readers.interests(session.reader().reader_id)[0]


def finish() -> None:
    """Go on to the first papers, and do not ask again; used as a callback."""
    with session.keep_problem():
        app_state.store().preferences.set(session.reader().reader_id, STARTED, True)
        st.session_state.pop(_STARTING, None)


def take_lines() -> None:
    """Find the papers pasted and like them; used as a callback."""
    with session.keep_problem():
        matches = match(app_state.store(), str(st.session_state.get("start_pasted") or ""))
        _like([paper_id for _, paper_id in matches.found])
        st.session_state[_PASTED] = matches
        if not matches.found and not matches.unknown:
            st.session_state["problem"] = "Paste a title or an identifier first."


def pasted() -> Matches | None:
    """Return what the lines last pasted turned out to be."""
    held: Matches | None = st.session_state.get(_PASTED)
    return held


def titles_unknown() -> list[str]:
    """Return the pasted lines that are no paper of the library and read like a title."""
    held = pasted()
    unknown = held.unknown if held else ()
    return [x for x in unknown if _is_title(x)]


def _is_title(line: str) -> bool:
    if normalise_identifier(line) or "://" in line:
        return False
    return len(normalise_title(line).split()) >= _MIN_WORDS_OF_A_TITLE


def add_unknown() -> None:
    """Add the pasted titles that were not found as papers that are liked; a callback."""
    held, titles = pasted(), titles_unknown()
    if held is None or not titles:
        return
    with session.keep_problem():
        added = app_state.store().catalogue.add([Paper(title=x) for x in titles], app_state.now())
        _like([x.paper_id for x in added])
        now_found = tuple(zip(titles, (x.paper_id for x in added), strict=True))
        left = tuple(x for x in held.unknown if x not in titles)
        st.session_state[_PASTED] = Matches((*held.found, *now_found), left)


def describe() -> None:
    """Keep what the reader has written about their work; used as a callback."""
    told = interest()
    about = str(st.session_state.get(f"start_about_{told.interest_id}") or "").strip()
    with session.keep_problem():
        app_state.store().readers.describe(told.interest_id, about)


def _like(paper_ids: Sequence[str]) -> None:
    now = session.log()
    kept = [x for x in dict.fromkeys(paper_ids) if not _liked(now, x)]
    reader_id, interest_id, at = now.reader_id, interest().interest_id, app_state.now()
    app_state.store().feedback.append_many(
        [
            Event(f"start:{uuid.uuid4().hex}", reader_id, interest_id, x, EventKind.like, at)
            for x in kept
        ]
    )


def _liked(now: EventLog, paper_id: str) -> bool:
    held = now.states.get(paper_id)
    return held is not None and held.verdict is EventKind.like
