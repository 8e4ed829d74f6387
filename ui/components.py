"""The pieces that every page is made of: one paper, its actions, empty states, errors.

Text of papers goes through `ui.text` before it reaches Streamlit's Markdown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import streamlit as st

from recommender.domain import EventKind, Paper, Recommendation, Slate
from recommender.errors import RecommenderError
from recommender.history import PaperState
from recommender.store import ReadingList
from ui import session, state, text

SEARCH_PAGE = "app_pages/search.py"
LIBRARY_PAGE = "app_pages/library.py"
FOR_YOU_PAGE = "app_pages/for_you.py"
SHELF_KEY = "shelf"
LISTS = "Reading lists"
WIDE = 820


@dataclass(frozen=True, slots=True)
class Place:
    """Where papers are shown; `name` keeps the widgets of two places apart.

    `slate` is the slate they came in, as far as they did; `whole` shows abstracts
    unfolded; `list_id` is the reading list shown, if one is.
    """

    name: str
    slate: Slate | None = None
    whole: bool = False
    list_id: str | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """What every paper of one page needs to know, read once for all of them."""

    place: Place
    log: session.Log
    lists: Sequence[ReadingList]
    items: Mapping[str, Recommendation]
    slate_ids: Mapping[str, str]


_BUTTONS = (
    (EventKind.like, "Like", "Liked", "More of this kind"),
    (EventKind.skip, "Skip", "Skipped", "Not now; a little less of this kind"),
    (EventKind.dislike, "Not interested", "Not interested", "Clearly less of this kind"),
    (EventKind.save, "Save", "Saved", "Keep it to read"),
)
_NEW_LIST = "new"


def show_papers(
    ids: Sequence[str], place: Place, items: Mapping[str, Recommendation] | None = None
) -> None:
    """Show papers in this order, each with its actions; the same on every page.

    `items` holds the reasons and the interest of those that were recommended.
    """
    log = session.log()
    lists = state.store().reading_lists.list(log.reader_id)
    slated = {x.paper_id: place.slate.slate_id for x in place.slate.items} if place.slate else {}
    desk = Desk(place, log, lists, items or {}, slated)
    for shown in papers(ids):
        _paper(shown, desk)


def _paper(shown: Paper, desk: Desk) -> None:
    item = desk.items.get(shown.paper_id)
    with st.container(key=f"paper-{desk.place.name}-{shown.paper_id}", gap="xsmall"):
        st.subheader(text.native(shown.title), anchor=False)
        about = (text.folded(text.authors(shown)), text.facts(shown))
        st.caption(" · ".join(text.native(x) for x in about if x))
        for reason in item.reasons if item else ():
            st.markdown(f":primary[:material/arrow_right_alt:] {text.native(reason.text)}")
        _abstract(shown, desk.place)
        with st.container(horizontal=True, gap="xsmall"):
            _actions(shown, desk, item)
    st.space("small")


def _abstract(shown: Paper, place: Place) -> None:
    if not shown.abstract:
        return
    if place.whole:
        _words(shown)
        return
    with st.expander("Abstract", type="compact", key=f"abstract-{place.name}-{shown.paper_id}"):
        _words(shown)


def _words(shown: Paper) -> None:
    st.markdown(text.native(shown.abstract))
    if text.origin(shown):
        st.caption(text.origin(shown))


def _actions(shown: Paper, desk: Desk, item: Recommendation | None) -> None:
    held = desk.log.states.get(shown.paper_id)
    act = partial(
        session.act,
        paper_id=shown.paper_id,
        slate_id=desk.slate_ids.get(shown.paper_id),
        interest_id=item.interest_id if item else None,
        seen=desk.log.last_event_id,
    )
    key = f"{desk.place.name}-{shown.paper_id}"
    for kind, label, done, hint in _BUTTONS:
        stands = _stands(held, kind)
        st.button(
            done if stands else label,
            key=f"{kind}-{key}",
            help=hint,
            type="primary" if stands else "secondary",
            disabled=stands,
            on_click=act,
            args=(kind,),
        )
    st.link_button(
        "Open", text.link(shown), key=f"open-{key}", on_click=act, args=(EventKind.open,)
    )
    st.button(
        "More like this",
        key=f"near-{key}",
        type="tertiary",
        on_click=more_like,
        args=(shown.paper_id,),
    )
    _list_menu(shown, desk, key)
    if held is not None and held.judged:
        last = desk.log.newest(shown.paper_id, [k for k, *_ in _BUTTONS])
        st.button(
            "Undo",
            key=f"undo-{key}",
            type="tertiary",
            on_click=partial(act, undoes=last.event_id if last else None),
            args=(EventKind.undo,),
        )


def _list_menu(shown: Paper, desk: Desk, key: str) -> None:
    if desk.place.list_id is not None:
        st.button(
            "Remove from list",
            key=f"remove-{key}",
            type="tertiary",
            on_click=session.change_list,
            args=("remove", desk.place.list_id, shown.paper_id),
        )
        return
    open_lists = {x.list_id: x.name for x in desk.lists if shown.paper_id not in x.paper_ids}
    names = {**open_lists, _NEW_LIST: "A new list …"}
    st.menu_button(
        "Add to list",
        list(names),
        key=f"list-{key}",
        type="tertiary",
        format_func=lambda x: text.native(names.get(x, x)),
        on_click=_add_to_list,
        args=(f"list-{key}", shown.paper_id),
    )


def _add_to_list(key: str, paper_id: str) -> None:
    chosen = st.session_state.get(key)
    if chosen == _NEW_LIST:
        st.session_state[SHELF_KEY] = LISTS
        st.switch_page(LIBRARY_PAGE)
    if chosen is not None:
        session.change_list("add", chosen, paper_id)


def _stands(held: PaperState | None, kind: EventKind) -> bool:
    if held is None:
        return False
    return held.saved if kind is EventKind.save else held.verdict is kind


def more_like(paper_id: str) -> None:
    """Go to the search page and show what is near to a paper; used as a callback."""
    st.switch_page(SEARCH_PAGE, query_params={"like": paper_id})


@contextmanager
def header(title: str) -> Iterator[None]:
    """Show the page's title; what stands in the block goes to its right."""
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"
    ):
        st.title(title, anchor=False, width="content")
        yield


def empty(title: str, what_next: str, page: str | None = None, label: str = "") -> None:
    """Say that there is nothing here, and what to do next."""
    with st.container(key="empty", gap="xsmall"):
        st.space("medium")
        st.subheader(title, anchor=False)
        st.markdown(what_next)
        if page is not None:
            st.page_link(page, label=label, icon=":material/arrow_forward:")


def show_error(error: RecommenderError) -> None:
    """Show one of our errors as the sentence it is."""
    st.error(text.native(str(error)))


def show_problem() -> None:
    """Show what the last callback could not do."""
    sentence = session.problem()
    if sentence:
        st.warning(text.native(sentence))


def count(n: int, one: str, many: str = "") -> str:
    """Return ``1 paper`` or ``3 papers``."""
    return f"{n} {one if n == 1 else many or one + 's'}"


def papers(ids: Sequence[str]) -> list[Paper]:
    """Return the papers of these ids in their order, unknown ones left out."""
    found = state.store().catalogue.get_many(ids)
    return [found[x] for x in ids if x in found]
