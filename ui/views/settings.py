"""Settings: digest, suggestions, readers, browser, programs, keys and looks, one's own data."""

from __future__ import annotations

import streamlit as st

from recommender.domain import Reader
from recommender.recommend.exploration import EXPLORE
from recommender.recommend.fellow_readers import share_likes, shares_likes
from recommender.recommend.trial import (
    TRIED_DAYS,
    begin_trial,
    end_trial,
    trial_of,
)
from recommender.store.half_life import HALF_LIFE, half_life_of
from ui import app_state, auth, components, paper_text, session
from ui.panels import api_tokens, bookmarklet, data_rights, subscription_form

EXPLORED = 0.1
_KEYS = (
    ("L or →", "Like"),
    ("S or ←", "Skip"),
    ("N", "Not interested"),
    ("V", "Save"),
    ("A", "Save to a list"),
    ("O", "Open the paper"),
    ("U or Z", "Undo"),
    ("J and K", "Next, previous"),
    ("?", "Show the keys"),
)


def page() -> None:
    """Show every choice there is, by what it is about."""
    with components.header("Settings"):
        pass
    with st.container(width=components.WIDE):
        components.show_problem()
        st.subheader("Digest", anchor=False)
        subscription_form.show()
        st.subheader("Suggestions", anchor=False)
        suggestions()
        st.subheader("Readers", anchor=False)
        readers()
        st.subheader("Browser", anchor=False)
        bookmarklet.show()
        st.subheader("Programs", anchor=False)
        api_tokens.show()
        st.subheader("Keys and looks", anchor=False)
        keys_and_looks()
        st.subheader("Your data", anchor=False)
        data_rights.show()


def suggestions() -> None:
    """Let some positions be drawn from further down."""
    reader_id = session.reader().reader_id
    st.toggle(
        "Explore: draw one suggestion in ten from further down",
        value=bool(app_state.store().preferences.get(reader_id, EXPLORE, 0.0)),
        key=f"explore_{reader_id}",
        on_change=_set_explore,
        args=(reader_id,),
        help="You see what you might have missed, and paperloop learns where it is wrong. Such "
        "a paper says so in its reason.",
    )
    store = app_state.store()
    tries, half_life = trial_of(store, reader_id) is not None, half_life_of(store, reader_id)
    st.toggle(
        f"Try: answers weigh half after {TRIED_DAYS:.0f} days",
        value=tries,
        key=f"trial_{reader_id}",
        on_change=_set_trial,
        args=(reader_id,),
        disabled=half_life == TRIED_DAYS,
        help="Suggestions and digests are then shared by both rankers, with and without the "
        "setting; nothing is drawn meanwhile. Is it working? says which wins, and asks you before "
        "anything changes.",
    )
    if half_life is not None:
        st.button(
            f"Answers weigh half after {half_life:.0f} days: let them not fade",
            on_click=_let_answers_stay,
            args=(reader_id,),
        )
    st.page_link("views/profile.py", label="Interests, their weights and hidden words: Taste")
    st.page_link(components.START_PAGE, label="Add what you read from a file or in words: Start")


def _set_explore(reader_id: str) -> None:
    wanted = EXPLORED if st.session_state[f"explore_{reader_id}"] else 0.0
    with session.keep_problem():
        app_state.store().preferences.set(reader_id, EXPLORE, wanted)


def _set_trial(reader_id: str) -> None:
    with session.keep_problem():
        if st.session_state[f"trial_{reader_id}"]:
            begin_trial(app_state.store(), reader_id)
        else:
            end_trial(app_state.store(), reader_id, use=False)


def _let_answers_stay(reader_id: str) -> None:
    with session.keep_problem():
        app_state.store().preferences.set(reader_id, HALF_LIFE, None)


def readers() -> None:
    """Show who reads here, and let the present one take another name."""
    reader = session.reader()
    st.text_input(
        "Your name",
        value=reader.name,
        key=f"reader_name_{reader.reader_id}",
        max_chars=80,
        on_change=_rename,
        args=(reader.reader_id,),
    )
    _sharing(reader)
    if auth.required():
        return
    others = [x.name for x in app_state.store().readers.list() if x.reader_id != reader.reader_id]
    known = ", ".join(paper_text.native(x) for x in others)
    st.caption(
        f"{f'Other readers: {known}.' if known else 'No other readers.'} Choose or add readers in "
        "the sidebar. There is no login: anyone who can open this page can act as any reader."
    )


def _sharing(reader: Reader) -> None:
    """Let the reader agree to show likes and saves to the others who agree, and see theirs."""
    key = f"share_likes_{reader.reader_id}"
    st.toggle(
        "Show my likes and saves to readers who show me theirs",
        value=shares_likes(app_state.store(), reader.reader_id),
        key=key,
        on_change=_set_sharing,
        args=(key, reader.reader_id),
        help="Off unless you turn it on. While it is on, readers of this library who turned it on "
        "too see your name at papers that you liked or saved, and you see theirs. Skips, notes, "
        "tags and lists are never shown. Turning it off takes all of it back at once.",
    )


def _set_sharing(key: str, reader_id: str) -> None:
    with session.keep_problem():
        share_likes(app_state.store(), reader_id, agreed=bool(st.session_state[key]))


def _rename(reader_id: str) -> None:
    name = str(st.session_state[f"reader_name_{reader_id}"] or "").strip()
    with session.keep_problem():
        app_state.store().readers.rename(reader_id, name)


def keys_and_looks() -> None:
    """Show the keys of the page For you, and where light and dark are chosen."""
    rows = "\n".join(f"| {key} | {does} |" for key, does in _KEYS)
    st.markdown(f"| key | on the page For you |\n|---|---|\n{rows}")
    st.caption(
        "Light or dark follows your system; the menu at the top right switches this browser."
    )


page()
