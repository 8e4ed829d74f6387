"""For you: the next papers, one at a time from the keyboard, or as a list."""

from __future__ import annotations

from itertools import islice

import streamlit as st

from recommender.domain import Recommendation, Slate
from ui import cards, components, papers, session, state
from ui.deck import HOLDS, SHOWS, deck

ONE, LIST = "One at a time", "List"


def page() -> None:
    """Show the page; every action reruns only the part it stands in."""
    with components.header("For you"):
        view = st.segmented_control(
            "View",
            [ONE, LIST],
            default=ONE,
            required=True,
            key="view",
            bind="query-params",
            label_visibility="collapsed",
        )
    if not state.store().catalogue.count():
        components.empty(
            "There are no papers yet",
            "Bring your own: a BibTeX file, a table, or a saved Daily Papers page.",
            components.LIBRARY_PAGE,
            "Import papers",
        )
    elif view == LIST:
        with st.container(width=components.WIDE):
            as_list()
    else:
        one_at_a_time()


@st.fragment
def one_at_a_time() -> None:
    """Hand the deck its next papers; runs again whenever the deck has stored something."""
    log = session.log()
    before: cards.Dealt | None = st.session_state.get("dealt")
    dealt = cards.Dealt(session.interest_id(), log.last_event_id, session.slate(SHOWS, HOLDS))
    st.session_state["dealt"] = dealt
    st.session_state["serial"] = st.session_state.get("serial", 0) + 1
    data = cards.deck_data(dealt, before, log)
    data["serial"] = st.session_state["serial"]
    deck(data, key=f"deck-{log.reader_id}-{dealt.interest_id}")
    session.refit_after(log)


@st.fragment
def as_list() -> None:
    """Show the slate as a list with buttons; what was judged stays in place until asked."""
    components.show_problem()
    log = session.log()
    slate = session.slate(state.settings().slate_size)
    if not log.events:
        st.caption(cards.LEARNS)
    before: dict[str, Recommendation] = st.session_state.get("listed", {})
    listed = _listed(before, slate, log)
    st.session_state["listed"] = listed
    if not listed:
        components.empty(cards.REST, cards.rest(log), components.LIBRARY_PAGE, "Go to the library")
    papers.show_papers(list(listed), papers.Place("list", slate, whole=True), listed)
    if any(log.judged(x) for x in listed):
        st.button("Next papers", type="primary", on_click=_turn_page)
    session.refit_after(log)


def _listed(
    before: dict[str, Recommendation], slate: Slate, log: session.Log
) -> dict[str, Recommendation]:
    """Keep what is judged, and what stands above it, where it is; re-rank what follows."""
    places = [i for i, x in enumerate(before) if log.judged(x)]
    kept = dict(islice(before.items(), max(places, default=-1) + 1))
    return kept | {x.paper_id: x for x in slate.items if x.paper_id not in kept}


def _turn_page() -> None:
    st.session_state["listed"] = {}


page()
