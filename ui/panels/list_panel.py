"""The reading lists of the Library page: choosing, making, describing, ordering, noting."""

from __future__ import annotations

import streamlit as st

from recommender.store import ReadingList
from ui import app_state, components, paper_text, session
from ui.panels import bulk_actions

_KEY = "list"


def choose() -> ReadingList | None:
    """Show the reader's lists and return the one chosen; the address names it."""
    lists = app_state.store().reading_lists.list(session.reader().reader_id)
    names = {x.list_id: x.name for x in lists}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if lists:
            st.selectbox(
                "List",
                list(names),
                format_func=lambda x: names.get(x, x),
                key=_KEY,
                bind="query-params",
            )
        chosen = next((x for x in lists if x.list_id == st.session_state.get(_KEY)), None)
        with st.popover("New list", icon=":material/add:"), st.form("new_list", border=False):
            st.text_input("Name of the new list", key="new_list_name", max_chars=120)
            st.text_input("What it is for", key="new_list_about", max_chars=1_000)
            st.form_submit_button("Create", on_click=_create)
        if chosen is not None:
            _change(chosen)
    if chosen is not None and chosen.about:
        st.markdown(paper_text.native(chosen.about))
    return chosen


def _change(chosen: ReadingList) -> None:
    key = chosen.list_id
    with st.popover("Change", icon=":material/edit:"):
        with st.form(f"change-{key}", border=False):
            st.text_input("Name", chosen.name, key=f"name-{key}", max_chars=120)
            st.text_area("What it is for", chosen.about, key=f"about-{key}", max_chars=10_000)
            st.form_submit_button("Save", on_click=_keep, args=(key,))
        st.markdown("Deleting a list keeps its papers in the library.")
        st.button("Delete this list", key=f"delete-{key}", on_click=_delete, args=(key,))


def _create() -> None:
    name = str(st.session_state.get("new_list_name", "")).strip()
    about = str(st.session_state.get("new_list_about", ""))
    if name:
        lists, reader_id = app_state.store().reading_lists, session.reader().reader_id
        with session.keep_problem():
            made = lists.create(reader_id, name, app_state.now(), about)
            st.session_state[_KEY] = made.list_id


def _keep(list_id: str) -> None:
    lists = app_state.store().reading_lists
    name = str(st.session_state.get(f"name-{list_id}", "")).strip()
    about = str(st.session_state.get(f"about-{list_id}", ""))
    with session.keep_problem():
        own = bulk_actions.own_list(list_id)
        lists.describe(own.list_id, about)
        lists.rename(own.list_id, name or own.name)


def _delete(list_id: str) -> None:
    with session.keep_problem():
        app_state.store().reading_lists.delete(bulk_actions.own_list(list_id).list_id)


def nothing() -> None:
    """Explain how to create the first list."""
    components.empty(
        "No reading list yet",
        "Create one here, then add papers with “Add to list” under any paper.",
    )
