"""Everything a reader did that counts, each with its undo."""

from __future__ import annotations

import streamlit as st

from recommender.domain import Event, EventKind
from recommender.domain.history import POSITIVE, EventLog
from ui import components, paper_text, session
from ui.panels import like_effect_panel

ON_A_PAGE = 25
DONE = {
    EventKind.like: "Liked",
    EventKind.save: "Saved",
    EventKind.skip: "Skipped",
    EventKind.dislike: "Not interested",
    EventKind.open: "Opened",
}


@st.fragment
def show() -> None:
    """Show what the reader did, the newest first, each with its undo."""
    components.show_problem()
    log = session.log()
    active = log.active_events[::-1]
    if not active:
        components.empty(
            "You have done nothing yet",
            "Every like, skip and save is listed here and can be undone.",
            components.FOR_YOU_PAGE,
            "Go to the next papers",
        )
        return
    with st.container(width=components.WIDE):
        st.caption(
            f"{components.count(len(active), 'action')} count. Undoing one removes its effect."
        )
        pages = -(-len(active) // ON_A_PAGE)
        number = st.pagination(pages, key="events_page") if pages > 1 else 1
        some = active[(number - 1) * ON_A_PAGE : number * ON_A_PAGE]
        titles = {x.paper_id: x.title for x in components.papers([e.paper_id for e in some])}
        for event in some:
            _event(event, titles.get(event.paper_id, event.paper_id), log)


def _event(event: Event, title: str, log: EventLog) -> None:
    with st.container(
        horizontal=True, vertical_alignment="center", key=f"event-{event.event_id}", gap="small"
    ):
        st.markdown(
            f"**{DONE[event.kind]}** {paper_text.native(title)}  \n"
            f":small[:gray[{paper_text.day(event.created_at)}]]",
            width="stretch",
        )
        # Together, so that a long title does not part them.
        with st.container(horizontal=True, width="content", gap="small"):
            if event.kind in POSITIVE:
                like_effect_panel.button(event.paper_id, str(event.event_id))
            st.button(
                "Undo",
                key=f"undo-{event.event_id}",
                type="tertiary",
                on_click=session.act,
                args=(EventKind.undo, event.paper_id),
                kwargs={
                    "undoes": event.event_id,
                    "interest_id": event.interest_id,
                    "seen": log.last_event_id,
                },
            )
    like_effect_panel.answer(event.paper_id, str(event.event_id))
