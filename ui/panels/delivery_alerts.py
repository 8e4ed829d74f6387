"""The notice of digests that did not reach their readers: one line on every page."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from recommender.digest.alerts import Alert, alerts, headline
from ui import app_state, paper_text

_MAX_SHOWN = 20


def show() -> None:
    """Say what is late, failed or unclear, if anything is; what to do stands inside."""
    now = app_state.now()
    needed = _found(app_state.settings().url, now.replace(second=0, microsecond=0))
    if not needed:
        return
    with st.expander(paper_text.native(headline(needed)), icon=":material/warning:"):
        for alert in needed[:_MAX_SHOWN]:
            st.markdown(f"- {paper_text.native(alert.text)}")
        if len(needed) > _MAX_SHOWN:
            st.markdown(f"- and {len(needed) - _MAX_SHOWN} more")
        st.markdown(
            "What failed or is late is sent by `paperloop digest due`, or by the app while it runs"
            " with its schedule (`paperloop up`). Check whether an unclear mail arrived, then"
            " record it with `paperloop digest resolve NUMBER`; `paperloop"
            " digest log` shows the numbers."
        )


# Every rerun of every page asks: one look a minute is enough.
@st.cache_data(ttl=60, max_entries=8, show_spinner=False)
def _found(url: str, minute: datetime) -> list[Alert]:
    return alerts(app_state.store(), app_state.settings(), minute)
