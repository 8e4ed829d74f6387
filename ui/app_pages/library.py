"""Library: what was liked, saved and skipped, the reading lists, export and import."""

from __future__ import annotations

import streamlit as st

from recommender.domain import EventKind
from recommender.errors import RecommenderError
from recommender.history import PaperState
from recommender.store import ReadingList
from ui import components, exporting, importing, papers, session, state, text

LIKED, SAVED, SKIPPED, IMPORT = "Liked", "Saved", "Skipped", "Import"
ON_A_PAGE = 20
_EMPTY = {
    LIKED: "What you like here or on any other page is kept on this shelf.",
    SAVED: "Save a paper (key V) to read it later; it will be on this shelf.",
    SKIPPED: "What you skip is kept here, so that nothing is lost by a quick key.",
}


def page() -> None:
    """Show one shelf; the address names it."""
    with components.header("Library"):
        pass
    with st.container(width=components.WIDE):
        shelf = st.segmented_control(
            "Shelf",
            [LIKED, SAVED, SKIPPED, components.LISTS, IMPORT],
            default=LIKED,
            required=True,
            key=components.SHELF_KEY,
            bind="query-params",
            label_visibility="collapsed",
        )
        if shelf == components.LISTS:
            reading_lists()
        elif shelf == IMPORT:
            importing.show()
        else:
            judged(shelf or LIKED)


@st.fragment
def judged(shelf: str) -> None:
    """Show what the reader has judged, the newest first."""
    components.show_problem()
    states = session.log().states.values()
    ids = [x.paper_id for x in sorted(states, key=lambda x: x.at, reverse=True) if _on(shelf, x)]
    if not ids:
        components.empty(
            "Nothing here yet", _EMPTY[shelf], components.FOR_YOU_PAGE, "Go to the next papers"
        )
        return
    _heading(ids, shelf)
    papers.show_papers(_this_page(ids, shelf), papers.Place(shelf))


def _on(shelf: str, held: PaperState) -> bool:
    if shelf == SAVED:
        return held.saved
    if shelf == LIKED:
        return held.verdict is EventKind.like
    return held.verdict in (EventKind.skip, EventKind.dislike)


def _heading(ids: list[str], name: str) -> None:
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.caption(components.count(len(ids), "paper"), width="content")
        exporting.show(ids, name)


def _this_page(ids: list[str], name: str) -> list[str]:
    pages = -(-len(ids) // ON_A_PAGE)
    if pages < 2:
        return ids
    number = st.pagination(pages, key=f"page-{name}")
    return ids[(number - 1) * ON_A_PAGE : number * ON_A_PAGE]


def reading_lists() -> None:
    """Choose, make and delete reading lists, and show the one chosen."""
    components.show_problem()
    lists = state.store().reading_lists.list(session.reader().reader_id)
    names = {x.list_id: x.name for x in lists}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if lists:
            st.selectbox(
                "List",
                list(names),
                format_func=lambda x: names.get(x, x),
                key="list",
                bind="query-params",
            )
        with st.popover("New list", icon=":material/add:"), st.form("new_list", border=False):
            st.text_input("Name of the new list", key="new_list_name", max_chars=120)
            st.form_submit_button("Make it", on_click=_create)
    chosen = next((x for x in lists if x.list_id == st.session_state.get("list")), None)
    if chosen is not None:
        one_list(chosen.list_id)
    else:
        components.empty(
            "No reading list yet",
            "Make one here, then put papers on it with “Add to list” under any paper.",
        )


@st.fragment
def one_list(list_id: str) -> None:
    """Show the papers of one list in their order."""
    chosen = state.store().reading_lists.get(session.reader().reader_id, list_id)
    if chosen.paper_ids:
        _heading(list(chosen.paper_ids), chosen.name)
    else:
        components.empty("This list is empty", "“Add to list” under any paper puts it here.")
    place = papers.Place(f"list-{list_id}", list_id=list_id)
    papers.show_papers(_this_page(list(chosen.paper_ids), list_id), place)
    _delete_button(chosen)


def _delete_button(chosen: ReadingList) -> None:
    with st.popover("Delete this list", type="tertiary"):
        st.markdown(f"Delete **{text.native(chosen.name)}**? Its papers stay in the library.")
        st.button(
            "Delete", on_click=_delete, args=(chosen.list_id,), key=f"delete-{chosen.list_id}"
        )


def _create() -> None:
    name = str(st.session_state.get("new_list_name", "")).strip()
    if not name:
        return
    try:
        reader_id = session.reader().reader_id
        made = state.store().reading_lists.create(reader_id, name, state.now())
    except RecommenderError as error:
        st.session_state["problem"] = str(error)
        return
    st.session_state["list"] = made.list_id


def _delete(list_id: str) -> None:
    try:
        own = state.store().reading_lists.get(session.reader().reader_id, list_id)
        state.store().reading_lists.delete(own.list_id)
    except RecommenderError as error:
        st.session_state["problem"] = str(error)
    st.rerun()


page()
