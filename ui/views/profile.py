"""Taste: what is believed of the reader, and how to change it."""

from __future__ import annotations

from math import isnan

import streamlit as st

from recommender.errors import NoModel
from recommender.insights.profile_report import (
    MIN_FOR_DRIFT,
    InterestDrift,
    drift,
    profile_report,
)
from recommender.recommend import muted_terms
from recommender.store.half_life import meanings_of
from ui import app_state, components, paper_text, session
from ui.panels import activity_log, charts, interest_panel, no_model, topic_map_panel

INTERESTS, MAP, EVENTS, DRIFT, HIDDEN = (
    "Interests",
    "Map",
    "What you did",
    "Drift",
    "Hidden words",
)
_ALIKE = 0.8


def page() -> None:
    """Show one side of what is known; the address names it."""
    with components.header("Taste"):
        pass
    side = st.segmented_control(
        "Show",
        [INTERESTS, MAP, EVENTS, DRIFT, HIDDEN],
        default=INTERESTS,
        required=True,
        key="side",
        bind="query-params",
        label_visibility="collapsed",
    )
    sides = {MAP: map_of_papers, EVENTS: activity_log.show, DRIFT: drifting, HIDDEN: hidden_words}
    try:
        sides.get(side or INTERESTS, believed)()
    except NoModel:
        if app_state.store().catalogue.count():
            no_model.show()
        else:
            components.empty(
                "Nothing is known yet",
                "What you like becomes visible here once the library has papers.",
                links=(components.IMPORT, components.FETCH),
            )


def believed() -> None:
    """Show the interests, suggested changes, and what an event counts."""
    with st.container(width=components.WIDE):
        components.show_problem()
        reader_id = session.reader().reader_id
        report = profile_report(
            app_state.store(),
            app_state.recommender(),
            app_state.settings(),
            reader_id,
            app_state.now(),
        )
        interest_panel.show(report)
        _weights()


def _weights() -> None:
    with st.expander("What each thing you do counts"):
        rows = ["| you | counts | fades |", "|---|---|---|"]
        reader_id = session.reader().reader_id
        meanings = meanings_of(app_state.store(), reader_id, app_state.settings().meanings)
        for kind, meaning in meanings.items():
            half = meaning.half_life_days
            fades = f"half gone in {half:g} days" if half else "never"
            rows.append(f"| {activity_log.DONE[kind]} | {meaning.weight:+g} | {fades} |")
        st.markdown("\n".join(rows))
        st.caption(
            "A skip weighs little by itself: it says “not this one” more often than “not this "
            "kind”. Change it for the whole library in its config.toml, for example "
            "`[events.skip]` with `weight = -0.2`."
        )


def map_of_papers() -> None:
    """Show the map of the catalogue."""
    topic_map_panel.show()


def drifting() -> None:
    """Show how the topics of the likes changed over time."""
    with st.container(width=components.WIDE):
        drift = _drift(
            app_state.settings().url,
            session.reader().reader_id,
            session.log().last_event_id,
            session.log().revision,
            session.resets(),
        )
        if not drift.months:
            components.empty(
                "Too little to see a drift",
                f"It takes {MIN_FOR_DRIFT} liked papers; likes of imported files count too.",
                components.FOR_YOU_PAGE,
                "Go to the next papers",
            )
            return
        st.markdown(_drift_text(drift))
        st.altair_chart(charts.drift(drift.months), alt="Papers liked by month and topic")


def _drift_text(drift: InterestDrift) -> str:
    words = paper_text.native(", ".join(drift.newest_words))
    if isnan(drift.likeness):
        return "Your likes have no words to compare."
    change = "much the same as before" if drift.likeness >= _ALIKE else "other things than before"
    return (
        f"The newest third of your likes is about **{words}**: {change} (likeness to the rest "
        f"{drift.likeness:.2f}, where 1 is the same). If an old subject is over, lower the "
        "weight of its interest; if a new one has come, an interest of its own serves it better."
    )


@st.cache_resource(show_spinner=False, max_entries=16)
def _drift(
    url: str, reader_id: str, last_event_id: int, revision: int, resets: tuple[int | None, ...]
) -> InterestDrift:
    return drift(app_state.store(), app_state.recommender(), app_state.settings(), reader_id)


def hidden_words() -> None:
    """Show the words whose papers are hidden, to add to and to take off."""
    with st.container(width=components.WIDE):
        components.show_problem()
        words = muted_terms.muted_words(app_state.store(), session.reader().reader_id)
        st.markdown(
            "Papers that mention one of these are not shown to you anywhere. It teaches nothing: "
            "remove a word to show them again."
        )
        with st.form("hide_word", border=False, clear_on_submit=True):
            st.text_input(
                "Word or phrase", key="hide_word_text", max_chars=muted_terms.MAX_CHARACTERS
            )
            st.form_submit_button("Hide it", on_click=_hide)
        hides = app_state.recommender().muted.hides(words)
        for word in words:
            with st.container(horizontal=True, vertical_alignment="center", key=f"hidden-{word}"):
                n = components.count(len(hides.get(word, ())), "paper")
                st.markdown(f"**{paper_text.native(word)}** hides {n}", width="stretch")
                st.button(
                    "Show again",
                    key=f"unhide-{word}",
                    type="tertiary",
                    on_click=_unhide,
                    args=(word,),
                )


def _hide() -> None:
    with session.keep_problem():
        word = str(st.session_state.get("hide_word_text") or "")
        muted_terms.mute(app_state.store(), session.reader().reader_id, word)


def _unhide(word: str) -> None:
    muted_terms.unmute(app_state.store(), session.reader().reader_id, word)


page()
