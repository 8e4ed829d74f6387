"""Sources: what is asked of the network, when, what came of it, and what to ask next."""

from __future__ import annotations

import streamlit as st

from recommender.digest.scheduler_status import nothing_fetches, runner_of
from recommender.errors import RecommenderError
from recommender.ingest import FetchReport, unfinished
from recommender.store import Fetch
from recommender.store.scheduler_runs import FETCH
from ui import app_state, background_jobs, components, paper_text, session
from ui.panels import fetch_jobs, source_form

_NEVER = 0
_PLANS = {_NEVER: "Only when I ask", 24: "Every day", 24 * 7: "Every week"}
_REFUSALS = 20


def page() -> None:
    """Show the queries that are kept, and the form that adds one."""
    with components.header("Sources"):
        pass
    with st.container(width=components.WIDE):
        components.show_problem()
        st.markdown(
            "Papers are fetched when you ask, or on a schedule that you set. "
            "Files of your own are imported in the Library."
        )
        kept = app_state.store().fetches.list()
        _schedule(kept)
        if not kept:
            components.empty("No source yet", "Choose one below, try what it brings, and add it.")
        if len(kept) > 1:
            st.button("Fetch all now", icon=":material/sync:", on_click=_fetch_all)
        for one in kept:
            _one(one)
        _in_step()
        st.subheader("Add a source", anchor=False)
        source_form.show()


def _schedule(kept: list[Fetch]) -> None:
    """Say what runs the planned fetches, or in plain sight that nothing does."""
    store, now = app_state.store(), app_state.now()
    idle = nothing_fetches(store, kept, now)
    if idle:
        st.warning(
            f"{idle} Start it with `paperloop up --schedule`, or call `paperloop fetch --due` from "
            "cron.",
            icon=":material/schedule:",
        )
    elif any(x.every_hours is not None for x in kept):
        runner = runner_of(store, FETCH, now)
        if runner.by_app:
            st.caption("What you planned is fetched while this app runs.")
        elif runner.command_at is not None:
            ran = paper_text.day(runner.command_at)
            st.caption(f"What you planned is fetched by `paperloop fetch --due`, last on {ran}.")


def _in_step() -> None:
    """Show the files and the Zotero collections that are followed for the reader."""
    store, reader_id = app_state.store(), session.reader().reader_id
    collections = store.synced_collections.list(reader_id)
    if not collections:
        return
    names = {x.interest_id: x.name for x in store.readers.interests(reader_id)}
    st.subheader("Kept in step", anchor=False)
    for one in collections:
        with st.container(border=True):
            counts = "" if one.role == "catalogue" else f" as {one.role}"
            interest = names.get(one.interest_id)
            of = f" in {paper_text.native(interest)}" if interest and counts else ""
            how = "read by the schedule" if one.planned else "read when you ask"
            st.markdown(f"**{paper_text.native(one.name or one.place)}**")
            st.caption(f"{paper_text.native(one.place)}: new items come{counts}{of}; {how}.")
            if one.error:
                st.warning(paper_text.native(one.error))


def _one(kept: Fetch) -> None:
    key = fetch_jobs.job_name(kept)
    with st.container(border=True, key=f"source-{kept.key}"):
        name = source_form.NAMES.get(kept.source, kept.source)
        asked = f": {paper_text.native(kept.query)}" if kept.query else ""
        st.markdown(f"**{paper_text.native(name)}**{asked}")
        ended = background_jobs.show(fetch_jobs.LIBRARY, key)
        held = background_jobs.all_jobs().of(fetch_jobs.LIBRARY, key)
        running = held is not None and held.running
        if ended is not None:
            kept = app_state.store().fetches.get(kept.key) or kept
        st.caption(_last(kept))
        if kept.error:
            st.warning(paper_text.native(kept.error))
        if ended is not None:
            _result(ended.result())
        _buttons(kept, running=running)


def _last(kept: Fetch) -> str:
    if kept.last_run_at is None:
        status = "Never fetched"
    else:
        counts = f"{kept.new:,} new, {kept.merged:,} known already, {kept.refused:,} refused"
        status = f"Last fetched {paper_text.day(kept.last_run_at)}: {counts}"
        if unfinished(kept):
            status += ". There is more; the next fetch continues"
        if kept.error and kept.last_ok_at is not None:
            status += f". Last success on {paper_text.day(kept.last_ok_at)}"
    if kept.every_hours is not None:
        due, now = kept.next_at, app_state.now()
        when = (
            paper_text.day(due) if due is not None and due > now else "as soon as the schedule runs"
        )
        status += f". Next: {when}"
    return status + "."


def _result(result: FetchReport | RecommenderError) -> None:
    if isinstance(result, RecommenderError):
        components.show_error(result)
        return
    if result.unchanged:
        st.caption("Nothing has changed since the last fetch.")
    if result.refused:
        lines = [f"- {paper_text.native(x.why)}" for x in result.refused[:_REFUSALS]]
        if len(result.refused) > _REFUSALS:
            lines.append(f"- and {len(result.refused) - _REFUSALS:,} more")
        with st.expander("What was refused"):
            st.markdown("\n".join(lines))


def _buttons(kept: Fetch, *, running: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button(
            "Fetch now",
            key=f"now-{kept.key}",
            icon=":material/sync:",
            disabled=running,
            on_click=_fetch,
            args=(kept.key,),
        )
        plans = {**_PLANS}
        # None would be shown as no choice at all.
        every = kept.every_hours or _NEVER
        plans.setdefault(every, f"Every {every} hours")
        plan = f"plan-{kept.key}"
        st.session_state[plan] = every
        st.selectbox(
            "Fetched",
            list(plans),
            key=plan,
            format_func=lambda x: plans.get(x, str(x)),
            label_visibility="collapsed",
            width=190,
            help="Planned sources are fetched while the app runs, or by `paperloop fetch --due`.",
            on_change=_plan,
            args=(kept.key, plan),
        )
        with st.popover("Remove", type="tertiary", disabled=running):
            st.markdown("The papers it brought stay in the library.")
            st.button("Remove this source", key=f"gone-{kept.key}", on_click=_remove, args=(kept,))


def _fetch(key: str) -> None:
    kept = app_state.store().fetches.get(key)
    if kept is None:
        return
    with session.keep_problem():
        fetch_jobs.start(kept)


def _fetch_all() -> None:
    for kept in app_state.store().fetches.list():
        _fetch(kept.key)


def _plan(key: str, widget: str) -> None:
    kept = app_state.store().fetches.get(key)
    with session.keep_problem():
        app_state.store().fetches.plan(
            key, st.session_state.get(widget) or None, kept.most if kept else None
        )


def _remove(kept: Fetch) -> None:
    app_state.store().fetches.forget(kept.key)
    background_jobs.all_jobs().forget(fetch_jobs.LIBRARY, fetch_jobs.job_name(kept))


page()
