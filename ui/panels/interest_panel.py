"""What is believed of each interest, and how to split and merge interests."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from recommender.domain import Interest
from recommender.insights.interest_reassignment import Move, move, move_all, take_back
from recommender.insights.profile_report import InterestReport, ProfileReport, SplitProposal
from recommender.insights.user_profile import MergeProposal
from ui import app_state, components, paper_text, session


def show(report: ProfileReport) -> None:
    """Show every interest, then suggested splits and merges and what was moved."""
    total = sum(x.interest.share_now for x in report.interests if x.n_liked or x.interest.about)
    for about in report.interests:
        _interest(about, total)
    names = {x.interest.interest_id: x.interest.name for x in report.interests}
    if report.splits or report.merges:
        st.subheader("Suggested changes", anchor=False)
    for number, split in enumerate(report.splits):
        _split(split, number)
    for merge in report.merges:
        _merge(merge, names)
    for past in report.moves[:5]:
        _moved(past, names)


def _interest(about: InterestReport, total: float) -> None:
    interest = about.interest
    with st.container(border=True, key=f"interest-{interest.interest_id}"):
        with st.container(
            horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
        ):
            st.subheader(paper_text.native(interest.name), anchor=False, width="content")
            with st.container(horizontal=True, width="content"):
                _pause_and_reset(interest)
                _change(interest)
        known = bool(about.n_liked or interest.about)
        share = interest.share_now / total if total and known else 0.0
        facts = [f"{about.n_liked} liked", f"{about.n_skipped} skipped"]
        yet = "paused: no part of any slate" if interest.paused else "not among the suggestions yet"
        facts += [f"{share:.0%} of every slate" if share else yet]
        st.caption(" · ".join(facts))
        if interest.reset_after is not None:
            st.markdown(
                "This interest was reset: what you did in it before does not count. Nothing is "
                "deleted."
            )
        if interest.about:
            st.markdown(f"In your words: “{paper_text.native(interest.about)}”")
        if not about.n_liked and not interest.about:
            st.markdown("Nothing is known yet: like papers under this interest, or describe it.")
            st.page_link(components.START_PAGE, label="Say what you read")
        _badges("Words that raise a score", about.summary.words, "blue")
        _badges("Words that lower a score", about.summary.against, "gray")
        typical = components.papers(about.typical)
        if typical:
            st.markdown(
                "Typical of what you like\n\n"
                + "\n".join(f"- {paper_text.native(x.title)}" for x in typical)
            )


def _badges(label: str, words: Sequence[str], colour: str) -> None:
    if words:
        badges = " ".join(f":{colour}-badge[{paper_text.native(x)}]" for x in words)
        st.markdown(f"{label}: {badges}")


def _pause_and_reset(interest: Interest) -> None:
    key = interest.interest_id
    st.button(
        "Resume" if interest.paused else "Pause",
        key=f"pause-{key}",
        icon=":material/play_arrow:" if interest.paused else ":material/pause:",
        on_click=_pause,
        args=(key, not interest.paused),
        help="A paused interest has no part in suggestions and digests; it keeps what it knows.",
    )
    if interest.reset_after is not None:
        st.button(
            "Undo reset",
            key=f"undo-reset-{key}",
            icon=":material/undo:",
            on_click=_undo_reset,
            args=(key,),
            help="All that you did in this interest counts again.",
        )
    with st.popover("Reset", icon=":material/restart_alt:", key=f"reset-{key}"):
        st.markdown(
            "From now on nothing that you did in this interest counts: it learns from the start. "
            "Your likes stay in the library, and the papers stay seen. It can be undone."
        )
        st.button("Reset this interest", key=f"do-reset-{key}", on_click=_reset, args=(key,))


def _pause(interest_id: str, paused: bool) -> None:
    with session.keep_problem():
        app_state.store().readers.pause(_own(interest_id), paused=paused)


def _reset(interest_id: str) -> None:
    with session.keep_problem():
        app_state.store().readers.reset(_own(interest_id))


def _undo_reset(interest_id: str) -> None:
    with session.keep_problem():
        app_state.store().readers.undo_reset(_own(interest_id))


def _change(interest: Interest) -> None:
    key = interest.interest_id
    with st.popover("Change", icon=":material/edit:", key=f"change-{key}"):
        st.text_input(
            "Name",
            value=interest.name,
            key=f"name-{key}",
            max_chars=80,
            on_change=_rename,
            args=(key,),
        )
        st.slider(
            "Weight relative to the other interests",
            0.0,
            1.0,
            value=interest.share,
            step=0.05,
            key=f"share-{key}",
            on_change=_set_share,
            args=(key,),
            help="0 leaves the interest out of the slate; its likes are kept",
        )
        st.text_area(
            "What it is about, in your words",
            value=interest.about,
            key=f"about-{key}",
            max_chars=2_000,
            on_change=_describe,
            args=(key,),
        )


def _rename(interest_id: str) -> None:
    name = str(st.session_state[f"name-{interest_id}"]).strip()
    with session.keep_problem():
        app_state.store().readers.rename_interest(_own(interest_id), name)


def _set_share(interest_id: str) -> None:
    share = float(st.session_state[f"share-{interest_id}"])
    with session.keep_problem():
        app_state.store().readers.set_share(_own(interest_id), share)


def _describe(interest_id: str) -> None:
    about = str(st.session_state[f"about-{interest_id}"] or "").strip()
    with session.keep_problem():
        app_state.store().readers.describe(_own(interest_id), about)


def _own(interest_id: str) -> str:
    """Return the id if it is one of this reader's; raises UnknownInterest."""
    return app_state.store().readers.interest(session.reader().reader_id, interest_id).interest_id


