"""Search: words and operators, filters that write them, or papers like one at hand."""

from __future__ import annotations

from functools import partial

import streamlit as st

from recommender.errors import UnknownPaper
from recommender.store import SearchResult
from recommender.store.catalogue import highlight, search_query
from ui import app_state, components, paper_text
from ui.panels import paper_list, paper_sets, saved_searches, search_filters

MAX_RESULTS = 200
NEAR = 20
LIKE = "like"
BEST, NEWEST = "Best match first", "Newest first"


def page() -> None:
    """Show the box and what it finds; the address holds the search and the paper."""
    with components.header("Search"):
        pass
    with st.container(width=components.WIDE):
        components.show_problem()
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(
                "Words and operators",
                key="q",
                type="search",
                live=True,
                bind="query-params",
                max_chars=300,
                placeholder='Words, "a phrase", author:hinton, year:2020..2023, -word',
                label_visibility="collapsed",
                on_change=_leave_paper,
            )
            search_filters.help_where_one_types()
        like = st.query_params.get(LIKE, "")
        if like:
            similar(like)
        else:
            show_results(st.session_state["q"] or "")


def show_results(asked: str) -> None:
    """Show the filters, and the papers that are asked for."""
    order = search_filters.show(asked, (BEST, NEWEST))
    understood = search_query.parse(asked)
    if understood.empty:
        for said in understood.notes:
            st.caption(paper_text.native(said))
        st.caption(
            f"{components.count(app_state.store().catalogue.count(), 'paper')} in the library. "
            "Type words, or an author, years or a venue; Operators lists what else is understood."
        )
        saved_searches.overview()
        return
    catalogue = app_state.store().catalogue
    found = catalogue.find(asked, MAX_RESULTS, newest=order == NEWEST)
    for said in found.notes:
        st.caption(paper_text.native(said))
    if not catalogue.count():
        components.no_papers()
        return
    if not found.hits:
        components.empty(
            "No papers match",
            "Try fewer or other words, or take out an operator: "
            "all terms must match, in titles, authors, abstracts and venues.",
        )
        saved_searches.of_search(asked)
        return
    n = len(found.hits)
    more = f"; the first {n} are shown" if found.total > n else ""
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.caption(f"{components.count(found.total, 'paper')}{more}", width="content")
        saved_searches.of_search(asked)
        paper_sets.link(paper_sets.of_search(asked), key="search")
    results([x for x, _ in found.hits], "search", found)


def similar(paper_id: str) -> None:
    """Show what is nearest to a paper."""
    try:
        origin = app_state.store().catalogue.get(paper_id)
    except UnknownPaper:
        components.empty(
            "This paper is not in the library", "Search for words of its title instead."
        )
        return
    st.caption("More like")
    st.subheader(paper_text.native(origin.title), anchor=False)
    if badges := paper_text.status(origin):
        st.markdown(badges)
    st.button("Back to the search", type="tertiary", icon=":material/close:", on_click=_leave_paper)
    near = app_state.recommender().similar(origin.paper_id, n=NEAR)
    results([x.paper_id for x in near], "near")


@st.fragment
def results(ids: list[str], name: str, found: SearchResult | None = None) -> None:
    """Show papers; what is done to one reruns this list only, and keeps its order."""
    components.show_problem()
    hits = None if found is None else partial(_hits, found)
    place = paper_list.Place(name, dense=True, hits=hits)
    paper_list.show_papers(components.on_this_page(ids), place)


def _hits(found: SearchResult, text: str, field: str) -> list[highlight.Span]:
    """Return where a text of a paper holds what was looked for."""
    return highlight.hits(text, found.query, field, loosened=found.loosened)


def _leave_paper() -> None:
    st.query_params.pop(LIKE, None)


page()
