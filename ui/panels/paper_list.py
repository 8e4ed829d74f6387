"""One paper with its actions, the same on every page.

Text of papers goes through `ui.paper_text` before it reaches Streamlit's Markdown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from recommender.domain import EventKind, Paper, Recommendation, Slate
from recommender.domain.history import EventLog, PaperState
from recommender.store import STATUSES, Annotation, ReadingList
from ui import app_state, components, paper_text, session
from ui.panels import bulk_actions
from ui.panels.shelves import STATUS_NAMES


@dataclass(frozen=True, slots=True)
class Place:
    """Where papers are shown; `name` keeps the widgets of two places apart.

    `slate` is the slate they came in, as far as they did; `whole` shows abstracts
    unfolded; `one` is the reading list shown, if one is; `before` and `after` show
    what this place alone has to every paper, next to its title and below its text;
    `mark` makes Markdown of a text and the name of its field, as a search marks its hits.
    """

    name: str
    slate: Slate | None = None
    whole: bool = False
    one: ReadingList | None = None
    before: Callable[[Paper], None] | None = None
    after: Callable[[Paper], None] | None = None
    mark: Callable[[str, str], str] = lambda text, _field: paper_text.native(text)


@dataclass(frozen=True, slots=True)
class PageContext:
    """What every paper of one page needs to know, read once for all of them."""

    place: Place
    log: EventLog
    annotations: Mapping[str, Annotation]
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
DETAILS = "details"
"""The place that shows one paper with its details."""


def show_papers(
    ids: Sequence[str], place: Place, items: Mapping[str, Recommendation] | None = None
) -> None:
    """Show papers in this order, each with its actions; the same on every page.

    `items` holds the reasons and the interest of those that were recommended.
    """
    log = session.log()
    lists = app_state.store().reading_lists.list(log.reader_id)
    annotations = app_state.store().annotations.all(log.reader_id)
    slated = {x.paper_id: place.slate.slate_id for x in place.slate.items} if place.slate else {}
    context = PageContext(place, log, annotations, lists, items or {}, slated)
    for shown in components.papers(ids):
        _paper(shown, context)


def _paper(shown: Paper, context: PageContext) -> None:
    item = context.items.get(shown.paper_id)
    with st.container(key=f"paper-{context.place.name}-{shown.paper_id}", gap="xsmall"):
        with st.container(horizontal=True, gap="small", wrap=False):
            if context.place.before is not None:
                context.place.before(shown)
            st.subheader(context.place.mark(shown.title, "title"), anchor=False)
        if badges := paper_text.status(shown):
            st.markdown(badges)
        _tags(context.annotations.get(shown.paper_id, Annotation()))
        names = paper_text.folded(paper_text.authors(shown))
        about = (context.place.mark(names, "author"), paper_text.native(paper_text.facts(shown)))
        st.caption(" · ".join(x for x in about if x))
        for reason in item.reasons if item else ():
            st.markdown(f":primary[:material/arrow_right_alt:] {paper_text.native(reason.text)}")
        if context.place.after is not None:
            context.place.after(shown)
        _abstract(shown, context.place)
        with st.container(horizontal=True, gap="small"):
            _actions(shown, context, item)
    st.space("small")


def _tags(annotation: Annotation) -> None:
    if annotation.tags:
        st.markdown(" ".join(f":gray-badge[{paper_text.native(x)}]" for x in annotation.tags))


def _abstract(shown: Paper, place: Place) -> None:
    if not shown.abstract:
        return
    if place.whole:
        _words(shown, place)
        return
    with st.expander("Abstract", type="compact", key=f"abstract-{place.name}-{shown.paper_id}"):
        _words(shown, place)


def _words(shown: Paper, place: Place) -> None:
    st.markdown(place.mark(shown.abstract, "abstract"))
    if paper_text.origin(shown):
        st.caption(paper_text.origin(shown))


def _actions(shown: Paper, context: PageContext, item: Recommendation | None) -> None:
    held = context.log.states.get(shown.paper_id)
    act = partial(
        session.act,
        paper_id=shown.paper_id,
        slate_id=context.slate_ids.get(shown.paper_id),
        interest_id=item.interest_id if item else None,
        seen=context.log.last_event_id,
    )
    key = f"{context.place.name}-{shown.paper_id}"
    for kind, label, done, hint in _BUTTONS:
        stands = _stands(held, kind)
        # What stands stays in its place without an effect: a second click hits nothing else.
        st.button(
            done if stands else label,
            key=f"{kind}-{key}",
            help=f"{done}; “Undo” reverts it" if stands else hint,
            icon=":material/check:" if stands else None,
            on_click=None if stands else act,
            args=() if stands else (kind,),
        )
    st.link_button(
        "Open", paper_text.link(shown), key=f"open-{key}", on_click=act, args=(EventKind.open,)
    )
    st.button(
        "More like this",
        key=f"near-{key}",
        type="tertiary",
        on_click=more_like,
        args=(shown.paper_id,),
    )
    if context.place.name != DETAILS:
        st.button(
            "Details",
            key=f"details-{key}",
            type="tertiary",
            on_click=details,
            args=(shown.paper_id,),
        )
    _status_menu(shown, context, key)
    _list_menu(shown, context, key)
    if held is not None and held.judged:
        last = context.log.newest(shown.paper_id, [k for k, *_ in _BUTTONS])
        st.button(
            "Undo",
            key=f"undo-{key}",
            type="tertiary",
            on_click=partial(act, undoes=last.event_id if last else None),
            args=(EventKind.undo,),
        )


def _status_menu(shown: Paper, context: PageContext, key: str) -> None:
    held = context.annotations.get(shown.paper_id, Annotation()).status
    st.menu_button(
        STATUS_NAMES[held] if held else "Status",
        [x for x in (*STATUSES, "") if x != held],
        key=f"status-{key}",
        type="tertiary",
        icon=":material/bookmark:" if held else None,
        format_func=lambda x: STATUS_NAMES.get(x, x),
        on_click=_set_status,
        args=(f"status-{key}", shown.paper_id),
    )


def _set_status(key: str, paper_id: str) -> None:
    chosen = st.session_state.get(key)
    if chosen is not None:
        bulk_actions.set_status(chosen, [paper_id])


def _list_menu(shown: Paper, context: PageContext, key: str) -> None:
    if context.place.one is not None:
        st.button(
            "Remove from list",
            key=f"remove-{key}",
            type="tertiary",
            on_click=bulk_actions.take_off_list,
            args=(context.place.one.list_id, [shown.paper_id]),
        )
        return
    open_lists = {x.list_id: x.name for x in context.lists if shown.paper_id not in x.paper_ids}
    names = {**open_lists, _NEW_LIST: "A new list …"}
    st.menu_button(
        "Add to list",
        list(names),
        key=f"list-{key}",
        type="tertiary",
        format_func=lambda x: paper_text.native(names.get(x, x)),
        on_click=_add_to_list,
        args=(f"list-{key}", shown.paper_id),
    )


def _add_to_list(key: str, paper_id: str) -> None:
    chosen = st.session_state.get(key)
    if chosen == _NEW_LIST:
        st.session_state[components.SHELF_KEY] = components.LISTS
        st.switch_page(components.LIBRARY_PAGE)
    if chosen is not None:
        session.change_list("add", chosen, paper_id)


def _stands(held: PaperState | None, kind: EventKind) -> bool:
    if held is None:
        return False
    return held.saved if kind is EventKind.save else held.verdict is kind


def more_like(paper_id: str) -> None:
    """Go to the search page and show what is near to a paper; used as a callback."""
    st.switch_page(components.SEARCH_PAGE, query_params={"like": paper_id})


def details(paper_id: str) -> None:
    """Go to the page with everything known of a paper; used as a callback."""
    st.switch_page(components.PAPER_PAGE, query_params={"paper": paper_id})