def _split(split: SplitProposal, number: int) -> None:
    n = components.count(len(split.paper_ids), "liked paper")
    key = f"split-{split.interest.interest_id}-{number}"
    with st.container(border=True, key=key):
        st.markdown(
            f"Suggested split: “{paper_text.native(split.interest.name)}” mixes two topics. "
            f"{n} are on {paper_text.native(', '.join(split.words)) or 'something else'}. "
            "As a separate interest they get their own share of the suggestions."
        )
        with st.expander("The papers"):
            titles = [paper_text.native(x.title) for x in components.papers(split.paper_ids)]
            st.markdown("\n".join(f"- {x}" for x in titles))
        with st.form(f"form-{key}", border=False):
            st.text_input(
                "Name of the new interest",
                value=" and ".join(split.words[:2]).capitalize(),
                max_chars=80,
                key=f"name-{key}",
            )
            st.form_submit_button(
                "Split", on_click=_accept_split, args=(split.paper_ids, f"name-{key}")
            )


def _accept_split(paper_ids: Sequence[str], key: str) -> None:
    name = str(st.session_state.get(key) or "").strip()
    reader_id = session.reader().reader_id
    with session.keep_problem():
        made = app_state.store().readers.ensure_interest(reader_id, name)
        move(app_state.store(), reader_id, paper_ids, made.interest_id, app_state.now())


def _merge(merge: MergeProposal, names: dict[str, str]) -> None:
    source, into = names[merge.from_id], names[merge.into_id]
    with st.container(border=True, key=f"merge-{merge.from_id}-{merge.into_id}"):
        st.markdown(
            f"**{paper_text.native(source)}** and **{paper_text.native(into)}** are about the "
            "same: papers across the two are as alike as those within. Together they learn faster."
        )
        st.button(
            paper_text.native(f"Move all of {source} into {into}"),
            key=f"accept-{merge.from_id}-{merge.into_id}",
            on_click=_accept_merge,
            args=(merge.from_id, merge.into_id),
        )


def _accept_merge(source: str, into: str) -> None:
    reader_id = session.reader().reader_id
    with session.keep_problem():
        move_all(app_state.store(), reader_id, source, into, app_state.now())


def _moved(past: Move, names: dict[str, str]) -> None:
    name = names.get(past.interest_id, past.interest_id)
    with st.container(horizontal=True, vertical_alignment="center", key=f"moved-{past.batch}"):
        st.caption(
            f"{components.count(past.n_papers, 'paper')} moved to {paper_text.native(name)} on "
            f"{paper_text.day(past.at)}.",
            width="content",
        )
        st.button("Undo", key=f"back-{past.batch}", type="tertiary", on_click=_back, args=(past,))


def _back(past: Move) -> None:
    reader_id = session.reader().reader_id
    with session.keep_problem():
        take_back(app_state.store(), reader_id, past.batch, app_state.now())
