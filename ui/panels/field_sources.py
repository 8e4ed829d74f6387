"""How near the library is to what the reader likes, and sources that bring papers of that field.

Nothing is fetched before the reader presses the button. Sources are guessed from the reader's own
papers (`ingest.source_guesses`); what is chosen becomes a saved query of the page Sources.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import streamlit as st

from recommender.ingest import FetchReport, SourceQuery, keep, query_of_key
from recommender.ingest.arxiv_categories import CATEGORIES
from recommender.ingest.source_guesses import SourceGuess, guess_sources
from recommender.recommend.coverage import Coverage, coverage_of, liked_papers, phrases_of
from recommender.store import Fetch
from recommender.training.fit import refit_due, refit_in_background, running_fit
from ui import app_state, background_jobs, components, paper_text, session
from ui.panels import fetch_jobs

CHOSEN = "start_sources"
"""Preference: the saved queries that the reader chose here."""
_ONCE = 0
_PLANS = {
    _ONCE: "Once, now",
    24 * 7: "Now, then every week",
    24: "Now, then every day",
}
_LOOK_EVERY_SECONDS = 1.0
_MOST_UNFITTED = 0.1
"""Share of papers outside the model from which nearness is only known after the next fit."""
_QUOTED = re.compile(r'"([^"]+)"')


def show() -> None:
    """Say how near the library is; offer sources; show what became of those that were chosen."""
    coverage, guesses = _found()
    if not coverage.likes:
        return
    chosen = _chosen()
    running = [x for x in chosen if _running(x)]
    learning = _learning(wanted=bool(chosen) or coverage.unfitted > _MOST_UNFITTED)
    busy = bool(running) or learning
    with st.container(border=True, key="field-sources"):
        if learning and not chosen:
            st.markdown(
                ":material/hourglass: **Looking how near this library is to your field.** Your "
                "first suggestions are ready after that."
            )
            _learning_progress()
            return
        _say(coverage, chosen=bool(chosen), busy=busy)
        if running:
            _progress(chosen)
            st.button("Cancel", on_click=_cancel, args=(chosen,), type="tertiary")
        elif chosen:
            _outcomes(chosen)
            failed = [x for x in chosen if x.error]
            if failed:
                st.button("Try again", on_click=_again, args=(failed,), icon=":material/refresh:")
        if busy and not running:
            _learning_progress()
        if chosen:
            known = {x.key for x in chosen}
            guesses = [x for x in guesses if x.query.key() not in known]
        if not guesses:
            if not chosen:
                st.page_link("views/sources.py", label="Choose sources yourself: Sources")
            return
        if chosen or coverage.covered:
            with st.expander("More papers of your field"):
                _offer(guesses, primary=False)
        else:
            _offer(guesses, primary=coverage.far)


def _found() -> tuple[Coverage, list[SourceGuess]]:
    """Return what is measured and guessed; looked at again once something has changed."""
    log, library = session.log(), app_state.library()
    about = tuple(x.about for x in library.store.readers.interests(log.reader_id))
    key = (
        log.reader_id,
        log.last_event_id,
        about,
        library.store.catalogue.revision(),
        library.recommender.model_version if library.store.catalogue.count() else "",
    )
    held = st.session_state.get("field_found")
    if held is None or held[0] != key:
        liked = liked_papers(library.store, log.reader_id)
        coverage = Coverage(0, 0, 0)
        if key[-1]:
            coverage = coverage_of(library.store, library.recommender, log.reader_id)
        held = key, coverage, guess_sources(liked, phrases_of(liked))
        st.session_state["field_found"] = held
    return held[1], held[2]


def _measured(coverage: Coverage) -> str:
    """Say how many of the likes, or of the descriptions without likes, are close to a paper."""
    near, n = coverage.near, coverage.likes
    if any(x.liked for x in session.log().states.values()):
        papers = components.count(coverage.others, "other paper")
        if n == 1:
            one = "a similar one" if near else "no similar one"
            return f"the paper you like has {one} among the {papers} here"
        has = "has" if near == 1 else "have"
        return f"{near} of the {n} papers you like {has} a similar one among the {papers} here"
    papers = components.count(coverage.others, "paper")
    if n == 1:
        return (
            f"{'one or more' if near else 'none'} of the {papers} here are like what you describe"
        )
    return f"{near} of your {n} descriptions match a paper among the {papers} here"


def _say(coverage: Coverage, *, chosen: bool, busy: bool) -> None:
    measured = _measured(coverage)
    if coverage.covered:
        st.markdown(f":material/check_circle: **This library covers your field:** {measured}.")
    elif not coverage.far and not busy:
        st.markdown(
            f":material/explore: **This library covers a part of your field:** {measured}. "
            + ("" if chosen else "Papers of your field make the suggestions better:")
        )
    elif busy:
        st.markdown(
            f":material/hourglass: **Papers of your field are on their way.** So far {measured}."
        )
    elif chosen:
        st.markdown(
            f":material/explore_off: **This library is still far from your field:** {measured}. "
            "Try further sources below, or on the page Sources."
        )
    else:
        st.markdown(
            f":material/explore_off: **This library is far from your field:** {measured}, so the "
            "first suggestions will be of little use. Fetch papers of your field first:"
        )


def _offer(guesses: list[SourceGuess], *, primary: bool) -> None:
    for i, guess in enumerate(guesses):
        st.checkbox(
            _label(guess.query), value=True, key=_box(i, guess), help=f"Guessed from {guess.why}."
        )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button(
            "Fetch these",
            key="fetch_field",
            type="primary" if primary else "secondary",
            icon=":material/download:",
            on_click=_start,
            args=(guesses,),
        )
        st.selectbox(
            "When",
            list(_PLANS),
            key="field_plan",
            format_func=lambda x: _PLANS.get(x, str(x)),
            label_visibility="collapsed",
            width=210,
        )
    st.caption(
        "Only the sources you leave ticked are asked, for at most 100 papers each. They can be "
        "changed and removed on the page Sources."
    )


def _label(query: SourceQuery) -> str:
    """Return what is asked, for a person."""
    if query.categories:
        named = (f"{CATEGORIES[x].label} ({x})" if x in CATEGORIES else x for x in query.categories)
        return f"arXiv: newest in {paper_text.native(' and '.join(named))}"
    if query.authors:
        return f"OpenAlex: newest by {paper_text.native(', '.join(query.authors))}"
    if query.source == "arxiv":
        venues = dict.fromkeys(_QUOTED.findall(query.text))
        return f"arXiv: papers that name {paper_text.native(', '.join(venues))}"
    return f"OpenAlex: newest on {paper_text.native(query.text.replace(' OR ', ', '))}"


def _box(i: int, guess: SourceGuess) -> str:
    return f"field_{i}_{guess.query.key()}"


def _start(guesses: list[SourceGuess]) -> None:
    """Keep the ticked queries, plan them as chosen, and begin to fetch; used as a callback."""
    store, reader_id = app_state.store(), session.reader().reader_id
    every = st.session_state.get("field_plan") or None
    ticked = [x for i, x in enumerate(guesses) if st.session_state.get(_box(i, x))]
    if not ticked:
        st.session_state["problem"] = "Tick a source first."
        return
    with session.keep_problem():
        keys = [x.key for x in _chosen()]
        for guess in ticked:
            key = keep(store, app_state.settings(), guess.query)
            store.fetches.plan(key, every, guess.query.limit)
            keys.append(key)
        store.preferences.set(reader_id, CHOSEN, list(dict.fromkeys(keys)))
        for kept in _chosen():
            if kept.key in {x.query.key() for x in ticked}:
                fetch_jobs.start(kept)


def _chosen() -> list[Fetch]:
    store = app_state.store()
    keys = store.preferences.get(session.reader().reader_id, CHOSEN, [])
    kept = (store.fetches.get(x) for x in keys if isinstance(x, str))
    return [x for x in kept if x is not None]


@st.fragment(run_every=_LOOK_EVERY_SECONDS)
def _progress(chosen: Sequence[Fetch]) -> None:
    """Show how far the fetches are until the last has ended; then the page runs again."""
    if not any(map(_running, chosen)):
        st.rerun()
    _outcomes(chosen)


def _outcomes(chosen: Sequence[Fetch]) -> None:
    """Show a line for each fetch: how far it is, what it brought, or why it failed."""
    lines = []
    for kept in chosen:
        job, what = _job(kept), _label(query_of_key(kept.key))
        if job is not None and job.running:
            done = f"{job.done:,} papers so far" if job.done else "asking"
            lines.append(f":material/hourglass: {what}: {done}")
            continue
        ended = None if job is None else job.result()
        error = ended.error if isinstance(ended, FetchReport) else str(ended or kept.error)
        brought = f"{kept.new:,} new, {kept.merged:,} known already"
        if error:
            some = f"{brought}. " if kept.new + kept.merged else ""
            lines.append(f":material/error: {what}: {some}{paper_text.native(error)}")
        elif kept.last_run_at is not None:
            lines.append(f":material/check: {what}: {brought}")
    st.markdown("  \n".join(lines))


def _job(kept: Fetch) -> background_jobs.BackgroundJob | None:
    return background_jobs.all_jobs().of(fetch_jobs.LIBRARY, fetch_jobs.job_name(kept))


def _running(kept: Fetch) -> bool:
    job = _job(kept)
    return job is not None and job.running


def _cancel(chosen: Sequence[Fetch]) -> None:
    for job in map(_job, chosen):
        if job is not None and job.running and job.cancel is not None:
            job.cancel()


def _again(failed: Sequence[Fetch]) -> None:
    with session.keep_problem():
        for kept in failed:
            fetch_jobs.start(kept)


def _learning(*, wanted: bool) -> bool:
    """Return whether the model learns the new papers now; begins it where that is due."""
    if not wanted:
        return False
    store, settings = app_state.store(), app_state.settings()
    if running_fit(settings) is not None:
        return True
    # One that failed is not begun again and again while the reader looks on.
    revision = store.catalogue.revision()
    if st.session_state.get("field_fitted") == revision or refit_due(store, settings) is None:
        return False
    st.session_state["field_fitted"] = revision
    return refit_in_background(settings)


@st.fragment(run_every=_LOOK_EVERY_SECONDS)
def _learning_progress() -> None:
    if running_fit(app_state.settings()) is None:
        st.rerun()
    st.caption(":material/model_training: Learning the words of the new papers…")
