"""The notice of liked papers that are retracted or in doubt since, on every page."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from recommender.recommend.status_alerts import StatusAlert, dismiss, open_alerts
from ui import app_state, components, paper_text, session

_MAX_SHOWN = 10


def show() -> None:
    """Say which papers they are, if there are any, each with a way to it and to its notice."""
    log = session.log()
    key = (log.reader_id, log.last_event_id, app_state.store().catalogue.revision())
    held: tuple[object, list[StatusAlert]] | None = st.session_state.get("status_alerts")
    if held is None or held[0] != key:
        held = (key, open_alerts(app_state.store(), log.reader_id))
        st.session_state["status_alerts"] = held
    if held[1]:
        _notice(held[1])


def _notice(alerts: Sequence[StatusAlert]) -> None:
    papers = components.count(len(alerts), "paper")
    with st.container(border=True, key="status-notice", gap="xsmall"):
        st.markdown(f":material/warning: **Since you liked them: {papers} retracted or in doubt**")
        for alert in alerts[:_MAX_SHOWN]:
            badge = paper_text.badge(alert.status, alert.label, "notice", alert.notice)
            st.markdown(f"- {badge} {paper_text.native(alert.title)}")
        if len(alerts) > _MAX_SHOWN:
            st.markdown(f"- and {len(alerts) - _MAX_SHOWN} more")
        st.caption(
            "They stay in your lists and still say what you are interested in. Undo the like of a"
            " paper that should not count."
        )
        st.button("Dismiss", key="dismiss-status", on_click=_dismiss, args=(alerts,))


def _dismiss(alerts: Sequence[StatusAlert]) -> None:
    with session.keep_problem():
        dismiss(app_state.store(), session.reader().reader_id, alerts)
        st.session_state.pop("status_alerts", None)
