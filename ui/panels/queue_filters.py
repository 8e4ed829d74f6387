"""What of the queue a reader wants to see now: by date, source, venue and word.

Date, source, venue and year stand in the address. The date is remembered as well, for the
next visit without it in the address. Muted words are a choice kept in the library and hide
papers on every page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import streamlit as st

from recommender.digest.render.copy import counted
from recommender.digest.render.date_format import day_text
from recommender.domain import Slate
from recommender.domain.venues import Venue
from recommender.errors import UnknownVenue
from recommender.recommend import muted_terms
from ui import app_state, components, paper_text, session
from ui.panels import programme
from ui.slates import Filter

DATED_KEY, SOURCE_KEY, VENUE_KEY, YEAR_KEY = "dated", "source", "venue", "year"
ANY_TIME, ANYWHERE, ANY_VENUE, ANY_YEAR = "any time", "everywhere", "Any venue", "Any year"
MAX_VENUES = 500
"""Venues to choose from, those with most papers; the address takes any."""
DATES = {
    ANY_TIME: None,
    "past week": 7,
    "past month": 31,
    "past three months": 92,
    "past year": 366,
}
WINDOW = "for-you-window"
"""Preference: the date last chosen, a key of `DATES`."""
_PROPOSED = 4
_MOST_HIDDEN = 0.1
"""Share of the catalogue from which a word is too wide to be offered for hiding."""


def current() -> Filter:
    """Return what is chosen, as the widgets of `show` or the address say."""
    held = st.session_state
    source, venue, year = (held.get(x) for x in (SOURCE_KEY, VENUE_KEY, YEAR_KEY))
    named = venue not in (None, ANY_VENUE)
    return Filter(
        days=DATES.get(held.get(DATED_KEY) or ANY_TIME),
        source=None if source in (None, ANYWHERE) else source,
        venue=venue if named else None,
        year=int(str(year)) if named and str(year).isdecimal() else None,
    )


def show_window() -> None:
    """Show from which papers the queue is ranked, to choose; the choice is remembered."""
    held, chosen = st.session_state, current()
    if chosen.venue is not None:
        programme.show(chosen.venue, chosen.year, chosen.source, _clear)
        return
    if DATED_KEY not in held and DATED_KEY not in st.query_params:
        chosen = app_state.store().preferences.get(session.reader().reader_id, WINDOW)
        held[DATED_KEY] = chosen if chosen in DATES else ANY_TIME
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="window"):
        st.selectbox(
            "Published or listed",
            list(DATES),
            key=DATED_KEY,
            bind="query-params",
            format_func=str.capitalize,
            on_change=_remember_window,
            label_visibility="collapsed",
            width=200,
            help="Which papers are ranked, by the day they were published or listed",
        )
        chosen = current()
        st.caption(paper_text.native(_window_text(chosen)), width="content")
        if chosen.set:
            st.button("Show all", type="tertiary", on_click=_clear, icon=":material/close:")


def _window_text(chosen: Filter) -> str:
    since = chosen.since(app_state.now())
    if since is None:
        return f"Ranked from all {counted(app_state.store().catalogue.count(), 'paper')}"
    return f"Ranked from papers published or listed since {day_text(since.date())}"


def _remember_window() -> None:
    reader_id, chosen = session.reader().reader_id, st.session_state.get(DATED_KEY)
    remembered = None if chosen == ANY_TIME else chosen
    app_state.store().preferences.set(reader_id, WINDOW, remembered)


def show() -> None:
    """Show the button that opens the filters."""
    with st.popover("Filters", icon=":material/tune:", help="What the queue shows and hides"):
        st.selectbox(
            "Source",
            [ANYWHERE, *app_state.store().filters.sources()],
            key=SOURCE_KEY,
            bind="query-params",
            format_func=lambda x: x.capitalize() if x == ANYWHERE else paper_text.source(x),
        )
        _venues()
        st.divider()
        _muted_words()


def _venues() -> None:
    """Let a journal or a conference be chosen, and a year of it, of those with papers."""
    venues = app_state.store().filters.venues()
    if not venues:
        return
    held = st.session_state
    chosen = _venue_named(held.get(VENUE_KEY) or st.query_params.get(VENUE_KEY))
    known = {x.name: x for x in venues[:MAX_VENUES]}
    if chosen is not None:
        known[chosen.name] = chosen
        held[VENUE_KEY] = chosen.name
    else:
        held[VENUE_KEY] = ANY_VENUE
    st.selectbox(
        "Venue",
        [ANY_VENUE, *known],
        key=VENUE_KEY,
        bind="query-params",
        help="The papers of a journal or conference, in all spellings of its name",
    )
    if chosen is None:
        held.pop(YEAR_KEY, None)
        return
    years = [str(x) for x in chosen.years]
    if held.get(YEAR_KEY, ANY_YEAR) not in (ANY_YEAR, *years):
        held.pop(YEAR_KEY)
    st.selectbox(
        "Year",
        [ANY_YEAR, *years],
        key=YEAR_KEY,
        bind="query-params",
    )


def _venue_named(name: object) -> Venue | None:
    """Return a venue by any of its spellings; None for none, which is told."""
    if not isinstance(name, str) or name == ANY_VENUE:
        return None
    try:
        return app_state.store().filters.venue(name)
    except UnknownVenue as error:
        st.session_state["problem"] = str(error)
        return None


def _muted_words() -> None:
    with st.form("mute", border=False, clear_on_submit=True):
        st.text_input(
            "Hide a word or topic",
            key="mute_word",
            max_chars=muted_terms.MAX_CHARACTERS,
            placeholder="speech recognition",
            help="Hides every paper whose title or abstract mentions it, on every page and in "
            "the digest, until you remove it. It does not count as a skip.",
        )
        st.form_submit_button("Hide", on_click=_mute_typed)
    reader_id = session.reader().reader_id
    words = muted_terms.muted_words(app_state.store(), reader_id)
    hides = app_state.recommender().muted.hides(words)
    for place, word in enumerate(words):
        st.button(
            f"{paper_text.native(word)} hides {components.count(len(hides[word]), 'paper')}",
            key=f"unmute-{place}",
            icon=":material/visibility_off:",
            type="tertiary",
            help="Show them again",
            on_click=_unmute,
            args=(word,),
        )
    _proposals(words)


def _proposals(muted: Iterable[str]) -> None:
    """Offer the words that most of the queue is about, each with the number it would hide."""
    slate: Slate | None = st.session_state.get("slate")
    if slate is None:
        return
    known = {x.casefold() for x in muted}
    counted = Counter(
        w for x in slate.items for r in x.reasons for w in r.words if w.casefold() not in known
    )
    hides = app_state.recommender().muted.hides([x for x, _ in counted.most_common(2 * _PROPOSED)])
    most = _MOST_HIDDEN * app_state.store().catalogue.count()
    proposed = [(word, papers) for word, papers in hides.items() if len(papers) < most]
    if not proposed:
        return
    st.caption("In your queue now:")
    for word, papers in proposed[:_PROPOSED]:
        st.button(
            f"Hide {paper_text.native(word)} ({components.count(len(papers), 'paper')})",
            key=f"mute-{word}",
            type="tertiary",
            on_click=_mute,
            args=(word,),
        )


def _mute_typed() -> None:
    word = str(st.session_state.get("mute_word", ""))
    if word.strip():
        _mute(word)


def _mute(word: str) -> None:
    with session.keep_problem():
        muted_terms.mute(app_state.store(), session.reader().reader_id, word)


def _unmute(word: str) -> None:
    muted_terms.unmute(app_state.store(), session.reader().reader_id, word)


def show_what_is_set() -> None:
    """Say in one line what the filters leave out; nothing when they leave out nothing.

    `show_window` shows the date.
    """
    chosen = current()
    parts = []
    if chosen.source is not None:
        parts.append(f"from {paper_text.source(chosen.source)}")
    reader_id = session.reader().reader_id
    words = muted_terms.muted_words(app_state.store(), reader_id)
    if words:
        hidden = components.count(len(app_state.recommender().muted.hidden(reader_id)), "paper")
        verb = "hides" if len(words) == 1 else "hide"
        parts.append(f"{components.count(len(words), 'muted word')} {verb} {hidden}")
    if parts:
        st.caption(paper_text.native("Shown: " + " · ".join(parts)))
    _say_what_is_paused()


def _say_what_is_paused() -> None:
    """Say which interests have no part in the queue because they are paused."""
    interests = app_state.store().readers.interests(session.reader().reader_id)
    chosen = session.interest_id()
    paused = [x for x in interests if x.paused and chosen in (None, x.interest_id)]
    if not paused:
        return
    if chosen is not None:
        said = "This interest is paused: it has no part in “All interests” and in digests."
    elif len(paused) == len(interests):
        said = "Every interest is paused, so nothing is suggested. Resume one under Taste."
    else:
        names = ", ".join(x.name for x in paused)
        said = f"Paused: {names}. Resume under Taste."
    st.caption(paper_text.native(said))


def _clear() -> None:
    st.session_state[DATED_KEY] = ANY_TIME
    _remember_window()
    st.session_state[SOURCE_KEY] = ANYWHERE
    st.session_state[VENUE_KEY], st.session_state[YEAR_KEY] = ANY_VENUE, ANY_YEAR
