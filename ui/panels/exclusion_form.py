"""The question why a paper is, or is not, in an issue of the digest."""

from __future__ import annotations

import streamlit as st

from recommender.digest.compose.explain_exclusion import why
from recommender.digest.compose.manifest import Manifest
from ui import app_state, paper_text


def ask(manifest: Manifest) -> None:
    """Take a paper by its id, a link or its title, and say what became of it."""
    asked = st.text_input(
        "Paper",
        placeholder="Its id, a link to it, or words of its title",
        key="why",
        label_visibility="collapsed",
    )
    if not asked:
        st.caption("Ask about any paper of the library, for any issue.")
        return
    paper_id = _found(asked)
    if paper_id is None:
        st.info("No papers match.")
        return
    answer = why(
        app_state.store(),
        app_state.recommender(),
        manifest.reader_id,
        paper_id,
        week=manifest.week,
        now=app_state.now(),
        settings=app_state.settings(),
    )
    st.markdown(f"**{paper_text.native(answer.title)}**")
    st.markdown(paper_text.sentences(answer.sentences))


def _found(asked: str) -> str | None:
    """Return the paper meant: one with this id, else the best match of the words."""
    known = app_state.store().catalogue.resolve([asked.strip()])
    hits = app_state.store().catalogue.search(asked, 1)
    return next(iter(known.values()), hits[0][0] if hits else None)
