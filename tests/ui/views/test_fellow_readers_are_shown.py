"""Who else liked a paper stands on cards and rows of those who agreed, and of no one else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from libraries import NOW, Library
from page_rows import deck_of, rows
from streamlit.testing.v1 import AppTest

from recommender.domain import Event, EventKind
from recommender.recommend.fellow_readers import share_likes, shares_likes
from ui import app_state

Opener = Callable[..., AppTest]
BEE = "doi:10.5555/bees.1"


@pytest.fixture
def group(library: Library) -> Library:
    store = app_state.store()
    store.readers.ensure("me", NOW)
    store.preferences.set("me", "started", True)
    store.readers.add("<b>Ada</b> & co", NOW)
    reader = store.readers.list()[1].reader_id
    interest = store.readers.interests(reader)[0].interest_id
    store.feedback.append(Event("a", reader, interest, BEE, EventKind.like, NOW))
    share_likes(store, reader, agreed=True)
    return library


def shown(opened: Opener) -> set[str]:
    """Return what deck, list, search and paper page say of others."""
    on_deck = {x["fellows"] for x in deck_of(opened())["cards"]}
    on_rows = {x["fellows"] for x in rows(opened(view="List"))}
    found = {x["fellows"] for x in rows(opened("search", q="bees"))}
    alone = rows(opened("paper", paper=BEE))[0]["fellows"]
    return {*on_deck, *on_rows, *found, alone}


@pytest.mark.slow
def test_nothing_is_shown_to_one_who_has_not_agreed(group: Library, opened: Opener) -> None:
    assert shown(opened) == {""}
    other = app_state.store().readers.list()[1].reader_id
    share_likes(app_state.store(), other, agreed=False)
    share_likes(app_state.store(), "me", agreed=True)
    assert shown(opened) == {""}


@pytest.mark.slow
def test_both_agreed_see_each_other_from_the_switch_in_settings_on(
    group: Library, opened: Opener
) -> None:
    app = opened("settings")
    switch = app.toggle(key="share_likes_me")
    assert switch.value is False
    app = switch.set_value(True).run()
    assert not app.exception
    assert shares_likes(app_state.store(), "me")
    said = "Liked by <b>Ada</b> & co."
    assert shown(opened) == {"", said}
    assert rows(opened("paper", paper=BEE))[0]["fellows"] == said
    opened("settings").toggle(key="share_likes_me").set_value(False).run()
    assert shown(opened) == {""}
