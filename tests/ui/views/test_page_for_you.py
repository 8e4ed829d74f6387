"""For you as a list, and what the deck is handed; the deck itself is tested in a browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from libraries import Library
from page_rows import answer, deck_of, links, rows, titles
from streamlit.testing.v1 import AppTest

from recommender.domain import Event, EventKind
from recommender.training import fit
from ui import app_state, deck
from ui.deck import HOLDS, cards, deck_data
from ui.paper_text import native

STYLE = Path(app_state.__file__).with_name("app.css")

Opener = Callable[..., AppTest]


def press(app: AppTest, label: str, position: int = 0) -> AppTest:
    buttons = [x for x in app.button if x.label == label]
    app = buttons[position].click().run()
    assert not app.exception, app.exception[0].value
    return app


def kinds() -> list[EventKind]:
    return [e.kind for e in app_state.store().feedback.events("me")]


def test_the_deck_is_handed_the_next_papers(library: Library, opened: Opener) -> None:
    data = deck_of(opened())
    assert len(data["cards"]) == min(HOLDS, app_state.store().catalogue.count())
    assert data["reader"] == "me"
    assert data["undo"] == []
    assert data["note"] == cards.LEARNS
    assert app_state.tokens().reader_of(data["token"]) == "me"


def test_only_papers_that_are_seen_count_as_shown(library: Library, opened: Opener) -> None:
    data = deck_of(opened())
    (slate,) = app_state.store().feedback.slates("me")
    assert [x.paper_id for x in slate.items] == [x["paper_id"] for x in data["cards"][:12]]
    assert slate.surface == "app"


def test_a_rerun_without_news_shows_the_same_slate(library: Library, opened: Opener) -> None:
    app = opened()
    first = deck_of(app)["cards"]
    assert deck_of(app.run())["cards"] == first
    assert len(app_state.store().feedback.slates("me")) == 1


def test_what_was_judged_elsewhere_leaves_the_deck(library: Library, opened: Opener) -> None:
    app = opened()
    first = deck_of(app)["cards"][0]["paper_id"]
    event = Event("k", "me", "me/general", first, EventKind.like, app_state.now())
    stored = app_state.store().feedback.append(event)
    data = deck_of(app.run())
    assert first not in [x["paper_id"] for x in data["cards"]]
    assert data["last_event_id"] == stored.event_id
    assert [x["paper_id"] for x in data["undo"]] == [first]


def test_undo_hands_back_the_cards_of_before(library: Library, opened: Opener) -> None:
    app = opened()
    before = [x["paper_id"] for x in deck_of(app)["cards"]]
    for key, kind in (("a", EventKind.like), ("b", EventKind.undo)):
        event = Event(key, "me", "me/general", before[0], kind, app_state.now())
        app_state.store().feedback.append(event)
        app.run()
    data = deck_of(app)
    assert [x["paper_id"] for x in data["cards"]] == before


def test_a_paper_undone_long_after_is_in_front(
    library: Library, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened()
    far = app_state.recommender().recommend("me", n=36, now=app_state.now(), record=False).items[-1]
    for key, kind in (("a", EventKind.skip), ("b", EventKind.undo)):
        event = Event(key, "me", "me/general", far.paper_id, kind, app_state.now())
        app_state.store().feedback.append(event)
    monkeypatch.setattr(deck, "HOLDS", 12)
    assert deck_of(app.run())["cards"][0]["paper_id"] == far.paper_id


def test_a_like_in_the_list_is_one_event_and_stays_in_place(
    library: Library, opened: Opener
) -> None:
    app = opened(view="List")
    before = titles(app)
    answer(app, "like", place=2)
    assert kinds() == [EventKind.like]
    assert titles(app)[:3] == before[:3]
    assert [x["verdict"] for x in rows(app)[:3]] == [None, None, "like"]


def test_undo_in_the_list_brings_back_the_slate_before(library: Library, opened: Opener) -> None:
    app = opened(view="List")
    before = titles(app)
    answer(app, "like", place=2)
    answer(app, "undo", place=2)
    assert titles(app) == before
    assert kinds() == [EventKind.like, EventKind.undo]


def test_like_undo_like_is_a_like(library: Library, opened: Opener) -> None:
    app = opened(view="List")
    answer(answer(answer(app, "like"), "undo"), "like")
    assert kinds() == [EventKind.like, EventKind.undo, EventKind.like]


def test_the_next_papers_come_without_the_judged_ones(library: Library, opened: Opener) -> None:
    app = opened(view="List")
    first = titles(app)[0]
    press(answer(app, "dislike"), "Next papers")
    assert first not in titles(app)
    assert len(titles(app)) == 10


def test_a_new_reader_is_told_how_it_learns_until_the_first_action(
    library: Library, opened: Opener
) -> None:
    app = opened(view="List")
    assert cards.LEARNS in [x.value for x in app.caption]
    answer(app, "skip")
    assert cards.LEARNS not in [x.value for x in app.caption]


def test_papers_come_with_reasons_and_say_whose_summary_it_is(
    library: Library, opened: Opener
) -> None:
    app = answer(opened(view="List"), "like")
    assert all(x["reasons"] for x in rows(app)[1:])
    origins = {x["origin"] for x in rows(app)}
    assert "Summary by paperloop, not the authors' abstract." in origins


def test_an_empty_library_says_what_to_do(empty_library: Library, opened: Opener) -> None:
    app = opened()
    assert titles(app) == ["There are no papers yet"]
    assert links(app) == ["Import papers", "Fetch papers from a source"]


def test_the_end_of_the_queue_says_what_to_do(library: Library, opened: Opener) -> None:
    events = [
        Event(x, "me", "me/general", x, EventKind.skip, app_state.now())
        for x in app_state.store().catalogue.ids()
    ]
    app_state.store().feedback.append_many(events)
    app = opened(view="List")
    assert titles(app) == [deck_data.REST]
    assert links(app)[:2] == ["Import more papers", "Fetch papers from a source"]
    data = deck_of(opened())
    assert [x["label"] for x in data["rest"]["links"]] == links(app)
    assert data["rest"]["links"][0]["to"] == "library?shelf=Import"
    assert data["cards"] == []
    assert "36 papers" in data["rest"]["text"]


def test_hostile_text_reaches_the_page_escaped(hostile_library: Library, opened: Opener) -> None:
    app = opened(view="List")
    papers = app_state.store().catalogue.papers()
    assert set(titles(app)) <= {native(x.title) for x in papers}
    assert "<script>" not in "".join(titles(app)).replace("\\<", "")
    (own,) = app.get("html")
    assert own.proto.body == f"<style>{STYLE.read_text('utf-8')}</style>"


def test_a_refit_is_looked_for_after_some_events_and_started_when_due(
    library: Library, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[object] = []
    monkeypatch.setattr(fit, "refit_due", lambda store, settings: "50 new events")
    monkeypatch.setattr(fit, "refit_in_background", started.append)
    app = opened()
    for n, x in enumerate(app_state.store().catalogue.ids()[:5]):
        event = Event(str(n), "me", "me/general", x, EventKind.skip, app_state.now())
        app_state.store().feedback.append(event)
        app.run()
        assert len(started) == (n == 4)


def test_the_window_is_said_at_the_head_and_remembered(library: Library, opened: Opener) -> None:
    def said(app: AppTest) -> str:
        (text,) = [x.value for x in app.caption if x.value.startswith("Ranked from")]
        return text

    app = opened()
    n = app_state.store().catalogue.count()
    assert said(app) == f"Ranked from all {n} papers"
    app.selectbox(key="dated").set_value("past month").run()
    assert said(app) == "Ranked from papers published or listed since 18 October 2026"
    assert said(opened()) == said(app)
    press(app, "Show all")
    assert said(app) == said(opened()) == f"Ranked from all {n} papers"
