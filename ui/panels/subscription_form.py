"""When, where and how long the digest comes: the form on the page Settings."""

from __future__ import annotations

from zoneinfo import available_timezones

import streamlit as st

from recommender.digest.scheduler_status import nothing_sends
from recommender.digest.subscription import (
    MAX_SIZE,
    WEEKDAYS,
    Subscription,
    save_subscription,
    subscription_of,
)
from recommender.errors import RecommenderError
from ui import app_state, paper_text, session

_EVERY = {"week": "Every week", "day": "Every day", "off": "Never"}
_MAIL, _FILES, _NOTIFY = "plan_mail", "plan_files", "plan_notify"

_KEYS = (("mail", _MAIL), ("files", _FILES), ("notify", _NOTIFY))


def say_if_nothing_sends(subscription: Subscription) -> None:
    """Say in plain sight if nothing sends what this subscription wants sent."""
    if subscription.every == "off":
        return
    idle = nothing_sends(app_state.store(), subscription.channels, app_state.now())
    if idle:
        st.warning(
            f"{idle} Start it with `paperloop up --schedule`, or call `paperloop digest due` from "
            "cron.",
            icon=":material/schedule:",
        )


def show() -> None:
    """Show the reader's subscription, to change and save."""
    try:
        subscription = subscription_of(app_state.store(), session.reader(), app_state.settings())
    except RecommenderError as error:
        st.warning(paper_text.native(str(error)))
        subscription = Subscription()
    say_if_nothing_sends(subscription)
    with st.form("plan", border=False):
        with st.container(horizontal=True):
            every = list(_EVERY)
            st.selectbox(
                "The digest comes",
                every,
                index=every.index(subscription.every),
                format_func=lambda x: _EVERY.get(x, x),
                key="plan_every",
                width=180,
            )
            days = list(range(7))
            st.selectbox(
                "on (weekly)",
                days,
                index=subscription.weekday,
                format_func=lambda x: WEEKDAYS[x],
                key="plan_weekday",
                width=160,
            )
            hours = list(range(24))
            st.selectbox(
                "from",
                hours,
                index=subscription.hour,
                format_func=lambda x: f"{x:02d}:00",
                key="plan_hour",
                width=120,
            )
            zones = sorted({"UTC", subscription.zone} | _zones())
            st.selectbox(
                "Time zone", zones, index=zones.index(subscription.zone), key="plan_zone", width=240
            )
        _contents(subscription)
        _channels(subscription)
        st.form_submit_button("Save", type="primary", on_click=_save)


@st.cache_data(show_spinner=False)
def _zones() -> set[str]:
    known = available_timezones()
    return {x for x in known if "/" in x and not x.startswith(("Etc/", "posix/", "right/"))}


def _contents(subscription: Subscription) -> None:
    with st.container(horizontal=True):
        st.number_input(
            "At most this many papers",
            1,
            MAX_SIZE,
            value=subscription.size,
            step=1,
            key="plan_size",
            width=220,
            help="With few good papers the digest is short; nothing is added to fill it",
        )
        st.number_input(
            "Minimum score",
            value=None if subscription.bar is None else float(subscription.bar),
            placeholder="Your own bar",
            step=0.1,
            format="%.2f",
            key="plan_bar",
            width=220,
            help="Empty: a paper must be about as good as those you liked, and this follows your "
            "likes and answers. A number is held as it is: 0 is the average paper of the library, "
            "1 one standard deviation above it",
        )


def _channels(subscription: Subscription) -> None:
    mail_is_set_up = bool(app_state.settings().smtp.host)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.checkbox("By mail", value="mail" in subscription.channels, key=_MAIL)
        st.checkbox(
            "As files in the digest folder", value="files" in subscription.channels, key=_FILES
        )
        st.checkbox("As a notification", value="notify" in subscription.channels, key=_NOTIFY)
    st.caption("It is always on the page Digest.")
    st.text_input(
        "Mail address",
        value=subscription.address,
        key="plan_address",
        placeholder="ada@example.org",
    )
    if session.reader().reader_id not in app_state.settings().notify_urls:
        st.caption(
            "No address for notifications is set up for you: set notify_urls in the config.toml of "
            "the data directory (docs, Get notifications)."
        )
    if not mail_is_set_up:
        st.caption(
            "No mail server is set up, so nothing is mailed yet: set smtp in the config.toml of "
            "the data directory (docs, Settings)."
        )


def _save() -> None:
    held = st.session_state
    channels = [x for x, key in _KEYS if held[key]]
    try:
        subscription = Subscription(
            every=held["plan_every"],
            weekday=held["plan_weekday"],
            hour=held["plan_hour"],
            zone=held["plan_zone"],
            size=int(held["plan_size"]),
            bar=None if held["plan_bar"] is None else float(held["plan_bar"]),
            channels=("page", *channels),
            address=str(held["plan_address"] or ""),
        )
        save_subscription(
            app_state.store(), session.reader().reader_id, subscription, app_state.now()
        )
    except RecommenderError as error:
        held["problem"] = str(error)
        return
    st.toast("Your digest schedule is saved.")
