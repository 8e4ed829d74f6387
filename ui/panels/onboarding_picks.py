"""A spread of papers over the catalogue's topics, to like from."""

from __future__ import annotations

from functools import partial

import streamlit as st

from recommender.domain import EventKind, Paper
from recommender.domain.history import EventLog
from ui import app_state, components, paper_text, session

OFFERED = 12
LAID_OUT = 48


def show() -> None:
    """Show a dozen papers told apart by topic; liking keeps each in its place."""
    st.markdown("Like papers close to your work. Each covers a different topic of the library.")
    ids = _offered()
    if not ids:
        components.empty("There are no papers to pick from", "Upload a file instead.")
        return
    log = session.log()
    shown = components.papers(ids)
    for left, right in zip(shown[::2], [*shown[1::2], None], strict=False):
        columns = st.columns(2)
        for column, paper in zip(columns, (left, right), strict=True):
            if paper is not None:
                with column:
                    _offer(paper, log)
    st.button("Show others", icon=":material/refresh:", on_click=_show_others)


def _offered() -> list[str]:
    key = _key()
    if key not in st.session_state:
        reader_id = session.reader().reader_id
        st.session_state[key] = (
            app_state.recommender().onboarding_items(reader_id, n=LAID_OUT, now=app_state.now())
            if app_state.store().catalogue.count()
            else []
        )
    laid_out: list[str] = st.session_state[key]
    start = st.session_state.get("picks_from", 0)
    return laid_out[start : start + OFFERED]


def _show_others() -> None:
    start = st.session_state.get("picks_from", 0) + OFFERED
    st.session_state["picks_from"] = start if start < len(st.session_state[_key()]) else 0


def _key() -> str:
    return f"picks-{session.reader().reader_id}"


def _offer(paper: Paper, log: EventLog) -> None:
    liked = log.newest(paper.paper_id, [EventKind.like])
    with st.container(border=True, height="stretch", key=f"pick-{paper.paper_id}"):
        st.markdown(f"**{paper_text.native(paper.title)}**")
        st.caption(paper_text.native(paper_text.facts(paper)) or "No date known")
        act = partial(session.act, paper_id=paper.paper_id, seen=log.last_event_id)
        st.button(
            "Liked" if liked else "Like",
            key=f"pick-like-{paper.paper_id}",
            icon=":material/check:" if liked else None,
            help="Undo" if liked else "More of this kind",
            on_click=partial(act, undoes=liked.event_id) if liked else act,
            args=(EventKind.undo if liked else EventKind.like,),
        )
