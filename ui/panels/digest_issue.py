"""One issue of the digest on its page: what it is called, its papers, and the mail as sent.

All of it is made from the manifest, as every other rendering is.
"""

from __future__ import annotations

from functools import partial

import streamlit as st

from recommender.digest.compose import changes
from recommender.digest.compose.compose import compose, slate_of
from recommender.digest.compose.manifest import Manifest
from recommender.digest.render import copy
from recommender.digest.render.date_format import moment_text
from recommender.digest.render.render import render
from ui import app_state, components, paper_text, session
from ui.panels import exclusion_form, paper_list, saved_searches

PAPERS, SENT, WHY = "Papers", "As sent", "Why not this paper?"

_FILES = (
    ("html", "HTML", "text/html", ".html"),
    ("text", "Text", "text/plain", ".txt"),
    ("markdown", "Markdown", "text/markdown", ".md"),
)
_STATES = {
    "waiting": "not sent yet",
    "claimed": "being sent",
    "sending": "being sent",
    "failed": "failed, will be tried again",
    "unclear": "it is unclear whether it arrived",
    "sent": "sent",
    "dropped": "not sent",
}


def show(manifest: Manifest, *, issued: bool) -> None:
    """Draw an issue in the view that the address names; `issued` ones stay as they are."""
    _head(manifest, issued=issued)
    view = st.segmented_control(
        "Show",
        [PAPERS, SENT, WHY],
        default=PAPERS,
        required=True,
        key="view",
        bind="query-params",
        label_visibility="collapsed",
    )
    if view == SENT:
        _as_sent(manifest)
    elif view == WHY:
        exclusion_form.ask(manifest)
    elif manifest.items:
        _papers(manifest, issued=issued)
        _searches(manifest)
    else:
        _searches(manifest)
        components.empty(
            copy.lead(manifest),
            paper_text.sentences(
                [*changes.since(manifest), *copy.why_empty(manifest, in_app=True)]
            ),
            *(_SOURCES if manifest.library_size else _START),
        )


_START, _SOURCES = (components.START_PAGE, "Start"), (components.SOURCES_PAGE, "Sources")


def _head(manifest: Manifest, *, issued: bool) -> None:
    title, days = copy.heading(manifest), copy.week_days(manifest)
    st.subheader(f"{paper_text.native(title)} · {paper_text.native(days)}", anchor=False)
    if issued:
        st.caption(paper_text.native(f"Issued: it no longer changes. {_fate_of_mail(manifest)}"))
    else:
        st.caption("A preview: it changes with what you like and skip until it is issued.")
    with st.container(horizontal=True, gap="xsmall"):
        if not issued:
            st.button(
                "Issue it now",
                on_click=_issue,
                args=(manifest.reader_id, manifest.week),
                help="Fixes this digest; its papers do not appear in later ones.",
            )
        for name, label, media_type, extension in _FILES:
            st.download_button(
                label,
                data=partial(render, manifest, name),
                file_name=f"digest-{manifest.week}{extension}",
                mime=media_type,
                key=f"digest-{name}",
                type="tertiary",
                icon=":material/download:",
                on_click="ignore",
            )


def _fate_of_mail(manifest: Manifest) -> str:
    """Return what became of sending an issue, by channel; empty where nothing was sent."""
    deliveries = app_state.store().deliveries.list(manifest.reader_id)
    told = [
        f"By {x.channel}: {_STATES.get(x.state, x.state)},"
        f" {moment_text(x.changed_at, manifest.zone)}."
        for x in deliveries
        if x.issue == manifest.week and x.channel != "page"
    ]
    return " ".join(told)


@st.fragment
def _papers(manifest: Manifest, *, issued: bool) -> None:
    sentences = [copy.lead(manifest), *changes.since(manifest), copy.honest_note(manifest)]
    st.markdown(paper_text.sentences([*sentences, copy.why_thin(manifest)]))
    slate = slate_of(manifest)
    place = paper_list.Place("digest", slate if issued else None, whole=True)
    items = {x.paper_id: x for x in slate.items}
    paper_list.show_papers(list(items), place, items)
    left_out = ", ".join(f"{n:,} {why}" for n, why in copy.left_out(manifest))
    if left_out:
        st.caption(paper_text.native(f"Left out: {left_out}."))
    st.caption(paper_text.native(f"How it was made: {copy.method(manifest)}."))


@st.fragment
def _searches(manifest: Manifest) -> None:
    """Show what is new in each saved search and by each author who is followed."""
    kept = {x.name: x for x in app_state.store().saved_searches.list(manifest.reader_id)}
    for i, news in enumerate(manifest.searches):
        st.subheader(paper_text.native(copy.search_heading(news)), anchor=False)
        place = paper_list.Place(f"digest-search-{i}", dense=True)
        paper_list.show_papers([x.paper_id for x in news.papers], place)
        search = kept.get(news.name)
        if copy.more_found(news) and search is not None:
            saved_searches.found_by(
                search.name,
                search.author,
                search.query,
                icon=":material/search:",
                label=copy.more_found(news),
            )


def _as_sent(manifest: Manifest) -> None:
    """Show the mail itself. All that strangers wrote is escaped in it, and it loads nothing."""
    # Its links open in a new tab: inside a frame the app's policy would block them.
    mail = render(manifest, "html").replace("<head>", '<head>\n<base target="_blank">', 1)
    st.iframe(mail, height=900, alt=f"The digest of {manifest.week} as a mail")
    with st.expander("As text"):
        st.code(render(manifest, "text"), language=None, wrap_lines=True)


def _issue(reader_id: str, week: str) -> None:
    with session.keep_problem():
        compose(
            app_state.store(),
            app_state.recommender(),
            reader_id,
            week=week,
            now=app_state.now(),
            settings=app_state.settings(),
        )
