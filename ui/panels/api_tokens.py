"""Tokens with which programs act for the reader: made, shown once, revoked."""

from __future__ import annotations

import streamlit as st

from recommender.store.api_tokens import DEFAULT_DAYS, SCOPES, ApiToken
from ui import app_state, paper_text, session

NEW = "new_api_token"
_MAY: dict[str, str] = {
    "read": "Read: suggestions, papers, lists, digests",
    "feedback": "Feedback: likes, skips, what was shown",
    "write": "Write: change lists, import papers",
}
_DAYS = {7: "a week", 30: "a month", DEFAULT_DAYS: "three months", 365: "a year"}


def show() -> None:
    """Show the reader's tokens and the form that creates one."""
    st.caption(
        "Programs and assistants on this machine use paperloop with a token, at `/api/v1`. A "
        "token acts for you; only a hash of it is kept."
    )
    _show_new()
    reader_id = session.reader().reader_id
    for token in app_state.store().api_tokens.list(reader_id):
        _row(token)
    with st.form("api_token", border=False, clear_on_submit=True):
        st.text_input("What it is for", key="api_token_name", max_chars=80)
        st.multiselect(
            "It may",
            SCOPES,
            default=SCOPES[:1],
            format_func=lambda x: _MAY.get(x, x),
            key="api_token_scopes",
        )
        st.selectbox(
            "Valid for",
            list(_DAYS),
            index=list(_DAYS).index(DEFAULT_DAYS),
            format_func=lambda x: _DAYS.get(x, str(x)),
            key="api_token_days",
        )
        st.form_submit_button("Create a token", on_click=_create, args=(reader_id,))


def _show_new() -> None:
    token = st.session_state.get(NEW)
    if token is None:
        return
    with st.container(border=True):
        st.markdown("**Copy the token now.** It is not shown again.")
        st.code(token, language=None)
        st.button("Done", key="api_token_done", on_click=_dismiss)


def _dismiss() -> None:
    st.session_state.pop(NEW, None)


def _row(token: ApiToken) -> None:
    expired = token.expires_at <= app_state.now()
    until = "expired" if expired else "valid until"
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.markdown(
            f"**{paper_text.native(token.name)}**: {', '.join(token.scopes)}; "
            f"{until} {paper_text.day(token.expires_at)}",
            width="stretch",
        )
        st.button(
            "Revoke",
            key=f"api_token_revoke_{token.number}",
            type="tertiary",
            on_click=_revoke,
            args=(token.reader_id, token.number),
        )


def _create(reader_id: str) -> None:
    name = str(st.session_state.get("api_token_name") or "").strip()
    scopes = st.session_state.get("api_token_scopes") or []
    days = int(st.session_state.get("api_token_days") or DEFAULT_DAYS)
    with session.keep_problem():
        st.session_state[NEW] = app_state.store().api_tokens.create(
            reader_id, name or "A program", scopes, app_state.now(), days
        )


def _revoke(reader_id: str, number: int) -> None:
    _dismiss()
    with session.keep_problem():
        app_state.store().api_tokens.revoke(reader_id, number)
