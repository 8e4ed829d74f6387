"""For you: the next papers, one at a time from the keyboard, or as a list."""

from __future__ import annotations

import streamlit as st

from ui import cards, components, session, state
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
    data["shows"] = SHOWS
    data["serial"] = st.session_state["serial"]
    deck(data, key=f"deck-{log.reader_id}-{dealt.interest_id}")
    session.refit_if_due(log)


@st.fragment
def as_list() -> None:
    """Show the slate as a list with buttons; what was judged stays in place until asked."""
    components.show_problem()
    log = session.log()
    slate = session.slate(state.settings().slate_size)
    if not log.events:
        st.caption(cards.LEARNS)
    items = {x.paper_id: x for x in slate.items}
    before: list[str] = st.session_state.get("listed", [])
    judged = [x for x in before if log.judged(x)]
    order = _order(before, judged, list(items))
    st.session_state["listed"] = order
    if not order:
        components.empty(cards.REST, cards.rest(log), components.LIBRARY_PAGE, "Go to the library")
    components.show_papers(order, components.Place("list", slate.slate_id, whole=True), items)
    if judged:
        st.button("Next papers", type="primary", on_click=_turn_page)
    session.refit_if_due(log)


def _order(before: list[str], judged: list[str], ids: list[str]) -> list[str]:
    """Keep what is judged, and what stands above it, where it is; re-rank what follows."""
    last = max((i for i, x in enumerate(before) if x in judged), default=-1)
    top = [x for x in before[: last + 1] if x in judged or x in ids]
    return [*top, *(x for x in ids if x not in top)]


def _turn_page() -> None:
    st.session_state["listed"] = []


page()
