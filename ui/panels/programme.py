"""The programme of a venue: its papers of a year, ranked for the reader and kept as a list."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from recommender.digest.render.copy import counted
from ui import app_state, components, paper_text, session

MAX_KEPT = 200
_KEPT = "kept_programme"


def show(venue: str, year: int | None, source: str | None, leave: Callable[[], None]) -> None:
    """Say of which papers the queue is, how many are left, and let it be kept or left."""
    papers = _papers(venue, year, source)
    states = session.log().states
    answered = sum(x in states and states[x].seen for x in papers)
    name = _name(venue, year)
    said = f"Ranked from {counted(len(papers), 'paper')} of {name}"
    said += f" ({answered:,} answered)" if answered else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(paper_text.native(said), width="content")
        st.button(
            "Keep as a list",
            type="tertiary",
            icon=":material/playlist_add:",
            help="A reading list of what you liked or saved of it, then the rest in this order",
            on_click=_keep,
            args=(venue, year, source),
        )
        st.button("Show all", type="tertiary", on_click=leave, icon=":material/close:")
        held = st.session_state.get(_KEPT)
        if held is not None and held[0] == (venue, year, source):
            components.list_link(held[1], held[2])


def _papers(venue: str, year: int | None, source: str | None) -> frozenset[str]:
    pools, revision = app_state.slates().pools, session.log().revision
    return pools.papers_of(source, venue, year, revision) or frozenset()


def _name(venue: str, year: int | None) -> str:
    return venue if year is None else f"{venue} {year}"


def _keep(venue: str, year: int | None, source: str | None) -> None:
    papers = _papers(venue, year, source)
    log = session.log()
    wanted = [x for x, held in log.states.items() if x in papers and held.liked]
    name = _name(venue, year)
    about = f"The papers of {name} as ranked on {paper_text.day(app_state.now())}."
    with session.keep_problem():
        ranked = app_state.recommender().recommend(
            log.reader_id,
            interest_id=session.interest_id(),
            n=MAX_KEPT,
            pool=papers,
            now=app_state.now(),
            record=False,
        )
        ids = [*wanted, *(x.paper_id for x in ranked.items)][:MAX_KEPT]
        made = components.new_list(name, about, ids)
        st.session_state[_KEPT] = ((venue, year, source), made.list_id, made.name)
