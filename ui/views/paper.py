"""One paper: everything known of it, what the reader noted, where each field comes from."""

from __future__ import annotations

import streamlit as st

from recommender.errors import UnknownPaper
from recommender.store import Annotation
from ui import app_state, components, paper_text, session
from ui.panels import (
    bulk_actions,
    like_effect_panel,
    no_model,
    paper_list,
    provenance_panel,
    saved_searches,
)

PAPER = "paper"
RELATED = 8


def page() -> None:
    """Show the paper that the address names."""
    named = st.query_params.get(PAPER, "")
    with st.container(width=components.WIDE):
        try:
            shown = app_state.store().catalogue.get(named)
        except UnknownPaper:
            with components.header("Paper"):
                pass
            components.empty(
                "This paper is not in the library",
                "Search for words of its title, or open its details from a card.",
                components.SEARCH_PAGE,
                "Go to the search",
            )
            return
        with components.header(paper_text.native(shown.title)):
            pass
        one_paper(shown.paper_id)
        related(shown.paper_id)


@st.fragment
def one_paper(paper_id: str) -> None:
    """Show all of a paper, and what can be done to it."""
    components.show_problem()
    paper_list.show_papers([paper_id], paper_list.Place("details", alone=True))
    _tags(paper_id)
    _lists(paper_id)
    saved_searches.authors(app_state.store().catalogue.get(paper_id))
    held = session.log().states.get(paper_id)
    if held is not None and held.liked:
        like_effect_panel.button(paper_id, "details", "What your like does")
        like_effect_panel.answer(paper_id, "details")
    provenance_panel.status(app_state.store().catalogue.get(paper_id))


@st.fragment
def related(paper_id: str) -> None:
    """Show the nearest papers, and last where each field of this one comes from."""
    near = [] if no_model.missing() else app_state.recommender().similar(paper_id, n=RELATED)
    if near:
        st.subheader("Related papers", anchor=False)
        paper_list.show_papers([x.paper_id for x in near], paper_list.Place("near", dense=True))
    st.subheader("Record", anchor=False)
    shown = app_state.store().catalogue.get(paper_id)
    provenance_panel.fields(shown)
    provenance_panel.versions(shown)
    provenance_panel.came_together(shown)


def _tags(paper_id: str) -> None:
    annotations = app_state.store().annotations
    reader_id = session.reader().reader_id
    held = list(annotations.all(reader_id).get(paper_id, Annotation()).tags)
    key = f"tags-{paper_id}"
    st.session_state[key] = held
    st.multiselect(
        "Tags",
        list(dict.fromkeys((*held, *annotations.tags(reader_id)))),
        key=key,
        accept_new_options=True,
        placeholder="Choose or type a tag",
        on_change=_set_tags,
        args=(key, paper_id, held),
    )


def _set_tags(key: str, paper_id: str, held: list[str]) -> None:
    chosen = [str(x) for x in st.session_state.get(key, ())]
    for tag in held:
        if tag not in chosen:
            bulk_actions.change_tag(tag, [paper_id], off=True)
    for tag in chosen:
        if tag not in held:
            bulk_actions.change_tag(tag, [paper_id])


def _lists(paper_id: str) -> None:
    lists = app_state.store().reading_lists.list(session.reader().reader_id)
    on = [x for x in lists if paper_id in x.paper_ids]
    for one in on:
        note = one.notes.get(paper_id)
        suffix = f": {paper_text.native(note)}" if note else ""
        st.markdown(f":material/list: On the list **{paper_text.native(one.name)}**{suffix}")


page()
