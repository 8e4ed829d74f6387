"""Reader and interest: the signed-in reader, or a list of names without a sign-in."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from recommender.errors import RecommenderError
from ui import app_state, auth, paper_text, session

ALL = "all"
MAX_SHOWN = 80
_UNKNOWN = "unknown_reader"


def show() -> None:
    """Show who reads and what for, and let both be added to."""
    with st.sidebar:
        if auth.required():
            _signed_in()
        else:
            _choose_reader()
        interests = app_state.store().readers.interests(session.reader().reader_id)
        titles = {ALL: "All interests"} | {x.interest_id: x.name for x in interests}
        st.selectbox(
            "Interest",
            list(titles),
            format_func=lambda x: titles.get(x, x),
            key=session.INTEREST_KEY,
            bind="query-params",
            help="Each interest learns from its own likes only.",
        )
        with st.popover("Add", icon=":material/add:", type="tertiary"):
            if not auth.required():
                _add("A reader", "new_reader", _add_reader)
            _add("An interest", "new_interest", _add_interest)
            if st.session_state.get("sidebar_problem"):
                st.caption(st.session_state.pop("sidebar_problem"))


def _choose_reader() -> None:
    readers = app_state.store().readers.list() or [session.reader()]
    names = {x.reader_id: x.name for x in readers}
    session.reader()  # made where there is none
    # The default is the same on every page: an address drops what is equal to it.
    default = app_state.settings().reader
    _say_if_unknown(names)
    st.selectbox(
        "Reader",
        list(names),
        index=list(names).index(default) if default in names else 0,
        format_func=lambda x: names.get(x, x),
        key=session.READER_KEY,
        bind="query-params",
        on_change=_forget_interest,
        help="There is no login: anyone who can open this page can act as any reader.",
    )


def _say_if_unknown(names: Mapping[str, str]) -> None:
    """Say so, once, where the address names a reader who is not here."""
    asked = st.query_params.get(session.READER_KEY, "")
    known = {*names, *names.values(), "", st.session_state.get(_UNKNOWN, "")}
    if asked in known:
        return
    st.session_state[_UNKNOWN] = asked
    st.session_state["problem"] = (
        f"No reader is called “{asked[:MAX_SHOWN]}” here. You see the papers of "
        f"“{session.reader().name}”; choose another reader in the menu, or add one there."
    )


def _signed_in() -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(paper_text.native(session.reader().name), width="stretch")
        st.button("Sign out", type="tertiary", on_click=st.logout)


def _add(label: str, key: str, callback: object) -> None:
    with st.form(key, border=False, clear_on_submit=True):
        st.text_input(label, key=f"{key}_name", max_chars=80, placeholder="Name")
        st.form_submit_button("Add", on_click=callback)  # type: ignore[arg-type]


def _forget_interest() -> None:
    st.session_state[session.INTEREST_KEY] = ALL


def _add_reader() -> None:
    name = str(st.session_state.get("new_reader_name", "")).strip()
    if not name:
        return
    try:
        added = app_state.store().readers.add(name, app_state.now())
    except RecommenderError as error:
        st.session_state["sidebar_problem"] = str(error)
        return
    st.session_state[session.READER_KEY] = added.reader_id
    _forget_interest()


def _add_interest() -> None:
    name = str(st.session_state.get("new_interest_name", "")).strip()
    if not name:
        return
    try:
        reader_id = session.reader().reader_id
        added = app_state.store().readers.ensure_interest(reader_id, name)
    except RecommenderError as error:
        st.session_state["sidebar_problem"] = str(error)
        return
    st.session_state[session.INTEREST_KEY] = added.interest_id
