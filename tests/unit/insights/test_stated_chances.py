"""Stated chances against answers: known numbers, known truths, and a log by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import isnan

import numpy as np
import pytest

from recommender.domain import Event, EventKind, Recommendation, Slate
from recommender.insights.reliability import (
    MIN_STATED,
    StatedChance,
    in_time,
    reliability_of,
    reliability_verdict,
    stated_chances,
)
from recommender.insights.shown_answers import shown_answers

START = datetime(2026, 3, 2, tzinfo=UTC)


def answers(chances: np.ndarray, truth: np.ndarray, seed: int = 0) -> list[StatedChance]:
    """Answers that are likes with the chance `truth`, an hour apart."""
    liked = np.random.default_rng(seed).random(chances.size) < truth
    return [
        StatedChance(START + timedelta(hours=i), float(p), bool(y), 0.4)
        for i, (p, y) in enumerate(zip(chances, liked, strict=True))
    ]


def test_brier_and_error_of_four_answers() -> None:
    said = [(0.2, False), (0.4, True), (0.6, True), (1.0, True)]
    found = reliability_of([StatedChance(START, p, y, 0.5) for p, y in said])
    assert found.brier == pytest.approx((0.04 + 0.36 + 0.16 + 0.0) / 4)
    assert found.brier_of_rate == pytest.approx(0.25)
    # Two groups: stated .3 and liked .5, stated .8 and liked 1.
    assert found.error == pytest.approx(0.2)
    assert [x.liked for x in found.curve] == [0.5, 1.0]
    assert found.needed == MIN_STATED - 4


@pytest.mark.parametrize("n", [60, 300])
def test_true_chances_are_seldom_called_off(n: int) -> None:
    rng = np.random.default_rng(1)
    off = [
        reliability_of(answers(p, p, seed), seed=seed).off
        for seed, p in enumerate(rng.beta(2, 3, (40, n)))
    ]
    assert np.mean(off) <= 0.125  # 5 % are expected


def test_chances_that_are_too_high_are_called_off_and_it_is_said_by_how_much() -> None:
    chances = np.random.default_rng(2).uniform(0.3, 0.9, 300)
    found = reliability_of(answers(chances, chances - 0.2))
    assert found.off
    assert found.error == pytest.approx(0.2, abs=0.06)
    assert "are off" in reliability_verdict(found)
    assert found.minus_rate.low < found.minus_rate.value < found.minus_rate.high


def test_chances_that_say_more_than_the_rate_have_a_better_brier_score() -> None:
    chances = np.where(np.arange(400) % 2, 0.9, 0.1)
    found = reliability_of(answers(chances, chances))
    assert found.minus_rate.high < 0
    assert "Nothing speaks against" in reliability_verdict(found)


def test_little_evidence_says_how_many_answers_are_missing() -> None:
    found = reliability_of(answers(np.full(10, 0.5), np.full(10, 0.5)))
    assert not found.enough
    assert f"{MIN_STATED - 10} more answers" in reliability_verdict(found)
    nothing = reliability_of([], missing=20)
    assert isnan(nothing.brier)
    assert nothing.needed == MIN_STATED + 20


def test_parts_are_consecutive_and_hold_enough() -> None:
    found = answers(np.full(170, 0.5), np.full(170, 0.5))
    parts = in_time(found[::-1])
    assert [len(x) for x in parts] == [57, 57, 56]
    assert [x for part in parts for x in part] == found
    assert [len(x) for x in in_time(found[:60])] == [60]


def slate(number: int, papers: dict[str, float | None]) -> Slate:
    items = [
        Recommendation(rank, paper, paper, 1.0, interest_id="me/general", chance=chance)
        for rank, (paper, chance) in enumerate(papers.items(), 1)
    ]
    at = START + timedelta(hours=number)
    return Slate(f"s{number}", "me", None, "app", "model", at, tuple(items))


def event(number: float, paper: str, kind: EventKind) -> Event:
    at = START + timedelta(hours=number)
    return Event(f"{paper}{kind}", "me", "me/general", paper, kind, at, event_id=int(10 * number))


def test_only_chances_stated_before_the_answer_count() -> None:
    shown = [
        slate(1, {"a": None, "b": 0.8, "c": 0.3, "d": 0.5}),
        slate(5, {"c": 0.9, "d": 0.1}),
    ]
    events = [
        event(2, "a", EventKind.like),
        event(3, "b", EventKind.skip),
        event(4, "c", EventKind.like),
        event(6, "d", EventKind.like),
        event(7, "never-shown", EventKind.like),
    ]
    found = stated_chances(shown_answers(events, shown))
    assert [(x.chance, x.liked) for x in found.answers] == [(0.8, False), (0.3, True), (0.1, True)]
    # The rate is that of the answers before: one like of one, one of two, two of three.
    assert [x.rate for x in found.answers] == pytest.approx([1.5 / 2, 1.5 / 3, 2.5 / 4])
    assert (found.n_liked, found.n_other, found.missing) == (3, 1, 0)


def test_before_the_first_chance_the_floor_says_what_is_missing() -> None:
    shown = [slate(1, {f"p{i}": None for i in range(18)})]
    events = [event(2 + i, f"p{i}", EventKind.like) for i in range(18)]
    assert (
        stated_chances(shown_answers(events, shown)).missing == 3
    )  # skips; two answers alone would not do
    assert stated_chances([]).missing == 20
