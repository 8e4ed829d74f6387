"""Add a paper: what the bookmarklet sent of a page, and what the reader does with the paper."""

from __future__ import annotations

import streamlit as st

from recommender.domain import EventKind
from recommender.ingest import page_in_view, subprocess_fetch
from recommender.ingest.page_in_view import PageInView
from ui import app_state, components, paper_text, session
from ui.panels import paper_list

_ADDRESS, _TITLE, _TAGS = "address", "title", "tags"


def page() -> None:
    """Show the paper of the page that the address of this one describes. Stores nothing."""
    with components.header("Add a paper"):
        pass
    with st.container(width=components.WIDE):
        components.show_problem()
        given = [st.query_params.get(x, "") for x in (_ADDRESS, _TITLE, _TAGS)]
        if not any(given):
            components.empty(
                "No page was sent",
                "Press the bookmarklet on the page of a paper; Settings shows it.",
                "views/settings.py",
                "Go to the settings",
            )
            return
        seen = page_in_view.recognise(app_state.store(), *given)
        if seen.paper_id is not None:
            st.caption("This paper is in your library.")
            paper_list.show_papers([seen.paper_id], paper_list.Place("added", alone=False))
        elif seen.paper is not None:
            _new(seen)
        else:
            _unread(seen)


def _new(seen: PageInView) -> None:
    """Show a paper that the library does not have, and the actions on it."""
    paper = seen.paper
    assert paper is not None
    st.subheader(paper_text.native(paper.title), anchor=False)
    authors = ", ".join(x.name for x in paper.authors[:10])
    facts = [authors, paper.venue, str(paper.year or ""), ", ".join(seen.identifiers)]
    for fact in facts:
        if fact:
            st.caption(paper_text.native(fact))
    if not paper.abstract:
        st.caption("The page says no abstract; with one, suggestions learn more from the paper.")
    with st.container(horizontal=True):
        for label, kind in (("Like", EventKind.like), ("Save", EventKind.save), ("Add only", None)):
            st.button(
                label,
                key=f"add_{label}",
                type="primary" if kind is EventKind.like else "secondary",
                on_click=_add,
                args=(seen, kind),
            )
        if not paper.abstract:
            _fetch_button(seen)


def _unread(seen: PageInView) -> None:
    """Say what was found on a page that names no paper, and what is missing."""
    st.subheader("The page cannot be read as a paper", anchor=False)
    found = [
        f"the address {seen.address}" if seen.address else "",
        f"the title “{seen.title}”" if seen.title else "",
        *seen.identifiers,
    ]
    said = "; ".join(x for x in found if x) or "nothing"
    st.markdown(f"Found: {paper_text.native(said)}")
    st.markdown(f"Missing: {paper_text.native('; '.join(seen.missing))}")
    _fetch_button(seen)
    st.page_link("views/search.py", label="Search the library for it")


def _fetch_button(seen: PageInView) -> None:
    query = seen.query
    if query is not None:
        name = {"arxiv": "arXiv", "crossref": "Crossref"}[query.source]
        st.button(f"Fetch from {name}", key="add_fetch", on_click=_fetch, args=(seen,))


def _add(seen: PageInView, kind: EventKind | None) -> None:
    """Store the paper and what the reader said of it; used as a callback."""
    with session.keep_problem():
        paper_id = page_in_view.add_paper(app_state.store(), seen, app_state.now())
        if kind is not None:
            session.act(kind, paper_id, seen=session.log().last_event_id)
        session.refit_if_due()


def _fetch(seen: PageInView) -> None:
    """Ask the source that knows the identifier; used as a callback."""
    query = seen.query
    if query is None:
        return
    with session.keep_problem():
        report = subprocess_fetch.fetch_in_child(app_state.settings(), query, now=app_state.now())
        if report.error:
            st.session_state["problem"] = report.error
        elif not report.read:
            st.session_state["problem"] = "The source does not know this paper."


page()
