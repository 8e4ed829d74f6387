"""More like these: suggestions near a list, a tag, a search or selected papers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from recommender.domain import Paper, Recommendation
from ui import app_state, components, paper_text, session
from ui.panels import paper_list, paper_sets
from ui.panels.paper_sets import PaperSet

N_NEAR = 50
NEAREST, NEWEST = "Nearest first", "Newest first"
UPVOTED, CITED = "Most upvotes first", "Most cited first"
ORDER, JUDGED, KEPT = "near_order", "near_judged", "kept_near"


def page() -> None:
    """Show what is near the set that the address names."""
    with components.header("More like these"):
        pass
    with st.container(width=components.WIDE):
        components.show_problem()
        asked = paper_sets.asked_for()
        if asked is None:
            components.empty(
                "No papers to look near",
                "Open a reading list, a tag or a search, or select papers in the library, and "
                "choose “More like these”.",
                components.LIBRARY_PAGE,
                "Go to the library",
            )
            return
        if not asked.ids:
            name = paper_text.native(asked.name)
            components.empty(f"Nothing to look near: {name}", asked.missing)
            return
        near(asked)


def near(asked: PaperSet) -> None:
    """Show the suggestions, how they are ordered, and the button that keeps them."""
    n = len(asked.ids)
    first = f"the first {len(asked.likes)} of " if n > len(asked.likes) else ""
    what = "" if paper_sets.PAPERS in st.query_params else f" ({components.count(n, 'paper')})"
    st.markdown(f"Near {first}**{paper_text.native(asked.name)}**{what}")
    with st.container(horizontal=True, vertical_alignment="center"):
        order = st.selectbox(
            "Order",
            [NEAREST, NEWEST, UPVOTED, CITED],
            key=ORDER,
            bind="query-params",
            label_visibility="collapsed",
            width=190,
        )
        judged = st.toggle("Also papers I have answered", key=JUDGED, bind="query-params")
        items = _nearest(asked, judged=judged)
        ids = _ordered(items, str(order))
        st.button(
            "Keep as a list",
            icon=":material/playlist_add:",
            on_click=_keep,
            args=(asked, ids),
            disabled=not ids,
        )
        _link_to_kept()
    if not ids:
        components.empty(
            "Nothing near is left",
            "You have answered everything near these papers, or the model does not know them yet.",
        )
        return
    st.caption(
        f"{components.count(len(ids), 'paper')}, ranked as if you liked these papers and nothing "
        "else. Looking here changes nothing; what you answer counts as everywhere."
    )
    _results(ids, items)


def _nearest(asked: PaperSet, *, judged: bool) -> dict[str, Recommendation]:
    """Return the suggestions by paper; answered in between, they stay until asked for again."""
    log = session.log()
    key = (asked.ids, judged, log.reader_id, log.revision, session.muted())
    held: tuple[object, dict[str, Recommendation]] | None = st.session_state.get("near")
    if held is None or held[0] != key:
        recommender = app_state.recommender()
        exclude = {*asked.ids, *recommender.muted.hidden(log.reader_id)}
        if not judged:
            exclude.update(x.paper_id for x in log.states.values() if x.seen)
        found = recommender.similar_to_set(
            asked.likes, N_NEAR, exclude=exclude, now=app_state.now()
        )
        held = (key, {x.paper_id: x for x in found})
        st.session_state["near"] = held
    return held[1]


def _ordered(items: Mapping[str, Recommendation], order: str) -> list[str]:
    ids = list(items)
    if order == NEAREST:
        return ids
    papers = {x.paper_id: x for x in components.papers(ids)}
    by = _ORDERS[order]
    return sorted((x for x in ids if x in papers), key=lambda x: by(papers[x]), reverse=True)


def _by_day(paper: Paper) -> tuple[int, float]:
    day = paper.published_at
    return (day.year if day else paper.year or 0, day.timestamp() if day else 0.0)


def _by_upvotes(paper: Paper) -> tuple[int, float]:
    return (-1 if paper.upvotes is None else paper.upvotes, 0.0)


def _by_citations(paper: Paper) -> tuple[int, float]:
    return (-1 if paper.citations is None else paper.citations, 0.0)


_ORDERS = {NEWEST: _by_day, UPVOTED: _by_upvotes, CITED: _by_citations}


@st.fragment
def _results(ids: Sequence[str], items: Mapping[str, Recommendation]) -> None:
    components.show_problem()
    paper_list.show_papers(ids, paper_list.Place("near", dense=True), items)


def _keep(asked: PaperSet, ids: Sequence[str]) -> None:
    """Make a reading list of what is shown, in its order, without what the reader turned down."""
    states = session.log().states
    kept = [x for x in ids if x not in states or not states[x].rejected]
    about = f"Near {asked.name}, kept on {paper_text.day(app_state.now())}."
    with session.keep_problem():
        made = components.new_list(f"Near {asked.short}", about, kept)
        st.session_state[KEPT] = (asked.ids, made.list_id, made.name)


def _link_to_kept() -> None:
    asked, held = paper_sets.asked_for(), st.session_state.get(KEPT)
    if asked is not None and held is not None and held[0] == asked.ids:
        components.list_link(held[1], held[2])


page()
