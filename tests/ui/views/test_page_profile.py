"""Taste: what is believed is shown, and every way to change it does."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from libraries import Library
from page_rows import answer
from streamlit.testing.v1 import AppTest

from recommender.domain import Event, EventKind
from recommender.domain.history import fold
from recommender.store.half_life import HALF_LIFE
from ui import app_state

Opener = Callable[..., AppTest]


def said(app: AppTest) -> str:
    kinds = (app.markdown, app.caption, app.subheader, app.warning)
    return "\n".join(str(x.value) for kind in kinds for x in kind)


def press(app: AppTest, label: str) -> AppTest:
    app = next(x for x in app.button if x.label == label).click().run()
    assert not app.exception, app.exception[0].value
    return app


def like(words: str, n: int, interest: str = "me/general") -> None:
    for paper_id, _ in app_state.store().catalogue.search(words, n):
        key = f"{interest} {paper_id}"
        app_state.store().feedback.append(
            Event(key, "me", interest, paper_id, EventKind.like, app_state.now())
        )


def interests() -> dict[str, int]:
    found: dict[str, int] = {}
    for held in fold(app_state.store().feedback.events("me")).values():
        found[held.interest_id] = found.get(held.interest_id, 0) + 1
    return found


def test_an_interest_shows_its_words_and_papers(library: Library, opened: Opener) -> None:
    like("bees", 6)
    app = opened("profile")
    assert "6 liked" in said(app)
    assert "Words that raise a score" in said(app)
    assert "bees" in said(app)


def test_it_says_how_the_answers_of_this_reader_fade(library: Library, opened: Opener) -> None:
    like("bees", 6)
    assert "never |" in said(opened("profile"))
    app_state.store().preferences.set("me", HALF_LIFE, 90.0)
    app = opened("profile")
    assert "| half gone in 90 days |" in said(app)
    assert "never |" not in said(app)


@pytest.mark.parametrize("side", ["Interests", "What you did", "Drift", "Hidden words"])
def test_a_reader_of_whom_nothing_is_known_is_told_what_to_do(
    library: Library, opened: Opener, side: str
) -> None:
    app = opened("profile", side=side)
    assert len(said(app)) > 40


def test_an_interest_without_likes_leads_to_start(library: Library, opened: Opener) -> None:
    app = opened("profile")
    assert "not among the suggestions yet" in said(app)
    assert "Say what you read" in [x.proto.label for x in app.get("page_link")]


def test_an_empty_library_says_so(empty_library: Library, opened: Opener) -> None:
    assert "Nothing is known yet" in said(opened("profile"))


def test_a_split_is_made_only_when_accepted_and_can_be_taken_back(
    library: Library, opened: Opener
) -> None:
    like("bees", 8)
    like("glaciers", 5)
    app = opened("profile")
    assert "mixes two topics" in said(app)
    assert interests() == {"me/general": 13}
    name = next(x for x in app.text_input if x.label == "Name of the new interest")
    name.set_value("Ice")
    app = press(app, "Split")
    assert interests() == {"me/general": 8, "me/ice": 5}
    assert "mixes two topics" not in said(app)
    press(app, "Undo")
    assert interests() == {"me/general": 13}


def test_two_interests_on_one_subject_are_merged_when_accepted(
    library: Library, opened: Opener
) -> None:
    other = app_state.store().readers.ensure_interest("me", "More *bees*")
    ids = [x for x, _ in app_state.store().catalogue.search("bees", 12)]
    for i, paper_id in enumerate(ids):
        interest = other.interest_id if i < 4 else "me/general"
        app_state.store().feedback.append(
            Event(f"k{i}", "me", interest, paper_id, EventKind.like, app_state.now())
        )
    app = opened("profile")
    assert "are about the same" in said(app)
    label = next(x.label for x in app.button if x.label.startswith("Move all of"))
    press(app, label)
    assert interests() == {"me/general": len(ids)}


def test_an_interest_is_renamed_weighed_and_described(library: Library, opened: Opener) -> None:
    app = opened("profile")
    app.text_input(key="name-me/general").set_value("Insects").run()
    app.slider(key="share-me/general").set_value(0.5).run()
    app.text_area(key="about-me/general").set_value("bees and their hives").run()
    (kept,) = app_state.store().readers.interests("me")
    assert (kept.name, kept.share, kept.about) == ("Insects", 0.5, "bees and their hives")


def test_a_name_that_is_taken_is_said_so(library: Library, opened: Opener) -> None:
    app_state.store().readers.ensure_interest("me", "Ice")
    app = opened("profile")
    app.text_input(key="name-me/general").set_value("Ice").run()
    assert len(app.warning) == 1


def test_what_was_done_is_taken_back_one_by_one(library: Library, opened: Opener) -> None:
    like("bees", 3)
    app = press(opened("profile", side="What you did"), "Undo")
    assert interests() == {"me/general": 2}
    assert "2 actions count" in said(app)


def test_a_word_is_hidden_and_shown_again(library: Library, opened: Opener) -> None:
    app = opened("profile", side="Hidden words")
    app.text_input(key="hide_word_text").set_value("glaciers")
    app = press(app, "Hide it")
    assert "**glaciers** hides 12 papers" in said(app)
    press(app, "Show again")
    assert app_state.store().preferences.get("me", "muted") == []


def test_an_empty_word_is_refused_in_a_sentence(library: Library, opened: Opener) -> None:
    app = press(opened("profile", side="Hidden words"), "Hide it")
    assert "needs a letter" in app.warning[0].value


def test_drift_names_the_newest_words(library: Library, opened: Opener) -> None:
    like("bees", 9)
    like("glaciers", 6)
    assert "newest third of your likes is about" in said(opened("profile", side="Drift"))


@pytest.mark.slow
def test_the_map_is_drawn_behind_the_page_and_a_paper_can_be_chosen(
    library: Library, opened: Opener
) -> None:
    like("bees", 3)
    app = opened("profile", side="Map")
    end = time.monotonic() + 30
    while not _has(app):
        assert time.monotonic() < end, "the map is never drawn"
        app.run()
    assert "Of 36 papers: 3 liked" in said(app)
    choice = app.selectbox(key="map_choice")
    choice.select_index(0).run()
    app = answer(app, "like")
    assert interests() == {"me/general": 4}
    again = opened("profile", side="Map")
    assert _has(again)


def _has(app: AppTest) -> bool:
    return any(x.key == "map_choice" for x in app.selectbox)


@pytest.mark.slow
def test_an_interest_is_paused_and_resumed(library: Library, opened: Opener) -> None:
    store = app_state.store()
    store.readers.ensure("me", app_state.now())
    store.readers.ensure_interest("me", "Ice")
    store.preferences.set("me", "started", True)
    app = opened("profile")
    app = app.button(key="pause-me/ice").click().run()
    assert not app.exception
    assert [x.paused for x in store.readers.interests("me")] == [False, True]
    assert any("paused: no part of any slate" in x.value for x in app.caption)
    assert any("Resume under Taste" in x.value for x in opened().caption)
    assert any("has no part in" in x.value for x in opened(interest="Ice").caption)
    app = opened("profile").button(key="pause-me/general").click().run()
    assert any("Every interest is paused" in x.value for x in opened().caption)
    app = opened("profile").button(key="pause-me/ice").click().run()
    assert [x.paused for x in store.readers.interests("me")] == [True, False]


def test_an_interest_is_reset_and_the_reset_undone(library: Library, opened: Opener) -> None:
    store = app_state.store()
    store.readers.ensure("me", app_state.now())
    for i in range(3):
        x = f"doi:10.5555/bees.{i}"
        event = Event(x, "me", "me/general", x, EventKind.like, app_state.now())
        store.feedback.append(event)
    assert any("3 liked" in x.value for x in opened("profile").caption)
    app = opened("profile").button(key="do-reset-me/general").click().run()
    assert not app.exception
    assert any("0 liked" in x.value for x in app.caption)
    assert any("Nothing is deleted" in x.value for x in app.markdown)
    assert len(store.feedback.events("me")) == 3
    app = app.button(key="undo-reset-me/general").click().run()
    assert any("3 liked" in x.value for x in app.caption)
    assert "undo-reset-me/general" not in [x.key for x in app.button]


def test_what_a_like_does_is_told_and_taken_away(library: Library, opened: Opener) -> None:
    store = app_state.store()
    store.readers.ensure("me", app_state.now())
    store.preferences.set("me", "started", True)
    liked = [*(f"doi:10.5555/bees.{i}" for i in range(4)), "doi:10.5555/glaciers.0"]
    for x in liked:
        event = Event(x, "me", "me/general", x, EventKind.like, app_state.now())
        stored = store.feedback.append(event)
    app = opened("profile", side="What you did")
    key = f"explain-{stored.event_id}"
    app = app.button(key=key).click().run()
    assert not app.exception
    said = " ".join(x.value for x in app.markdown)
    assert "It joined **General**, with 4 other likes" in said
    assert "place" in said
    assert "of glaciers" in said.partition("These papers rose most for it:")[2]
    app = app.button(key=key).click().run()
    assert "It joined" not in " ".join(x.value for x in app.markdown)
    store.readers.reset("me/general")
    app = opened("profile", side="What you did").button(key=key).click().run()
    assert "does not count now" in " ".join(x.value for x in app.markdown)
