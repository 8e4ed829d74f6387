"""Chances of a like: from slates and the answers to them, through the log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from libraries import NOW, Library, make_library, papers_on_all

from recommender.domain import Event, EventKind, Paper, Slate
from recommender.ranking.calibration import MIN_VERDICTS
from recommender.recommend.recommender import Recommender
from recommender.store import Store
from recommender.training.fit import fit
from recommender.training.like_calibration import curve_of_all, shown_verdicts


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    papers = papers_on_all(40)
    return make_library(tmp_path_factory.mktemp("library"), papers)


@pytest.fixture
def store(library: Library) -> Iterator[Store]:
    store = library.open()
    store.readers.forget("me")
    store.readers.ensure("me", NOW)
    yield store
    store.close()


@pytest.fixture
def recommender(library: Library, store: Store) -> Recommender:
    return Recommender(store, library.settings)


def say(store: Store, kind: EventKind, paper_id: str, slate_id: str | None) -> None:
    key = f"{kind}:{paper_id}:{slate_id}"
    store.feedback.append(Event(key, "me", "me/general", paper_id, kind, NOW, slate_id=slate_id))


def like_bees(store: Store) -> None:
    for i in range(3):
        say(store, EventKind.like, f"doi:10.5555/bees.{i}", None)


def answer(store: Store, slate: Slate) -> None:
    """Like what is about bees, skip the rest."""
    for item in slate.items:
        liked = "bees" in item.paper_id
        say(store, EventKind.like if liked else EventKind.skip, item.paper_id, slate.slate_id)


@pytest.mark.slow
def test_no_chance_is_said_until_enough_was_answered(
    store: Store, recommender: Recommender
) -> None:
    like_bees(store)
    said = []
    for _ in range(8):
        slate = recommender.recommend("me", n=10, now=NOW)
        said.append([x.chance for x in slate.items])
        by_score = sorted(slate.items, key=lambda x: x.score)
        answer(store, slate)
    assert set(said[0] + said[1]) == {None}
    assert all(0 <= x <= 1 for x in said[7])
    chances = [x.chance for x in by_score]
    assert chances == sorted(chances)


@pytest.mark.slow
def test_the_chance_is_stored_with_what_was_shown(store: Store, recommender: Recommender) -> None:
    like_bees(store)
    for _ in range(7):
        answer(store, recommender.recommend("me", n=10, now=NOW))
    shown = recommender.recommend("me", n=3, now=NOW)
    kept = store.feedback.slate(shown.slate_id)
    assert kept is not None
    assert [x.chance for x in kept.items] == [x.chance for x in shown.items]
    curve = recommender.curve("me")
    assert curve is not None
    assert [curve.chance(x.score) for x in shown.items] == [x.chance for x in shown.items]


def test_likes_from_elsewhere_and_first_slates_are_no_answers(
    store: Store, recommender: Recommender
) -> None:
    opening = recommender.recommend("me", n=40, now=NOW)
    answer(store, opening)
    for i in range(30):
        say(store, EventKind.save, f"doi:10.5555/glaciers.{i}", None)
    assert recommender.curve("me") is None
    assert {x.chance for x in opening.items} == {None}


def test_an_undone_answer_counts_no_more(store: Store, recommender: Recommender) -> None:
    like_bees(store)
    for _ in range(7):
        answer(store, recommender.recommend("me", n=10, now=NOW))
    before = recommender.curve("me")
    slate = recommender.recommend("me", n=1, now=NOW)
    say(store, EventKind.like, slate.items[0].paper_id, slate.slate_id)
    assert recommender.curve("me") != before
    say(store, EventKind.undo, slate.items[0].paper_id, None)
    assert recommender.curve("me") == before


def test_a_later_word_is_the_answer() -> None:
    events = [
        Event("a", "me", "i", "p", EventKind.skip, NOW, slate_id="s1", event_id=1),
        Event("b", "me", "i", "q", EventKind.like, NOW, event_id=2),
        Event("c", "me", "i", "p", EventKind.open, NOW, slate_id="s1", event_id=3),
        Event("d", "me", "i", "p", EventKind.save, NOW, event_id=4),
    ]
    assert [(x.slate_id, x.paper_id, x.liked) for x in shown_verdicts(events)] == [
        ("s1", "p", True)
    ]


def test_a_merged_paper_keeps_its_answer(store: Store, recommender: Recommender) -> None:
    like_bees(store)
    for _ in range(7):
        answer(store, recommender.recommend("me", n=10, now=NOW))
    before = recommender.curve("me")
    old = store.catalogue.get("doi:10.5555/bees.5")
    record = Paper(old.title, identifiers=("arxiv:2401.00005", "doi:10.5555/bees.5"))
    store.catalogue.add([record], NOW)
    assert recommender.curve("me") == before


@pytest.mark.slow
def test_a_fit_keeps_the_curve_of_all_readers(
    store: Store, recommender: Recommender, library: Library, tmp_path: Path
) -> None:
    like_bees(store)
    for _ in range(7):
        answer(store, recommender.recommend("me", n=10, now=NOW))
    shared = curve_of_all(store, store.feedback.events())
    fit(store, library.settings, now=NOW)
    assert recommender.served().shared == shared
    own = recommender.curve("me")
    assert own is not None
    assert len(shown_verdicts(store.event_logs.get("me").active_events)) >= MIN_VERDICTS
