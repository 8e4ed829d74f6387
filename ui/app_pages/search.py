"""Search: papers with these words, or papers like one that is at hand."""

from __future__ import annotations

import streamlit as st

from recommender.errors import UnknownPaper
from ui import components, papers, state, text

MOST = 30
LIKE = "like"


def page() -> None:
    """Show the box and what it finds; the address holds the words and the paper."""
    with components.header("Search"):
        pass
    with st.container(width=components.WIDE):
        st.text_input(
            "Words",
            key="q",
            type="search",
            live=True,
            bind="query-params",
            max_chars=300,
            placeholder="Words of a title or an abstract",
            label_visibility="collapsed",
            on_change=_leave_paper,
        )
        like = st.query_params.get(LIKE, "")
        if like:
            similar(like)
        else:
            found(st.session_state["q"] or "")


def found(query: str) -> None:
    """Show the papers that hold the words."""
    if not query.strip():
        st.caption(
            f"{components.count(state.store().catalogue.count(), 'paper')} in the library. "
            "“More like this” under any paper finds its neighbours."
        )
        return
    ids = [paper_id for paper_id, _ in state.store().catalogue.search(query, MOST)]
    if not ids:
        components.empty(
            "No paper has these words",
            "Try fewer or other words: all of them are looked for, in titles and abstracts.",
        )
        return
    more = "The best " if len(ids) == MOST else ""
    st.caption(f"{more}{components.count(len(ids), 'paper')}")
    results(ids, "search")


def similar(paper_id: str) -> None:
    """Show what is nearest to a paper."""
    try:
        origin = state.store().catalogue.get(paper_id)
    except UnknownPaper:
        components.empty(
            "This paper is not in the library", "Search for words of its title instead."
        )
        return
    st.caption("More like")
    st.subheader(text.native(origin.title), anchor=False)
    st.button("Back to the words", type="tertiary", icon=":material/close:", on_click=_leave_paper)
    near = state.recommender().similar(origin.paper_id, n=10)
    results([x.paper_id for x in near], "near")


@st.fragment
def results(ids: list[str], name: str) -> None:
    """Show papers; what is done to one reruns this list only, and keeps its order."""
    components.show_problem()
    papers.show_papers(ids, papers.Place(name))


def _leave_paper() -> None:
    st.query_params.pop(LIKE, None)


page()
