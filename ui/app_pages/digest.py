"""Digest: this week's, issued or as it would be now, and all earlier ones."""

from __future__ import annotations

from functools import partial

import streamlit as st

from recommender.digest import wording
from recommender.digest.compose import compose, preview, slate_of
from recommender.digest.manifest import Manifest
from recommender.digest.render import render
from recommender.digest.schedule import week_of
from recommender.errors import RecommenderError
from ui import components, papers, session, state, text

_FILES = (("html", "HTML", "text/html"), ("text", "Text", "text/plain"))
_FILES = (*_FILES, ("markdown", "Markdown", "text/markdown"))
_EXTENSIONS = {"html": ".html", "text": ".txt", "markdown": ".md"}


def page() -> None:
    """Show one week; the address names it."""
    reader_id = session.reader().reader_id
    this_week = week_of(state.now(), state.settings().timezone)
    issued = state.store().digests.weeks(reader_id)
    weeks = [this_week, *(x for x in reversed(issued) if x != this_week)]
    with components.header("Digest"):
        st.selectbox(
            "Week",
            weeks,
            format_func=lambda x: f"This week, {x}" if x == this_week else x,
            key="week",
            bind="query-params",
            label_visibility="collapsed",
            width=220,
        )
    week = st.session_state.get("week") or this_week
    with st.container(width=components.WIDE):
        components.show_problem()
        manifest = _manifest(reader_id, week)
        _head(manifest, issued=week in issued)
        if manifest.items:
            _papers(manifest, issued=week in issued)
        else:
            components.empty(
                wording.lead(manifest),
                _sentences(wording.why_empty(manifest)),
                components.LIBRARY_PAGE,
                "Import papers",
            )


def _manifest(reader_id: str, week: str) -> Manifest:
    return preview(
        state.store(),
        state.recommender(),
        reader_id,
        week=week,
        now=state.now(),
        settings=state.settings(),
    )


def _head(manifest: Manifest, *, issued: bool) -> None:
    title, days = wording.heading(manifest), wording.week_days(manifest)
    st.subheader(f"{text.native(title)} · {text.native(days)}", anchor=False)
    if issued:
        st.caption("Issued: it stays as it is.")
    else:
        st.caption("A preview: until it is issued it follows what you like and skip.")
    with st.container(horizontal=True, gap="xsmall"):
        if not issued:
            st.button(
                "Issue it now",
                on_click=_issue,
                args=(manifest.reader_id, manifest.week),
                help="Keeps this week's digest as it is; its papers come in no later one.",
            )
        for name, label, media_type in _FILES:
            st.download_button(
                label,
                data=partial(render, manifest, name),
                file_name=f"digest-{manifest.week}{_EXTENSIONS[name]}",
                mime=media_type,
                key=f"digest-{name}",
                type="tertiary",
                icon=":material/download:",
                on_click="ignore",
            )


@st.fragment
def _papers(manifest: Manifest, *, issued: bool) -> None:
    st.markdown(_sentences([wording.lead(manifest), wording.honest_note(manifest)]))
    slate = slate_of(manifest)
    place = papers.Place("digest", slate if issued else None, whole=True)
    items = {x.paper_id: x for x in slate.items}
    papers.show_papers(list(items), place, items)
    left_out = ", ".join(f"{n} {why}" for n, why in wording.left_out(manifest))
    if left_out:
        st.caption(text.native(f"Left out: {left_out}."))
    st.caption(text.native(f"How it was made: {wording.method(manifest)}."))


def _sentences(given: list[str]) -> str:
    return "  \n".join(text.native(x) for x in given if x)


def _issue(reader_id: str, week: str) -> None:
    try:
        compose(
            state.store(),
            state.recommender(),
            reader_id,
            week=week,
            now=state.now(),
            settings=state.settings(),
        )
    except RecommenderError as error:
        st.session_state["problem"] = str(error)


page()
