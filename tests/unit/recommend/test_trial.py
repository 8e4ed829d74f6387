"""A setting on trial: both rankers share slates, and only the reader puts it into service."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from libraries import NOW, make_library, papers_on

from recommender.config import load_settings
from recommender.domain import Event, EventKind
from recommender.domain.history import meanings_with
from recommender.insights import performance_report
from recommender.insights.performance_report import report_on
from recommender.insights.profile_report import profile_report
from recommender.ranking.rerank.interleaving import CANDIDATE, SERVED
from recommender.recommend.exploration import EXPLORE
from recommender.recommend.reader_context import ReaderContext
from recommender.recommend.recommender import Recommender
from recommender.recommend.trial import (
    TRIAL,
    begin_trial,
    end_trial,
    trial_of,
)
from recommender.store import Store
from recommender.store.half_life import HALF_LIFE, half_life_of
from recommender.training.fit import read_feedback


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[tuple[Store, Recommender]]:
    """A reader who liked bees a year ago and bridges yesterday."""
    library = make_library(tmp_path, [*papers_on("bees", 20), *papers_on("bridges", 20)])
    store = library.open()
    for i in range(3):
        for subject, days in (("bees", 400), ("bridges", 1)):
            paper_id, at = f"doi:10.5555/{subject}.{i}", NOW - timedelta(days=days)
            event = Event(f"{subject}{i}", "me", "me/general", paper_id, EventKind.like, at)
            store.feedback.append(event)
    yield store, Recommender(store, library.settings)
    store.close()


def bridges_in(recommender: Recommender, n: int = 10) -> int:
    slate = recommender.recommend("me", n=n, now=NOW, record=False)
    return sum("bridges" in x.paper_id for x in slate.items)


def test_both_rankers_share_slate_and_digest_while_a_setting_is_tried(
    desk: tuple[Store, Recommender],
) -> None:
    store, recommender = desk
    alone = recommender.recommend("me", n=10, now=NOW)
    assert {x.team for x in alone.items} == {""}
    store.preferences.set("me", EXPLORE, 0.5)
    begin_trial(store, "me", 30.0)
    for surface in ("app", "digest"):
        shared = recommender.recommend("me", n=10, now=NOW, surface=surface)
        assert [x.team for x in shared.items].count(CANDIDATE) == 5
        assert [x.team for x in shared.items].count(SERVED) == 5
        assert not any(x.drawn_from for x in shared.items)  # one experiment at a time
        kept = store.feedback.slate(shared.slate_id)
        assert kept is not None
        assert [(x.team, x.propensity) for x in kept.items] == [
            (x.team, x.propensity) for x in shared.items
        ]
        again = recommender.recommend("me", n=10, now=NOW, surface=surface)
        assert again.items == shared.items


def test_only_the_reader_puts_a_setting_into_service(desk: tuple[Store, Recommender]) -> None:
    store, recommender = desk
    before = bridges_in(recommender)
    begin_trial(store, "me", 30.0)
    assert half_life_of(store, "me") is None
    end_trial(store, "me", use=False)
    assert (trial_of(store, "me"), bridges_in(recommender)) == (None, before)
    begin_trial(store, "me", 30.0)
    end_trial(store, "me", use=True)
    assert (trial_of(store, "me"), half_life_of(store, "me")) == (None, 30.0)
    assert bridges_in(recommender) > before
    begin_trial(store, "me", 30.0)
    assert trial_of(store, "me") is None  # what serves already is no trial


def test_both_readings_of_a_trial_are_kept_for_the_next_slate(
    desk: tuple[Store, Recommender], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, recommender = desk
    read: list[float | None] = []
    of = ReaderContext.of

    def counting(*given: Any, half_life_days: float | None) -> ReaderContext:
        read.append(half_life_days)
        return of(*given, half_life_days=half_life_days)

    monkeypatch.setattr(ReaderContext, "of", counting)
    begin_trial(store, "me", 30.0)
    for _ in range(3):
        recommender.recommend("me", n=4, now=NOW, record=False)
        recommender.scores("me", ["doi:10.5555/bees.9"], NOW)
    assert read == [None, 30.0]


def test_every_slate_of_a_trial_counts_however_many_came_since(
    desk: tuple[Store, Recommender], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, recommender = desk
    begin_trial(store, "me", 30.0)
    for i in range(4):
        now = NOW + timedelta(hours=i)
        slate = recommender.recommend("me", n=4, now=now)
        item = next(x for x in slate.items if x.team == CANDIDATE)
        kind = EventKind.like if i else EventKind.skip
        answer = Event(f"t{i}", "me", "me/general", item.paper_id, kind, now, slate.slate_id)
        store.feedback.append(answer)
    monkeypatch.setattr(performance_report, "MAX_SLATES", 2)
    report = report_on(store, recommender, load_settings(data_dir=tmp_path), "me")
    assert report is not None
    assert report.trial is not None
    assert (report.trial.won, report.trial.lost) == (3, 1)


@pytest.mark.parametrize("stored", ["soon", True, None, 0, -3, [90], 1e9])
def test_a_half_life_that_makes_no_sense_is_none(
    desk: tuple[Store, Recommender], stored: object
) -> None:
    store, _ = desk
    store.preferences.set("me", HALF_LIFE, stored)
    store.preferences.set("me", TRIAL, stored)
    assert (half_life_of(store, "me"), trial_of(store, "me")) == (None, None)


def test_ranking_fit_and_profile_weigh_with_the_half_life_that_a_reader_chose(
    desk: tuple[Store, Recommender], tmp_path: Path
) -> None:
    store, recommender = desk
    settings = load_settings(data_dir=tmp_path)

    def bees_and_bridges() -> tuple[float, float]:
        weights = read_feedback(store, settings, NOW).weights["me/general"]
        return weights["doi:10.5555/bees.0"], weights["doi:10.5555/bridges.0"]

    def first_words() -> str:
        report = profile_report(store, recommender, settings, "me", NOW)
        return " ".join(report.interests[0].summary.words[:3])

    assert bees_and_bridges() == (1.0, 1.0)
    assert "bees" in first_words()
    store.readers.add("Ada", NOW)
    paper_id, at = "doi:10.5555/bees.0", NOW - timedelta(days=400)
    store.feedback.append(Event("a", "ada", "ada/general", paper_id, EventKind.like, at))
    store.preferences.set("me", HALF_LIFE, 100.0)
    assert bees_and_bridges() == pytest.approx((0.5**4, 0.5**0.01))
    assert read_feedback(store, settings, NOW).weights["ada/general"] == {paper_id: 1.0}
    context = recommender._read("me", store.readers.interests("me"), NOW)
    liked = context.profiles["me/general"][0].liked_weights
    assert sorted(liked)[:3] == pytest.approx([0.5**4] * 3)
    assert "bees" not in first_words()


def test_without_a_half_life_the_meanings_stay() -> None:
    assert meanings_with({}, None) == {}
