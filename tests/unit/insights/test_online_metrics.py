"""Rates with their uncertainty, and learning against the seed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from math import isnan, nan

import numpy as np
import pytest

from recommender.insights.online_metrics import (
    Judgement,
    compare,
    intra_list_distance,
    like_rates,
    verdict,
    wilson,
)

MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


def judged(i: int, liked: bool, served: float, seed: float, day: int = 0) -> Judgement:
    return Judgement(f"p{i}", "me/general", MONDAY + timedelta(days=day), liked, served, seed)


def test_wilson_of_a_half_is_the_textbook_interval() -> None:
    low, high = wilson(5, 10)
    assert (round(low, 3), round(high, 3)) == (0.237, 0.763)


@pytest.mark.parametrize(("n_yes", "n"), [(0, 0), (0, 3), (3, 3)])
def test_wilson_stays_within_0_and_1(n_yes: int, n: int) -> None:
    low, high = wilson(n_yes, n)
    assert 0 <= low <= high <= 1


def test_a_week_begins_on_monday_and_empty_weeks_are_left_out() -> None:
    given = [judged(0, True, 1, 1, 6), judged(1, False, 0, 0, 7), judged(2, True, 1, 1, 21)]
    rates = like_rates(given)
    assert [(x.week, x.liked, x.judged) for x in rates] == [
        (date(2026, 11, 16), 1, 1),
        (date(2026, 11, 23), 0, 1),
        (date(2026, 12, 7), 1, 1),
    ]


def test_a_ranker_that_orders_every_pair_right_has_1_and_a_reversed_one_0() -> None:
    given = [judged(i, i < 10, -i, i) for i in range(20)]
    found = compare(given)
    assert (found.served, found.seed, found.n_pairs) == (1.0, 0.0, 100)
    assert found.low > 0
    assert verdict(found).startswith("Learning helps you: it puts what you like first 100% of the")
    assert "over 99 % sure" in verdict(found)
    assert found.answers_needed == 0


def test_rankers_that_order_alike_cannot_be_told_apart() -> None:
    given = [judged(i, i < 10, -i, -2.0 * i) for i in range(20)]
    found = compare(given)
    assert (found.low, found.high) == (0.0, 0.0)
    assert "cannot be told apart" in verdict(found)
    assert found.sure == 0.5
    assert found.answers_needed is None
    assert "order alike" in verdict(found)


def test_a_lead_that_may_be_luck_says_how_many_answers_would_tell() -> None:
    rng = np.random.default_rng(3)
    given = [
        judged(i, i < 15, (i < 15) + rng.normal(0, 2), (i < 15) + rng.normal(0, 3))
        for i in range(30)
    ]
    found = compare(given)
    assert found.low < 0 < found.high
    needed = found.answers_needed
    assert needed is not None
    half, lead = (found.high - found.low) / 2, abs(found.served - found.seed)
    assert half / lead == pytest.approx(((30 + needed) / 30) ** 0.5, rel=0.05)
    assert f"about {needed} more answers" in verdict(found)


def test_pairs_are_made_within_a_day_only() -> None:
    given = [judged(0, True, 1, 1, 0), judged(1, False, 0, 0, 1)]
    assert compare(given).n_pairs == 0


def test_papers_without_a_score_are_left_out() -> None:
    given = [judged(0, True, nan, 1), judged(1, True, 1, nan), judged(2, False, 0, 0)]
    assert compare(given).n_pairs == 0


def test_too_little_evidence_is_said_with_what_is_missing() -> None:
    found = compare([judged(i, i < 3, -i, -i) for i in range(20)])
    assert not found.enough
    assert "5 more liked" in verdict(found)


def test_few_pairs_of_many_answers_ask_for_more_on_the_same_days() -> None:
    found = compare([judged(i, i % 2 == 0, -i, -i, i // 2) for i in range(30)])
    assert (found.n_liked, found.n_pairs, found.enough) == (15, 15, False)
    assert "more liked and skipped on the same days" in verdict(found)


def test_an_empty_log_compares_to_nothing() -> None:
    found = compare([])
    assert found.n_pairs == 0
    assert isnan(found.served)


def test_spread_is_0_for_twins_1_for_unrelated_and_nan_for_one() -> None:
    twins = np.array([[1, 0], [1, 0], [0, 0]], dtype=np.float32)
    assert intra_list_distance(twins) == pytest.approx(0)
    assert intra_list_distance(np.eye(3, dtype=np.float32)) == pytest.approx(1)
    assert isnan(intra_list_distance(np.eye(1, dtype=np.float32)))
