"""The question why a paper is, or is not, in an issue of the digest."""

from __future__ import annotations

import streamlit as st

from recommender.digest.compose.explain_exclusion import why
from recommender.digest.compose.manifest import Manifest
from ui import state, text


def ask(manifest: Manifest) -> None:
    """Take a paper by its id, a link or its title, and say what became of it."""
    asked = st.text_input(
        "Paper",
        placeholder="Its id, a link to it, or words of its title",
        key="why",
        label_visibility="collapsed",
    )
    if not asked:
        st.caption("Any paper of the library can be asked about, for any issue.")
        return
    paper_id = _found(asked)
    if paper_id is None:
        st.info("No paper in the library is called so.")
        return
    answer = why(
        state.store(),
        state.recommender(),
        manifest.reader_id,
        paper_id,
        week=manifest.week,
        now=state.now(),
        settings=state.settings(),
    )
    st.markdown(f"**{text.native(answer.title)}**")
    st.markdown(text.sentences(answer.sentences))


def _found(asked: str) -> str | None:
    """Return the paper meant: one with this id, else the best match of the words."""
    known = state.store().catalogue.resolve([asked.strip()])
    found = state.store().catalogue.search(asked, 1)
    return next(iter(known.values()), found[0][0] if found else None)
