"""The frame of every page: navigation, who reads, and what for."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from recommender.errors import NoModel, RecommenderError
from ui import app_state, auth, components, gc_tuning, shortcuts
from ui.about import NAME, SUMMARY
from ui.panels import (
    delivery_alerts,
    no_model,
    onboarding,
    onboarding_panel,
    read_only_notice,
    sidebar,
    status_notice,
)

ICON = Path(__file__).parent / "icon.svg"
WORDMARK = Path(__file__).parent / "wordmark.svg"
STYLE = Path(__file__).parent / "app.css"

st.set_page_config(
    page_title=NAME,
    # An icon by name would be fetched from another host.
    page_icon=ICON,
    layout="wide",
    menu_items={"About": f"{NAME}: {SUMMARY}"},
)
page = st.navigation(
    [
        st.Page(
            "views/for_you.py",
            title="For you",
            icon=":material/auto_stories:",
            default=True,
        ),
        st.Page("views/search.py", title="Search", icon=":material/search:"),
        st.Page("views/library.py", title="Library", icon=":material/bookmarks:"),
        st.Page("views/paper.py", title="Paper", visibility="hidden"),
        st.Page("views/near.py", title="More like these", visibility="hidden"),
        st.Page("views/add.py", title="Add a paper", visibility="hidden"),
        st.Page("views/sources.py", title="Sources", icon=":material/rss_feed:"),
        st.Page("views/digest.py", title="Digest", icon=":material/newspaper:"),
        st.Page("views/profile.py", title="Taste", url_path="taste", icon=":material/tune:"),
        st.Page(
            "views/performance.py",
            title="Is it working?",
            icon=":material/monitoring:",
            url_path="working",
        ),
        st.Page("views/start.py", title="Start", icon=":material/flag:"),
        st.Page("views/settings.py", title="Settings", icon=":material/settings:"),
    ]
)
st.logo(WORDMARK, size="large", icon_image=ICON)
st.html(STYLE)
try:
    if auth.admitted():
        sidebar.show()
        read_only_notice.show(app_state.store())
        delivery_alerts.show()
        status_notice.show()
        shortcuts.show()
        if onboarding.first(page):
            onboarding_panel.show(first=True)
        else:
            page.run()
except NoModel:
    no_model.show()
except RecommenderError as error:
    components.show_error(error)
gc_tuning.freeze_heap_soon()
