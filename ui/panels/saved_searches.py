"""Searches that a reader keeps and authors that a reader follows; the digest says what is new.

A reader follows an author from the page of a paper, or from a search for that author.
"""

from __future__ import annotations

import re

import streamlit as st

from recommender.domain import Paper
from recommender.ingest.followed_authors import follow, unfollow
from recommender.store import SavedSearch
from ui import app_state, components, paper_text, session

MAX_AUTHORS = 12
"""Authors of one paper who are offered to follow, from the first."""

_ONE_AUTHOR = re.compile(r'author:"([^"]{3,80})"')
_HELP = (
    "Your digest then names what is new by this author, and OpenAlex is asked every week for it "
    "(see Sources)"
)


def authors(paper: Paper) -> None:
    """Offer to follow the authors of a paper."""
    names = [x for x in dict.fromkeys(x.name for x in paper.authors) if " " in x]
    if not names:
        return
    followed = _followed()
    with st.expander("Follow authors", icon=":material/person_add:"):
        with st.container(horizontal=True, gap="xsmall"):
            for name in names[:MAX_AUTHORS]:
                _author(name, followed)
        if len(names) > MAX_AUTHORS:
            st.caption(f"and {len(names) - MAX_AUTHORS} more; search for a name to follow it.")


def of_search(asked: str) -> None:
    """Offer to keep a search, or to follow the one author that it looks for."""
    one_author = _ONE_AUTHOR.fullmatch(asked.strip())
    if one_author:
        _author(" ".join(one_author.group(1).split()), _followed())
        return
    reader_id = session.reader().reader_id
    held = next(
        (x for x in app_state.store().saved_searches.list(reader_id) if x.query == asked), None
    )
    if held is not None:
        st.button(
            "In your digest",
            key="search_kept",
            type="tertiary",
            icon=":material/check:",
            help="Keep this search no longer",
            on_click=_remove,
            args=(held.name,),
        )
        return
    with st.popover("Keep this search", type="tertiary", icon=":material/bookmark_add:"):
        st.markdown("What is new in it appears in your digest under this name.")
        st.text_input("Name", value=asked[:60], key=f"search_name_{asked}", max_chars=80)
        st.button("Keep", key="keep_search", type="primary", on_click=_keep, args=(asked,))


def overview() -> None:
    """List the searches kept and the authors followed, each with its search and a way out."""
    kept = app_state.store().saved_searches.list(session.reader().reader_id)
    if not kept:
        return
    st.subheader("In your digest", anchor=False)
    for one in kept:
        with st.container(
            horizontal=True, vertical_alignment="center", key=f"kept-{one.name}", gap="small"
        ):
            kind = ":material/person:" if one.author else ":material/search:"
            found_by(one.name, one.author, one.query, icon=kind)
            st.button(
                "Remove",
                key=f"gone-{one.name}",
                type="tertiary",
                on_click=_remove,
                args=(one.name,),
            )


def found_by(name: str, author: bool, query: str, *, icon: str, label: str = "") -> None:
    """Show a link to all papers that a search finds, or that an author wrote."""
    st.page_link(
        components.SEARCH_PAGE,
        label=paper_text.native(label or name),
        icon=icon,
        query_params={"q": f'author:"{name}"' if author else query},
    )


def _followed() -> set[str]:
    kept = app_state.store().saved_searches.list(session.reader().reader_id)
    return {x.name.casefold() for x in kept if x.author}


def _author(name: str, followed: set[str]) -> None:
    if name.casefold() in followed:
        st.button(
            f"Following {paper_text.native(name)}",
            key=f"follow-{name}",
            icon=":material/check:",
            help="Follow no longer",
            on_click=_remove,
            args=(name,),
        )
    else:
        st.button(
            f"Follow {paper_text.native(name)}",
            key=f"follow-{name}",
            icon=":material/person_add:",
            help=_HELP,
            on_click=_follow,
            args=(name,),
        )


def _follow(name: str) -> None:
    with session.keep_problem():
        follow(app_state.store(), app_state.settings(), session.reader().reader_id, name)


def _keep(asked: str) -> None:
    name = str(st.session_state.get(f"search_name_{asked}") or "")
    with session.keep_problem():
        app_state.store().saved_searches.save(session.reader().reader_id, SavedSearch(name, asked))


def _remove(name: str) -> None:
    with session.keep_problem():
        unfollow(app_state.store(), session.reader().reader_id, name)
