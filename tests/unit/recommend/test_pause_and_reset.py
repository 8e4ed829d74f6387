"""A paused interest has no share; a reset one learns from the start; both can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from libraries import NOW, make_library, papers_on_all

from recommender.config import Settings
from recommender.digest.compose.compose import preview
from recommender.domain import Event, EventKind
from recommender.insights.performance_report import Report, report_on
from recommender.insights.profile_report import drift, profile_report
from recommender.recommend.recommender import Recommender
from recommender.store import Store
from recommender.training.fit import _weights, fit

BEES, GLACIERS = ([f"doi:10.5555/{x}.{i}" for i in range(12)] for x in ("bees", "glaciers"))
GENERAL, ICE = "me/general", "me/ice"


@pytest.fixture
def mine(tmp_path: Path) -> Iterator[tuple[Store, Recommender, Settings]]:
    """A reader who likes bees, and glaciers in an interest of their own."""
    library = make_library(tmp_path / "library", papers_on_all())
    store = library.open()
    store.readers.ensure("me", NOW)
    store.readers.ensure_interest("me", "Ice")
    like(store, GENERAL, *BEES[:3])
    like(store, ICE, *GLACIERS[:3])
    yield store, Recommender(store, library.settings), library.settings
    store.close()


def like(store: Store, interest: str, *ids: str) -> None:
    for x in ids:
        store.feedback.append(Event(f"l{x}", "me", interest, x, EventKind.like, NOW))


def subjects(recommender: Recommender, interest: str | None = None) -> list[str]:
    slate = recommender.recommend("me", interest_id=interest, n=6, now=NOW, record=False)
    return [x.paper_id.partition("/")[2].partition(".")[0] for x in slate.items]


def interests_of(recommender: Recommender) -> set[str | None]:
    slate = recommender.recommend("me", n=6, now=NOW, record=False)
    return {x.interest_id for x in slate.items}


def test_a_paused_interest_has_no_share_until_it_is_resumed(
    mine: tuple[Store, Recommender, Settings],
) -> None:
    store, recommender, _ = mine
    before = subjects(recommender)
    assert set(before) == {"bees", "glaciers"}
    paused = store.readers.pause(ICE)
    assert (paused.paused, paused.share, paused.share_now) == (True, 1.0, 0.0)
    assert interests_of(recommender) == {GENERAL}
    assert subjects(recommender)[:4] == ["bees"] * 4
    store.readers.pause(ICE, paused=False)
    assert subjects(recommender) == before


def test_a_paused_interest_is_served_when_it_is_asked_for(
    mine: tuple[Store, Recommender, Settings],
) -> None:
    store, recommender, _ = mine
    before = subjects(recommender, ICE)
    assert before[:4] == ["glaciers"] * 4
    store.readers.pause(ICE)
    store.readers.set_share(ICE, 0.0)
    assert subjects(recommender, ICE) == before


def test_nothing_is_suggested_where_every_interest_is_paused(
    mine: tuple[Store, Recommender, Settings],
) -> None:
    store, recommender, _ = mine
    for interest in (GENERAL, ICE):
        store.readers.pause(interest)
    assert subjects(recommender) == []
    assert recommender.scores("me", BEES, NOW) == {}


def test_a_reset_interest_learns_from_the_start(
    mine: tuple[Store, Recommender, Settings],
) -> None:
    store, recommender, _ = mine
    before = subjects(recommender)
    events = store.feedback.events("me")
    store.readers.reset(ICE)
    assert interests_of(recommender) == {GENERAL}
    assert store.feedback.events("me") == events
    shown = recommender.recommend("me", n=50, now=NOW, record=False)
    assert not {x.paper_id for x in shown.items} & set(GLACIERS[:3])  # they stay seen
    like(store, ICE, GLACIERS[3])
    slate = recommender.recommend("me", interest_id=ICE, n=3, now=NOW, record=False)
    named = {x.paper_id for item in slate.items for x in item.reasons if x.paper_id}
    assert named == {GLACIERS[3]}
    store.readers.undo_reset(ICE)
    assert set(subjects(recommender)) == set(before)


def test_an_answer_before_the_reset_does_not_return_with_a_later_opening(
    mine: tuple[Store, Recommender, Settings],
) -> None:
    store, recommender, _ = mine
    store.readers.reset(ICE)
    opened = Event("o", "me", ICE, GLACIERS[0], EventKind.open, NOW + timedelta(hours=1))
    store.feedback.append(opened)
    assert interests_of(recommender) == {GENERAL}


def test_an_undo_of_a_like_before_the_reset_changes_nothing_learnt(
    mine: tuple[Store, Recommender, Settings],
) -> None:
    store, recommender, _ = mine
    store.readers.reset(ICE)
    before = subjects(recommender)
    undo = Event("u", "me", ICE, GLACIERS[0], EventKind.undo, NOW)
    store.feedback.append(undo)
    assert interests_of(recommender) == {GENERAL}
    assert subjects(recommender)[:3] == before[:3]


def test_the_other_interest_and_another_reader_are_untouched(
    mine: tuple[Store, Recommender, Settings],
) -> None:
    store, recommender, _ = mine
    store.readers.add("Ada", NOW)
    event = Event("a", "ada", "ada/general", GLACIERS[0], EventKind.like, NOW)
    store.feedback.append(event)
    alone = recommender.recommend("ada", n=6, now=NOW, record=False).items
    only_bees = subjects(recommender, GENERAL)
    store.readers.reset(ICE)
    assert recommender.recommend("ada", n=6, now=NOW, record=False).items == alone
    assert subjects(recommender, GENERAL) == only_bees


@pytest.mark.slow
def test_the_fit_the_taste_page_and_the_digest_respect_both(
    mine: tuple[Store, Recommender, Settings],
) -> None:
    store, recommender, settings = mine
    store.readers.reset(ICE)
    weights = _weights(store.feedback.events(), store.readers.interests("me"), settings, {}, NOW)
    assert list(weights) == [GENERAL]
    assert set(weights[GENERAL]) == set(BEES[:3])
    assert set(fit(store, settings, now=NOW).rows) == {GENERAL}
    report = profile_report(store, recommender, settings, "me", NOW)
    assert [(x.interest.interest_id, x.n_liked) for x in report.interests] == [
        (GENERAL, 3),
        (ICE, 0),
    ]
    store.readers.undo_reset(ICE)
    store.readers.pause(GENERAL)
    issue = preview(store, recommender, "me", week="2026-W47", now=NOW, settings=settings)
    assert {x.interest_id: x.share for x in issue.interests} == {GENERAL: 0.0, ICE: 1.0}
    assert {x.interest_id for x in issue.items} == {ICE}


def test_reports_and_chances_read_nothing_from_before_a_reset(
    mine: tuple[Store, Recommender, Settings],
) -> None:
    store, recommender, settings = mine
    slate = recommender.recommend("me", interest_id=GENERAL, n=24, now=NOW)
    for i, item in enumerate(slate.items):
        kind = EventKind.like if i % 2 else EventKind.skip
        at = NOW + timedelta(minutes=i + 1)
        key = f"answer {i}"
        store.feedback.append(
            Event(key, "me", GENERAL, item.paper_id, kind, at, slate_id=slate.slate_id)
        )
    like(store, GENERAL, *BEES)
    assert performance(mine).judgements
    assert drift(store, recommender, settings, "me").months
    assert recommender.curve("me") is not None
    store.readers.reset(GENERAL)
    assert not performance(mine).judgements
    assert not drift(store, recommender, settings, "me").months
    assert recommender.curve("me") is None
    store.readers.undo_reset(GENERAL)
    assert performance(mine).judgements
    assert drift(store, recommender, settings, "me").months


def performance(mine: tuple[Store, Recommender, Settings]) -> Report:
    found = report_on(*mine, "me")
    assert found is not None
    return found
