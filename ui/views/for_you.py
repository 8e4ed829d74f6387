"""For you: the next papers, one at a time from the keyboard, or as a list."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from itertools import islice

import streamlit as st

from recommender.domain import Recommendation, Slate
from recommender.domain.history import EventLog
from ui import app_state, components, session
from ui.deck import EXPLAINS, HOLDS, SHOWS, cards, deck, deck_data
from ui.panels import no_model, paper_list, queue_filters

ONE, LIST, COMPACT = "One at a time", "List", "Compact"
PAPER = "paper"
_COMPACT_SIZE = 30


def page() -> None:
    """Show the page; every action reruns only the part it stands in."""
    with st.container():  # one place for all that comes and goes, so that the deck keeps its own
        view = _head()
    if not app_state.store().catalogue.count():
        components.no_papers()
        return
    if no_model.missing():
        no_model.show()
        return
    if view == ONE:
        one_at_a_time()
        return
    with st.container(width=components.WIDE):
        as_list(compact=view == COMPACT)


def _head() -> str:
    """Show the title, the choice of a view, the filters and what they leave out."""
    with (
        components.header("For you"),
        st.container(horizontal=True, width="content", key="view-and-filters"),
    ):
        view = st.segmented_control(
            "View",
            [ONE, LIST, COMPACT],
            default=ONE,
            required=True,
            key="view",
            bind="query-params",
            label_visibility="collapsed",
        )
        queue_filters.show()
    components.show_problem()
    if app_state.store().catalogue.count():
        queue_filters.show_window()
        queue_filters.show_what_is_set()
    return str(view)


@st.fragment
def one_at_a_time() -> None:
    """Hand the deck its next papers; it asks for those after them itself, see `ui.routes`."""
    log = session.log()
    chosen = queue_filters.current()
    slate = session.slate(chosen, SHOWS, HOLDS)
    asked = (session.interest_id(), chosen, session.muted())
    before: frozenset[str] = st.session_state.get("dealt", frozenset())
    st.session_state["dealt"] = frozenset(x.paper_id for x in slate.items)
    st.session_state["serial"] = st.session_state.get("serial", 0) + 1
    data = deck_data.deck_data(slate, log, session.interest_id(), chosen, focus=_asked_for(before))
    data["serial"] = st.session_state["serial"]
    deck(data, key=f"deck-{log.reader_id}-{_digest(asked)}")
    session.refit_after(log)


def _asked_for(before: frozenset[str]) -> str | None:
    """Return the paper that the address names, unless the deck itself has put it there."""
    named = st.query_params.get(PAPER)
    if not named or named in before:
        return None
    if st.session_state.get("asked_for") == named:
        return None
    st.session_state["asked_for"] = named
    return named


def _digest(asked: object) -> str:
    return hashlib.sha256(repr(asked).encode()).hexdigest()[:16]


@st.fragment
def as_list(*, compact: bool) -> None:
    """Show the slate as a list with buttons; what was judged stays in place until asked."""
    components.show_problem()
    log = session.log()
    chosen = queue_filters.current()
    n_rows = _COMPACT_SIZE if compact else app_state.settings().slate_size
    slate = session.slate(chosen, n_rows)
    if not log.events:
        st.caption(cards.LEARNS)
    before: dict[str, Recommendation] = st.session_state.get("listed", {})
    if st.session_state.get("listed_for") != chosen:
        before = {}
    listed = _listed(before, slate, log)
    st.session_state["listed"], st.session_state["listed_for"] = listed, chosen
    if not listed:
        rest = deck_data.rest(log, chosen)
        components.empty(rest.title, rest.text, links=rest.links)
    asked = _digest((st.session_state.get("turn", 0), chosen, session.interest_id()))
    turns = any(log.judged(x) for x in listed)
    # The first answer runs the page again, which brings the button; the route does the rest.
    queue = {
        "interest_id": session.interest_id(),
        **asdict(chosen),
        "rows": n_rows,
        "explains": EXPLAINS if compact else n_rows,
    }
    place = paper_list.Place(
        "list",
        slate,
        dense=compact,
        whole=not compact,
        triage=True,
        asked=asked,
        queue=queue if turns else None,
    )
    paper_list.show_papers(list(listed), place, listed)
    if turns:
        st.button("Next papers", type="primary", on_click=_turn_page)
    session.refit_after(log)


def _listed(
    before: dict[str, Recommendation], slate: Slate, log: EventLog
) -> dict[str, Recommendation]:
    """Keep what is judged, and what stands above it, where it is; re-rank what follows."""
    places = [i for i, x in enumerate(before) if log.judged(x)]
    kept = dict(islice(before.items(), max(places, default=-1) + 1))
    return kept | {x.paper_id: x for x in slate.items if x.paper_id not in kept}


def _turn_page() -> None:
    st.session_state["listed"] = {}
    st.session_state["turn"] = st.session_state.get("turn", 0) + 1


page()
