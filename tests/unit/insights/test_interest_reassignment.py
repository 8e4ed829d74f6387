"""Moving papers between interests by events, and taking a move back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from libraries import make_library, papers_on

from recommender.domain import Event, EventKind
from recommender.domain.history import fold
from recommender.errors import UnknownInterest
from recommender.insights.interest_reassignment import move, move_all, moves, take_back
from recommender.store import Store

NOW = datetime(2026, 11, 18, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = make_library(tmp_path / "library", papers_on("bees", 5), fitted=False).open()
    store.readers.ensure_interest("me", "Apiaries")
    for i, kind in enumerate([EventKind.like, EventKind.save, EventKind.skip]):
        judge(store, i, kind)
    return store


def judge(store: Store, i: int, kind: EventKind, interest: str = "me/general") -> None:
    paper_id = store.catalogue.ids()[i]
    at = NOW + timedelta(minutes=store.feedback.last_event_id())
    store.feedback.append(Event(f"{i}{kind}{at}", "me", interest, paper_id, kind, at))


def interests(store: Store) -> dict[str, list[EventKind | None]]:
    found: dict[str, list[EventKind | None]] = {}
    for state in fold(store.feedback.events("me")).values():
        found.setdefault(state.interest_id, []).append(state.signal)
    return found


def test_everything_of_an_interest_can_belong_to_another_and_go_back(store: Store) -> None:
    before = interests(store)
    assert move_all(store, "me", "me/general", "me/apiaries", NOW) == 3
    assert interests(store) == {"me/apiaries": before["me/general"]}
    (done,) = moves(store.feedback.events("me"))
    assert (done.interest_id, done.n_papers) == ("me/apiaries", 3)
    assert take_back(store, "me", done.batch, NOW) == 3
    assert interests(store) == before
    assert moves(store.feedback.events("me")) == []


def test_only_the_named_papers_move_and_only_once(store: Store) -> None:
    chosen = store.catalogue.ids()[:1]
    assert move(store, "me", chosen, "Apiaries", NOW) == 1
    assert move(store, "me", chosen, "Apiaries", NOW) == 0
    assert interests(store)["me/apiaries"] == [EventKind.like]


def test_what_was_said_after_a_move_stays_when_it_is_taken_back(store: Store) -> None:
    move_all(store, "me", "me/general", "me/apiaries", NOW)
    judge(store, 0, EventKind.dislike, "me/apiaries")
    (done,) = moves(store.feedback.events("me"))
    take_back(store, "me", done.batch, NOW)
    assert interests(store)["me/apiaries"] == [EventKind.dislike]


def test_an_interest_of_nobody_is_refused_and_nothing_moves(store: Store) -> None:
    with pytest.raises(UnknownInterest):
        move_all(store, "me", "me/general", "nowhere", NOW)
    assert "me/nowhere" not in interests(store)
