"""Digest: what comes next, this week as it would be now, and every issue as it was sent."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import streamlit as st

from recommender.digest import changes, wording
from recommender.digest.compose import compose, preview, slate_of
from recommender.digest.dates import moment_text, weekday
from recommender.digest.due import next_issue
from recommender.digest.manifest import Manifest
from recommender.digest.plan import Plan, plan_of
from recommender.digest.render import render
from recommender.digest.schedule import day_of, in_order, week_of, zone_of
from recommender.digest.why import why
from recommender.errors import RecommenderError
from ui import components, papers, session, state, text

PAPERS, SENT, WHY = "Papers", "As sent", "Why not this paper?"

_FILES = (("html", "HTML", "text/html"), ("text", "Text", "text/plain"))
_FILES = (*_FILES, ("markdown", "Markdown", "text/markdown"))
_EXTENSIONS = {"html": ".html", "text": ".txt", "markdown": ".md"}
_STATES = {
    "waiting": "not sent yet",
    "claimed": "being sent",
    "sending": "being sent",
    "failed": "failed, will be tried again",
    "unclear": "it is unclear whether it arrived",
    "sent": "sent",
    "dropped": "not sent",
}


def page() -> None:
    """Show one issue; the address names it."""
    reader_id = session.reader().reader_id
    plan = plan_of(state.store(), reader_id, state.settings())
    running = (day_of if plan.every == "day" else week_of)(state.now(), plan.zone)
    issued = in_order(state.store().digests.weeks(reader_id))
    weeks = [running, *(x for x in reversed(issued) if x != running)]
    now = "Today" if plan.every == "day" else "This week"
    with components.header("Digest"):
        st.selectbox(
            "Issue",
            weeks,
            format_func=lambda x: f"{now}, {x}" if x == running else x,
            key="week",
            bind="query-params",
            label_visibility="collapsed",
            width=220,
        )
    week = st.session_state.get("week") or running
    with st.container(width=components.WIDE):
        components.show_problem()
        st.caption(text.native(_next(plan, state.now())))
        try:
            _issue_of(_manifest(reader_id, week), issued=week in issued)
        except RecommenderError as error:
            components.show_error(error)


def _next(plan: Plan, now: datetime) -> str:
    """Return what is scheduled, in a sentence."""
    due = next_issue(plan, now)
    if due is None:
        return "No digest is scheduled: it is switched off in Settings."
    local = due.due_at.astimezone(zone_of(plan.zone))
    when = f"{weekday(local)}, {moment_text(due.due_at, plan.zone)} {plan.zone}"
    by = changes.listed(["on this page" if x == "page" else f"by {x}" for x in plan.channels])
    most = wording.counted(plan.size, "paper")
    return f"Next: {due.issue}, from {when}, {by}; at most {most} above a score of {plan.bar:g}."


def _manifest(reader_id: str, week: str) -> Manifest:
    return preview(
        state.store(),
        state.recommender(),
        reader_id,
        week=week,
        now=state.now(),
        settings=state.settings(),
    )


def _issue_of(manifest: Manifest, *, issued: bool) -> None:
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
        _why(manifest)
    elif manifest.items:
        _papers(manifest, issued=issued)
    else:
        components.empty(
            wording.lead(manifest),
            _sentences([*changes.since(manifest), *wording.why_empty(manifest)]),
            components.LIBRARY_PAGE,
            "Import papers",
        )


def _head(manifest: Manifest, *, issued: bool) -> None:
    title, days = wording.heading(manifest), wording.week_days(manifest)
    st.subheader(f"{text.native(title)} · {text.native(days)}", anchor=False)
    if issued:
        st.caption(text.native(f"Issued: it stays as it is. {_fate_of_mail(manifest)}"))
    else:
        st.caption("A preview: until it is issued it follows what you like and skip.")
    with st.container(horizontal=True, gap="xsmall"):
        if not issued:
            st.button(
                "Issue it now",
                on_click=_issue,
                args=(manifest.reader_id, manifest.week),
                help="Keeps this digest as it is; its papers come in no later one.",
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


def _fate_of_mail(manifest: Manifest) -> str:
    """Return what became of sending an issue, by channel; empty where nothing was sent."""
    found = state.store().deliveries.list(manifest.reader_id)
    told = [
        f"By {x.channel}: {_STATES.get(x.state, x.state)},"
        f" {moment_text(x.changed_at, manifest.zone)}."
        for x in found
        if x.issue == manifest.week and x.channel != "page"
    ]
    return " ".join(told)


@st.fragment
def _papers(manifest: Manifest, *, issued: bool) -> None:
    said = [wording.lead(manifest), *changes.since(manifest), wording.honest_note(manifest)]
    st.markdown(_sentences([*said, wording.why_thin(manifest)]))
    slate = slate_of(manifest)
    place = papers.Place("digest", slate if issued else None, whole=True)
    items = {x.paper_id: x for x in slate.items}
    papers.show_papers(list(items), place, items)
    left_out = ", ".join(f"{n:,} {why}" for n, why in wording.left_out(manifest))
    if left_out:
        st.caption(text.native(f"Left out: {left_out}."))
    st.caption(text.native(f"How it was made: {wording.method(manifest)}."))


def _as_sent(manifest: Manifest) -> None:
    """Show the mail itself. All that strangers wrote is escaped in it, and it loads nothing."""
    # Its links open beside the app: inside a frame the app's policy would stop them.
    mail = render(manifest, "html").replace("<head>", '<head>\n<base target="_blank">', 1)
    st.iframe(mail, height=900, alt=f"The digest of {manifest.week} as a mail")
    with st.expander("As text"):
        st.code(render(manifest, "text"), language=None, wrap_lines=True)


def _why(manifest: Manifest) -> None:
    asked = st.text_input(
        "Paper",
        placeholder="Its id, a link to it, or words of its title",
        key="why",
        label_visibility="collapsed",
    )
    if not asked:
        st.caption("Any paper of the library can be asked about, for any issue.")
        return
    paper_id = _found(asked)
    if paper_id is None:
        st.info("No paper in the library is called so.")
        return
    answer = why(
        state.store(),
        state.recommender(),
        manifest.reader_id,
        paper_id,
        week=manifest.week,
        now=state.now(),
        settings=state.settings(),
    )
    st.markdown(f"**{text.native(answer.title)}**")
    st.markdown(_sentences(list(answer.sentences)))


def _found(asked: str) -> str | None:
    """Return the paper meant: one with this id, else the best match of the words."""
    known = state.store().catalogue.resolve([asked.strip()])
    found = state.store().catalogue.search(asked, 1)
    return next(iter(known.values()), found[0][0] if found else None)


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
