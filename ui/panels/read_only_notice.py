"""The line that says that the library cannot be written, on every page."""

from __future__ import annotations

import streamlit as st

from recommender.store import Store


def sentence(store: Store) -> str:
    """Return what is the matter with a library that cannot be written, or ``""``."""
    path = store.database.path
    if path is None or not store.database.is_read_only:
        return ""
    return (
        f"The library in {path.parent} is on a read-only disk, or may not be written by this user. "
        "Suggestions, search, exports and backups work; votes, lists, notes and imports are not "
        "kept until paperloop may write there."
    )


def show(store: Store) -> None:
    """Show it where it is so."""
    if said := sentence(store):
        with st.container(key="read-only"):
            st.warning(said, icon=":material/lock:")
