"""Papers picked on a page, and the bar of what can be done to all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from recommender.domain import EventKind
from recommender.store import STATUSES
from ui import app_state, components, paper_text, session
from ui.panels import bulk_actions, export_panel, paper_sets
from ui.panels.shelves import READ_NEXT, STATUS_NAMES, Shelf

_NONE = "There is no reading list yet"


@dataclass(frozen=True, slots=True)
class Selection:
    """What is picked of the papers of one place; kept by the session, in no address."""

    name: str
    ids: tuple[str, ...]

    @property
    def picked(self) -> list[str]:
        """The picked papers that are there now, in their order."""
        held = self._held()
        return [x for x in self.ids if x in held]

    def _held(self) -> set[str]:
        held: set[str] = st.session_state.setdefault(f"picked-{self.name}", set())
        return held

    def change(self, paper_ids: Sequence[str], picked: bool) -> None:
        """Pick papers of the place, or let them go."""
        held = self._held()
        change = held.update if picked else held.difference_update
        change(set(paper_ids) & set(self.ids))

    def all(self) -> None:
        """Pick every paper of the place, on all of its pages."""
        self._held().update(self.ids)

    def none(self) -> None:
        """Pick nothing."""
        self._held().clear()


def bar(chosen: Selection, shelf: Shelf) -> None:
    """Show what can be done to the picked papers; the bar stays where it is without any."""
    picked = chosen.picked
    selected = f"**{len(picked):,} selected**" if picked else "Nothing selected"
    key = f"bar-{chosen.name}"
    with st.container(key=key, horizontal=True, gap="small", vertical_alignment="center"):
        st.markdown(selected, width="content")
        _button("Select all", f"{key}-all", chosen.all, off=len(picked) == len(chosen.ids))
        _button("Select none", f"{key}-none", chosen.none, off=not picked)
        for kind, label in ((EventKind.like, "Like"), (EventKind.save, "Save")):
            _button(
                label, f"{key}-{kind}", partial(bulk_actions.judge, kind, picked), off=not picked
            )
        _list_menu(picked, key)
        _status_menu(picked, key)
        _tag_popover(picked, key)
        if shelf.name != READ_NEXT:  # a paper leaves it when it is read
            _remove(picked, shelf, key)
        label = "Export" if picked or not chosen.ids else "Export all"
        st.toggle(label, key=f"exporting-{chosen.name}-on")
    if st.session_state.get(f"exporting-{chosen.name}-on"):
        heading = export_panel.heading(shelf.name, shelf.annotations, shelf.one)
        export_panel.show(picked or chosen.ids, shelf.name, heading)


def undo_button(key: str) -> None:
    """Show the button that undoes the last action; disabled without one."""
    held = bulk_actions.last()
    st.button(
        f"Undo: {held.description}" if held else "Nothing to undo",
        key=f"{key}-undo",
        type="tertiary",
        icon=":material/undo:",
        disabled=held is None,
        on_click=bulk_actions.undo,
    )


def _button(label: str, key: str, act: Callable[[], None], *, off: bool) -> None:
    st.button(label, key=key, type="tertiary", disabled=off, on_click=act)


def _menu(
    label: str,
    names: dict[str, str],
    key: str,
    act: Callable[[str, Sequence[str]], None],
    picked: Sequence[str],
) -> None:
    def chosen() -> None:
        option = st.session_state.get(key)
        if option is not None:
            act(option, picked)

    st.menu_button(
        label,
        list(names) or [_NONE],
        key=key,
        type="tertiary",
        format_func=lambda x: paper_text.native(names.get(x, x)),
        disabled=not picked or not names,
        on_click=chosen,
    )


def _list_menu(picked: Sequence[str], key: str) -> None:
    lists = app_state.store().reading_lists.list(session.reader().reader_id)
    names = {x.list_id: x.name for x in lists}
    _menu("Add to list", names, f"{key}-list", bulk_actions.add_to_list, picked)


def _status_menu(picked: Sequence[str], key: str) -> None:
    names = {x: STATUS_NAMES[x] for x in (*STATUSES, "")}
    _menu("Status", names, f"{key}-status", bulk_actions.set_status, picked)


def _tag_popover(picked: Sequence[str], key: str) -> None:
    with (
        st.popover("Tag", type="tertiary", disabled=not picked),
        st.form(f"{key}-tags", border=False, clear_on_submit=True),
    ):
        tag = f"{key}-tag"
        used = ", ".join(app_state.store().annotations.tags(session.reader().reader_id)[:12])
        st.text_input(
            "Tag", key=tag, max_chars=100, help=f"In use: {paper_text.native(used or 'none')}"
        )
        for label, off in (("Add", False), ("Remove", True)):
            st.form_submit_button(label, on_click=_tag, args=(tag, picked, off))


def _tag(key: str, picked: Sequence[str], off: bool) -> None:
    tag = str(st.session_state.get(key, "")).strip()
    if tag:
        bulk_actions.change_tag(tag, picked, off=off)


def _remove(picked: Sequence[str], shelf: Shelf, key: str) -> None:
    if shelf.one is not None:
        act = partial(bulk_actions.take_off_list, shelf.one.list_id, picked)
        _button("Remove from this list", f"{key}-off", act, off=not picked)
        return
    act = partial(bulk_actions.take_off_shelf, shelf.name, picked)
    _button(f"Remove from “{shelf.name}”", f"{key}-off", act, off=not picked)


def count(chosen: Selection, of: int, near: paper_sets.Query) -> None:
    """Show how many papers there are, of how many where some are left out, and the undo.

    What is near the picked papers is one link away; where none is picked, what is near the
    set that `near` names.
    """
    shown = components.count(len(chosen.ids), "paper")
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        shown_of = shown if of == len(chosen.ids) else f"{shown} of {of:,}"
        st.caption(shown_of, width="content")
        picked = chosen.picked
        n, most = len(picked or chosen.ids), paper_sets.MAX_LIKES
        some = f"the first {most}" if n > most and not paper_sets.is_named(near) else "these"
        if picked:
            some = f"the first {most} selected" if n > most else f"the {n} selected"
        label = f"More like {some}"
        query = paper_sets.of_papers(picked) if picked else near
        if chosen.ids:
            paper_sets.link(query, label, key=chosen.name)
        undo_button(chosen.name)
