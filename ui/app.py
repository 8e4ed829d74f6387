"""The frame of every page: navigation, who reads, and what for."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from recommender.errors import RecommenderError
from ui import access, alarms, components, memory, sidebar, start_page, starting

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
            "app_pages/for_you.py",
            title="For you",
            icon=":material/auto_stories:",
            default=True,
        ),
        st.Page("app_pages/search.py", title="Search", icon=":material/search:"),
        st.Page("app_pages/library.py", title="Library", icon=":material/bookmarks:"),
        st.Page("app_pages/paper.py", title="Paper", visibility="hidden"),
        st.Page("app_pages/sources.py", title="Sources", icon=":material/rss_feed:"),
        st.Page("app_pages/digest.py", title="Digest", icon=":material/newspaper:"),
        st.Page("app_pages/taste.py", title="Taste", icon=":material/tune:"),
        st.Page("app_pages/working.py", title="Is it working?", icon=":material/monitoring:"),
        st.Page("app_pages/start.py", title="Start", icon=":material/flag:"),
        st.Page("app_pages/settings.py", title="Settings", icon=":material/settings:"),
    ]
)
st.logo(ICON, size="large")
st.html(CONTRAST)
try:
    if access.admitted():
        sidebar.show()
        alarms.show()
        if starting.first(page):
            start_page.show(first=True)
        else:
            page.run()
except RecommenderError as error:
    components.show_error(error)
memory.put_aside_soon()
