"""The pieces that every page is made of: its head, empty states, errors, counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

import streamlit as st

from recommender.domain import Paper
from recommender.errors import NameTaken, RecommenderError
from recommender.store import ReadingList
from ui import app_state, paper_text, session
from ui.links import app_link

SEARCH_PAGE = "views/search.py"
LIBRARY_PAGE = "views/library.py"
START_PAGE = "views/start.py"
SOURCES_PAGE = "views/sources.py"
FOR_YOU_PAGE = "views/for_you.py"
SHELF_KEY = "shelf"
LISTS = "Reading lists"
MAX_LIST_NAME = 100
WIDE = 820
ROWS_ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link to a page of the app and what it is asked for."""

    label: str
    page: str
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """The page's path with its query."""
        return f"{self.page}?{urlencode(self.query)}" if self.query else self.page


IMPORT = PageLink("Import papers", "library", {SHELF_KEY: "Import"})
FETCH = PageLink("Fetch papers from a source", "sources")


@contextmanager
def header(title: str) -> Iterator[None]:
    """Show the page's title; what stands in the block goes to its right."""
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"
    ):
        st.title(title, anchor=False, width="content")
        yield


def empty(
    title: str,
    what_next: str,
    page: str | None = None,
    label: str = "",
    links: Sequence[PageLink] = (),
) -> None:
    """Say that there is nothing here, and what to do next."""
    with st.container(key="empty", gap="xsmall"):
        st.space("medium")
        st.subheader(title, anchor=False)
        st.markdown(what_next)
        if page is not None:
            st.page_link(page, label=label, icon=":material/arrow_forward:")
        with st.container(gap=None):
            for one in links:
                app_link(one.label, one.page, one.query, key=f"empty-{one.page}-{one.label}")


def no_papers() -> None:
    """Say that the library is empty, and how papers come into it."""
    empty(
        "There are no papers yet",
        "Import your own, such as a BibTeX file or a CSV table, or fetch some from arXiv, "
        "OpenAlex and other sources.",
        links=(IMPORT, FETCH),
    )


def show_error(error: RecommenderError) -> None:
    """Show one of our errors as the sentence it is."""
    st.error(paper_text.message(str(error)))


def show_problem() -> None:
    """Show what the last callback could not do."""
    sentence = session.problem()
    if sentence:
        st.warning(paper_text.message(sentence))


def count(n: int, one: str, many: str = "") -> str:
    """Return ``1 paper`` or ``3 papers``."""
    return f"{n} {one if n == 1 else many or one + 's'}"


def on_this_page(ids: Sequence[str]) -> Sequence[str]:
    """Show the pages where there are several; return the ids of the one the address names."""
    pages = -(-len(ids) // ROWS_ON_A_PAGE)
    number = st.pagination(pages, key="at", bind="query-params") if pages > 1 else 1
    return ids[(number - 1) * ROWS_ON_A_PAGE : number * ROWS_ON_A_PAGE]


def papers(ids: Sequence[str]) -> list[Paper]:
    """Return the papers of these ids in their order, unknown ones left out."""
    by_id = app_state.store().catalogue.get_many(ids)
    return [by_id[x] for x in ids if x in by_id]


def new_list(name: str, about: str, ids: Sequence[str]) -> ReadingList:
    """Make a reading list of papers; a name that is taken gets a number.

    Raises
    ------
    StoreError
        The name is empty or the library cannot be written.
    """
    lists, reader_id, now = (
        app_state.store().reading_lists,
        session.reader().reader_id,
        app_state.now(),
    )
    name = name[:MAX_LIST_NAME].strip()
    for number in range(1, 1_000):
        try:
            made = lists.create(reader_id, name if number == 1 else f"{name} {number}", now, about)
        except NameTaken:
            continue
        return lists.extend(made.list_id, ids, now)
    raise NameTaken(f"There are too many lists called {name!r}.")


def list_link(list_id: str, name: str) -> None:
    """Show a link to a reading list; the address names it as the choice of a list shows it."""
    query = {SHELF_KEY: LISTS, "list": name}
    app_link(f"Kept as {paper_text.plain(name)}", "library", query, key=f"kept-{list_id}")
