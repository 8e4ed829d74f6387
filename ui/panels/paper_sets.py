"""A set of papers that suggestions are looked for near: a list, a tag, a search, a selection.

The address names the set, so that it can be shared, reloaded and returned to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from recommender.errors import UnknownList
from ui import app_state, components, session
from ui.links import app_link

LIST, TAG, SEARCH, PAPERS = "near_list", "near_tag", "near_search", "near_papers"
"""Parameters of the address; one of them is given."""

MAX_LIKES = 100
"""Papers of a set that are looked near; the first ones where there are more."""
MAX_LEFT_OUT = 1_000
"""Results of a search that are not shown again as near to it."""

Query = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class PaperSet:
    """Papers to look near.

    Parameters
    ----------
    name
        What they are, in words (``the list Monday``), and `short` for the name of a list.
    ids
        All papers of the set, in its order; the first `MAX_LIKES` are looked near.
    missing
        What to say where there are none.
    """

    name: str
    short: str
    ids: tuple[str, ...]
    missing: str = "There are no papers in it."

    @property
    def likes(self) -> tuple[str, ...]:
        """The papers that count as liked."""
        return self.ids[:MAX_LIKES]


def asked_for() -> PaperSet | None:
    """Return the set that the address names, None where it names none."""
    given = st.query_params
    if given.get(LIST):
        return _of_list(given[LIST])
    if given.get(TAG):
        return _of_tag(given[TAG][:200])
    if given.get(SEARCH):
        return _of_search(given[SEARCH][:300])
    if PAPERS in given:
        return _of_papers(given.get_all(PAPERS)[:MAX_LEFT_OUT])
    return None


def _of_list(list_id: str) -> PaperSet:
    try:
        one = app_state.store().reading_lists.get(session.reader().reader_id, list_id)
    except UnknownList:
        return PaperSet("a list", "", (), "You have no list of this name.")
    return PaperSet(f"the list {one.name}", one.name, one.paper_ids, "The list is empty.")


def _of_tag(tag: str) -> PaperSet:
    held = app_state.store().annotations.all(session.reader().reader_id)
    ids = tuple(x for x, annotation in held.items() if tag in annotation.tags)
    return PaperSet(f"the tag {tag}", tag, ids, "You have tagged no paper with it.")


def _of_search(asked: str) -> PaperSet:
    found = app_state.store().catalogue.search(asked, MAX_LEFT_OUT)
    missing = "The search finds nothing."
    return PaperSet(f"the search {asked}", asked, tuple(x for x, _ in found), missing)


def _of_papers(given: Sequence[str]) -> PaperSet:
    known = tuple(dict.fromkeys(app_state.store().catalogue.resolve(given).values()))
    name = components.count(len(known), "paper")
    return PaperSet(name, name, known, "None of these papers is in the library.")


def of_list(list_id: str) -> Query:
    """Return the query of the address that names a reading list."""
    return {LIST: list_id}


def of_tag(tag: str) -> Query:
    """Return the query of the address that names a tag."""
    return {TAG: tag}


def of_search(asked: str) -> Query:
    """Return the query of the address that names a search."""
    return {SEARCH: asked}


def of_papers(paper_ids: Sequence[str]) -> Query:
    """Return the query of the address that names papers, at most `MAX_LIKES`."""
    return {PAPERS: list(paper_ids[:MAX_LIKES])}


def is_named(query: Query) -> bool:
    """Return whether a query names a list, a tag or a search, and not single papers."""
    return PAPERS not in query


def link(query: Query, label: str = "More like these", *, key: str) -> None:
    """Show the link to what is near a set."""
    app_link(
        label,
        "near",
        query,
        key=f"near-{key}",
        help="Suggestions near these papers, as if you had liked just them",
    )
