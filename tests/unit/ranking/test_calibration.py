"""From scores to chances: simulated readers with a known curve."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.ranking.calibration import (
    DEFAULT_PRIOR,
    MAX_VERDICTS,
    MIN_OF_EACH,
    MIN_VERDICTS,
    CalibrationCurve,
    ScoredVerdicts,
    curve_of,
    shared_curve,
)

TRUE = CalibrationCurve(-3.0, 0.8)


def answers(curve: CalibrationCurve, n: int, seed: int) -> ScoredVerdicts:
    rng = np.random.default_rng(seed)
    scores = rng.normal(3.0, 1.5, n)
    return ScoredVerdicts(scores, rng.random(n) < curve.chances(scores))


@pytest.mark.parametrize(
    ("n_likes", "n_skips", "said"),
    [
        (MIN_OF_EACH, MIN_VERDICTS - MIN_OF_EACH, True),
        (MIN_OF_EACH, MIN_VERDICTS - MIN_OF_EACH - 1, False),
        (MIN_OF_EACH - 1, MIN_VERDICTS, False),
        (MIN_VERDICTS, MIN_OF_EACH - 1, False),
        (0, 0, False),
    ],
)
def test_below_the_floor_no_chance_is_said(n_likes: int, n_skips: int, said: bool) -> None:
    pairs = [(4.0, True)] * n_likes + [(2.0, False)] * n_skips
    assert (curve_of(ScoredVerdicts.of(pairs), None) is not None) == said


def test_many_answers_find_the_curve_they_were_drawn_from() -> None:
    found = shared_curve([answers(TRUE, 300, seed) for seed in range(30)])
    # The shared curve is over the distance from a reader's mean score, which is 3 here.
    assert found.intercept == pytest.approx(TRUE.intercept + 3.0 * TRUE.slope, abs=0.15)
    assert found.slope == pytest.approx(TRUE.slope, abs=0.1)


def test_readers_whose_scores_lie_elsewhere_share_a_curve() -> None:
    far = [
        ScoredVerdicts(x.scores + 50.0, x.liked) for x in (answers(TRUE, 300, s) for s in range(9))
    ]
    shared = shared_curve(far)
    near = curve_of(answers(TRUE, 60, 99), shared)
    assert shared.slope == pytest.approx(TRUE.slope, abs=0.2)
    assert near is not None
    assert near.chance(3.0) == pytest.approx(TRUE.chance(3.0), abs=0.1)


def test_newer_answers_count_more() -> None:
    scores = np.tile(np.linspace(1.0, 5.0, 10), 20)
    rng = np.random.default_rng(0)
    early, late = rng.random(100) < 0.6, rng.random(100) < 0.1
    cooling = curve_of(ScoredVerdicts(scores, np.concatenate([early, late])), None)
    warming = curve_of(ScoredVerdicts(scores, np.concatenate([late, early])), None)
    assert cooling is not None
    assert warming is not None
    assert cooling.chance(3.0) < 0.25 < warming.chance(3.0)


def test_chances_come_true() -> None:
    shared = shared_curve([answers(TRUE, 200, seed) for seed in range(10, 20)])
    found = curve_of(answers(TRUE, MAX_VERDICTS, 1), shared)
    assert found is not None
    later = answers(TRUE, 5000, 2)
    said = found.chances(later.scores)
    for low, high in [(0.0, 0.2), (0.2, 0.4), (0.4, 0.7)]:
        there = (said >= low) & (said < high)
        assert later.liked[there].mean() == pytest.approx(said[there].mean(), abs=0.12)


def test_a_reader_who_likes_little_is_told_smaller_chances() -> None:
    shared = CalibrationCurve(-0.2, 0.6)
    choosy = curve_of(answers(CalibrationCurve(-4.5, 0.6), 200, 3), shared)
    easy = curve_of(answers(CalibrationCurve(0.0, 0.6), 200, 3), shared)
    assert choosy is not None
    assert easy is not None
    assert choosy.chance(3.0) < shared.chance(0.0) < easy.chance(3.0)


def test_few_answers_stay_near_the_shared_curve() -> None:
    shared = CalibrationCurve(-2.0, 0.6)
    few, many = (
        answers(CalibrationCurve(0.0, 0.6), 20, 5),
        answers(CalibrationCurve(0.0, 0.6), 300, 5),
    )
    after_few, after_many = curve_of(few, shared), curve_of(many, shared)
    assert after_few is not None
    assert after_many is not None
    assert 0.12 < after_few.chance(few.mean) < after_many.chance(many.mean)


def test_a_higher_score_never_means_a_smaller_chance() -> None:
    scores = np.linspace(0, 5, 60)
    backwards = curve_of(ScoredVerdicts(scores, scores < 2.5), None)
    assert backwards is not None
    said = backwards.chances(np.linspace(-5, 10, 50))
    assert (np.diff(said) >= 0).all()
    assert said[0] == pytest.approx(said[-1])


def test_extreme_scores_and_certain_answers_stay_within_bounds() -> None:
    sure = curve_of(ScoredVerdicts.of([(9.0, True)] * 50 + [(-9.0, False)] * 50), None)
    assert sure is not None
    said = sure.chances(np.array([-1e9, 0.0, 1e9]))
    assert (said >= 0).all()
    assert (said <= 1).all()
    assert np.isfinite([sure.intercept, sure.slope]).all()


def test_a_curve_survives_storage_and_nobody_gives_the_first() -> None:
    assert CalibrationCurve.from_array(TRUE.as_array()) == TRUE
    assert shared_curve([]) == DEFAULT_PRIOR.curve


def test_old_answers_make_room() -> None:
    pairs = [(1.0, True)] * 100 + [(1.0, False)] * MAX_VERDICTS
    assert not ScoredVerdicts.of(pairs).liked.any()
