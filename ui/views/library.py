"""Library: shelves and reading lists to look through, order, mark, export; and import."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from recommender.recommend.reading_order import unread_papers
from recommender.store import Annotation
from ui import app_state, components, session
from ui.panels import (
    bulk_actions,
    import_panel,
    list_panel,
    multi_select,
    paper_list,
    paper_sets,
    shelves,
)
from ui.panels.shelves import Shelf, ShelfQuery

IMPORT = "Import"
_ANY = "Any status"


def page() -> None:
    """Show one shelf; the address names it, and what is looked for on it."""
    with components.header("Library"):
        pass
    with st.container(width=components.WIDE):
        chosen = st.segmented_control(
            "Shelf",
            [*shelves.SHELVES, components.LISTS, IMPORT],
            default=shelves.LIKED,
            required=True,
            key=components.SHELF_KEY,
            bind="query-params",
            label_visibility="collapsed",
        )
        components.show_problem()
        if chosen == IMPORT:
            imported()
        elif chosen == components.LISTS:
            one_list()
        else:
            name = chosen or shelves.LIKED
            kept(name, _read_next if name == shelves.READ_NEXT else lambda: _shelf(name))


def _shelf(name: str) -> Shelf:
    return shelves.shelf(name, session.log(), _annotations())


def _read_next() -> Shelf:
    """Return one's own unread papers in the order to read them; ranked when something changed."""
    log, annotations = session.log(), _annotations()
    if not unread_papers(app_state.store(), log):
        return Shelf(shelves.READ_NEXT, (), annotations)
    lists = app_state.store().reading_lists.list(log.reader_id)
    interests = app_state.store().readers.interests(log.reader_id)
    recommender = app_state.recommender()
    on_lists = [x.paper_ids for x in lists]
    key = (log.reader_id, log.last_event_id, log.revision, recommender.model_version)
    asked = (key, annotations, on_lists, interests)
    held: tuple[object, Shelf] | None = st.session_state.get("read_next")
    if held is None or held[0] != asked:
        items = recommender.reading_order(log.reader_id, now=app_state.now())
        by_id = {x.paper_id: x for x in items}
        held = (asked, Shelf(shelves.READ_NEXT, tuple(by_id), annotations, items=by_id))
        st.session_state["read_next"] = held
    return held[1]


def _annotations() -> dict[str, Annotation]:
    return app_state.store().annotations.all(session.reader().reader_id)


def imported() -> None:
    """Take papers from files."""
    st.markdown(
        "Upload files from your reference manager (BibTeX, RIS, CSL-JSON, EndNote, Zotero …), "
        "tables, saved pages and feeds; gzipped files work too, and the format is detected. "
        "Importing the same file again changes nothing."
    )
    import_panel.show("Files", "Import")


def one_list() -> None:
    """Choose a reading list and show it."""
    chosen = list_panel.choose()
    if chosen is None:
        list_panel.nothing()
        return
    reader_id, list_id = chosen.reader_id, chosen.list_id

    def read() -> Shelf:
        one = app_state.store().reading_lists.get(reader_id, list_id)
        return shelves.of_list(one, _annotations())

    kept(list_id, read)


def kept(name: str, read: Callable[[], Shelf]) -> None:
    """Show what is looked for on a shelf; what is done to a paper reruns the papers only."""
    shelf = read()
    if not shelf.ids:
        _nothing(shelf)
        if bulk_actions.last() is not None:
            multi_select.undo_button(f"nothing-{name}")
        return
    look(shelf)
    _papers(name, read)


def _nothing(shelf: Shelf) -> None:
    if shelf.one is not None:
        components.empty("This list is empty", "“Add to list” under any paper puts it here.")
        return
    go = "Go to the next papers"
    components.empty("Nothing here yet", shelves.EMPTY[shelf.name], components.FOR_YOU_PAGE, go)


def look(shelf: Shelf) -> None:
    """Show what can be looked for: words, order, a tag, a status; the address holds them."""
    tags = sorted(
        {t for x in shelf.ids if x in shelf.annotations for t in shelf.annotations[x].tags}
    )
    with st.container(horizontal=True, vertical_alignment="bottom", key="looking"):
        st.text_input(
            "Find within",
            key="find",
            type="search",
            live=True,
            bind="query-params",
            max_chars=200,
            placeholder="Find within",
            label_visibility="collapsed",
            width=200,
        )
        if st.session_state.get("sort") not in shelf.orders:
            st.session_state.pop("sort", None)
        st.selectbox(
            "Order",
            shelf.orders,
            key="sort",
            bind="query-params",
            label_visibility="collapsed",
            width=190,
        )
        st.selectbox(
            "Status",
            [_ANY, *shelves.STATUS_NAMES.values()],
            key="status",
            bind="query-params",
            label_visibility="collapsed",
            width=140,
        )
        if tags or st.session_state.get("tag"):
            st.selectbox(
                "Tag",
                tags,
                index=None,
                key="tag",
                bind="query-params",
                placeholder="Any tag",
                label_visibility="collapsed",
                width=140,
            )


def _looking() -> ShelfQuery:
    held = st.session_state
    named = {name: status for status, name in shelves.STATUS_NAMES.items()}
    return ShelfQuery(
        words=held.get("find") or "",
        tag=held.get("tag") or None,
        status=named.get(held.get("status", _ANY)),
        order=held.get("sort"),
    )


def _set_of(shelf: Shelf, looking: ShelfQuery, ids: Sequence[str]) -> paper_sets.Query:
    """Return what names the papers shown: the list, the tag, else their ids."""
    if shelf.one is not None and not looking.narrowed:
        return paper_sets.of_list(shelf.one.list_id)
    if looking.tag and not looking.words.strip() and looking.status is None:
        return paper_sets.of_tag(looking.tag)
    return paper_sets.of_papers(ids)


@st.fragment
def _papers(name: str, read: Callable[[], Shelf]) -> None:
    components.show_problem()
    shelf, looking = read(), _looking()
    ids = shelf.matching(looking)
    chosen = multi_select.Selection(name, tuple(ids))
    multi_select.bar(chosen, shelf)
    multi_select.count(chosen, len(shelf.ids), _set_of(shelf, looking, ids))
    if not ids:
        what = "No papers match" if shelf.ids else "No papers left"
        components.empty(what, "Change the search above, or choose another shelf.")
        return
    ordered = shelf.one is not None and looking.order in (None, shelves.LISTED)
    place = paper_list.Place(
        name,
        dense=not shelf.items,
        one=shelf.one,
        ordered=ordered and not looking.narrowed,
        picked=chosen.picked,
        pick=chosen.change,
    )
    paper_list.show_papers(components.on_this_page(ids), place, shelf.items)


page()
