"""Digest: what comes next, this week as it would be now, and every issue as it was sent."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from recommender.digest.compose import changes
from recommender.digest.compose.compose import preview
from recommender.digest.compose.manifest import Manifest
from recommender.digest.periods import day_of, in_order, next_issue, week_of, zone_of
from recommender.digest.render import copy
from recommender.digest.render.date_format import moment_text, weekday
from recommender.digest.subscription import CHANNEL_NAMES, Subscription, subscription_of
from recommender.errors import RecommenderError
from ui import app_state, components, paper_text, session
from ui.panels import digest_issue, subscription_form


def page() -> None:
    """Show one issue; the address names it."""
    reader_id = session.reader().reader_id
    subscription = subscription_of(app_state.store(), reader_id, app_state.settings())
    running = (day_of if subscription.every == "day" else week_of)(
        app_state.now(), subscription.zone
    )
    issued = in_order(app_state.store().digests.weeks(reader_id))
    weeks = [running, *(x for x in reversed(issued) if x != running)]
    now = "Today" if subscription.every == "day" else "This week"
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
        st.caption(paper_text.native(_next(subscription, app_state.now())))
        subscription_form.say_if_nothing_sends(subscription)
        try:
            digest_issue.show(_manifest(reader_id, week), issued=week in issued)
        except RecommenderError as error:
            components.show_error(error)


def _next(subscription: Subscription, now: datetime) -> str:
    """Return what is scheduled, in a sentence."""
    due = next_issue(subscription, now)
    if due is None:
        return "No digest is scheduled: it is switched off in Settings."
    local = due.due_at.astimezone(zone_of(subscription.zone))
    when = f"{weekday(local)}, {moment_text(due.due_at, subscription.zone)} {subscription.zone}"
    by = changes.listed(
        [
            "on this page" if x == "page" else f"by {CHANNEL_NAMES.get(x, x)}"
            for x in subscription.channels
        ]
    )
    most = copy.counted(subscription.size, "paper")
    bar = (
        "your own bar (Settings, Minimum score)"
        if subscription.bar is None
        else f"a score of {subscription.bar:g}"
    )
    return f"Next: {due.issue}, from {when}, {by}; at most {most} above {bar}."


def _manifest(reader_id: str, week: str) -> Manifest:
    return preview(
        app_state.store(),
        app_state.recommender(),
        reader_id,
        week=week,
        now=app_state.now(),
        settings=app_state.settings(),
    )


page()
