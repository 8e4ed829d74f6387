"""Keys that work on every page, the list of all keys, and the palette that finds things by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from ui import app_state, components, paper_text, session

_FOLDER = Path(__file__).parent
_DECK = _FOLDER.parent / "deck"
_MAX_PAPERS = 8
_KEY = "shortcuts"

_component = st.components.v2.component(
    "paperloop_shortcuts",
    html=(_FOLDER / "shortcuts.html").read_text("utf-8"),
    css=(_FOLDER / "shortcuts.css").read_text("utf-8"),
    js="\n".join(
        path.read_text("utf-8")
        for path in (
            _DECK / "keys.js",
            _DECK / "paint.js",
            _DECK / "address.js",
            _FOLDER / "shortcuts.js",
        )
    ),
)


@st.fragment
def show() -> None:
    """Listen to the keys of every page; runs again alone when papers are looked for."""
    words = getattr(st.session_state.get(_KEY), "sought", None)
    _component(
        key=_KEY, data=_data(words if isinstance(words, str) else ""), on_sought_change=_heard
    )


def _data(words: str) -> dict[str, Any]:
    store, reader_id = app_state.store(), session.reader().reader_id
    found = store.catalogue.search(words[:200], _MAX_PAPERS) if words.strip() else []
    return {
        "lists": [
            {"list_id": x.list_id, "name": paper_text.plain(x.name)}
            for x in store.reading_lists.list(reader_id)
        ],
        "tags": [paper_text.plain(x) for x in store.annotations.tags(reader_id)],
        "words": words,
        "papers": [
            {"paper_id": x.paper_id, "title": paper_text.plain(x.title)}
            for x in components.papers([paper_id for paper_id, _ in found])
        ],
    }


def _heard() -> None:
    """Take note of a trigger; the rerun it causes does the work."""
