"""The frame of every page: navigation, who reads, and what for."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from recommender.errors import RecommenderError
from ui import auth, components, gc_tuning
from ui.panels import delivery_alerts, onboarding, onboarding_panel, sidebar

ICON = Path(__file__).parent / "icon.svg"
CONTRAST = Path(__file__).parent / "contrast.css"

st.set_page_config(
    page_title="paperloop",
    # An icon by name would be fetched from another host.
    page_icon=ICON,
    layout="wide",
    menu_items={"About": "paperloop: a reading list that learns from what you like and skip."},
)
page = st.navigation(
    [
        st.Page(
            "pages/for_you.py",
            title="For you",
            icon=":material/auto_stories:",
            default=True,
        ),
        st.Page("pages/search.py", title="Search", icon=":material/search:"),
        st.Page("pages/library.py", title="Library", icon=":material/bookmarks:"),
        st.Page("pages/paper.py", title="Paper", visibility="hidden"),
        st.Page("pages/sources.py", title="Sources", icon=":material/rss_feed:"),
        st.Page("pages/digest.py", title="Digest", icon=":material/newspaper:"),
        st.Page("pages/profile.py", title="Taste", url_path="taste", icon=":material/tune:"),
        st.Page(
            "pages/performance.py",
            title="Is it working?",
            icon=":material/monitoring:",
            url_path="working",
        ),
        st.Page("pages/start.py", title="Start", icon=":material/flag:"),
        st.Page("pages/settings.py", title="Settings", icon=":material/settings:"),
    ]
)
st.logo(ICON, size="large")
st.html(CONTRAST)
try:
    if auth.admitted():
        sidebar.show()
        delivery_alerts.show()
        if onboarding.first(page):
            onboarding_panel.show(first=True)
        else:
            page.run()
except RecommenderError as error:
    components.show_error(error)
gc_tuning.put_aside_soon()
