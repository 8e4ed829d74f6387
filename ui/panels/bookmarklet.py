"""How a page in the browser comes to paperloop: the bookmarklet, to drag or to copy."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

import streamlit as st

from ui import app_state, auth, bookmarklet, session


def show() -> None:
    """Show the link to drag and the code to copy."""
    address = bookmarklet.code(page_address())
    st.caption(
        "Drag this to the bookmarks bar. Pressed on the page of a paper (arXiv, ACL Anthology, "
        "OpenReview, PubMed, a publisher), it opens the paper here, to like or save."
    )
    bookmarklet.drag_link(address)
    with st.expander("Or copy the code into a new bookmark"):
        st.code(address, language=None, wrap_lines=True)


def page_address() -> str:
    """Return the address of the page that the bookmarklet opens, for the present reader."""
    base = app_state.settings().base_url
    parts = urlsplit(base or str(st.context.url or ""))
    if parts.scheme not in ("http", "https") or not parts.netloc:
        parts = urlsplit("http://localhost:8501/")
    path = parts.path if base else parts.path.removesuffix("settings")
    reader = session.reader()
    chosen = not auth.required() and reader.name != app_state.settings().reader
    query = urlencode({"reader": reader.name}) + "&" if chosen else ""
    return f"{parts.scheme}://{parts.netloc}{path.rstrip('/')}/add?{query}"
