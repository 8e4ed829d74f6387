from __future__ import annotations

import numpy as np

from recommender.evaluation.bootstrap import estimate


def test_the_interval_has_the_width_of_the_normal_one() -> None:
    values = np.random.default_rng(0).normal(5.0, 2.0, size=400)
    found = estimate(values, seed=1)
    half = 1.96 * values.std() / 20
    assert found.mean == values.mean()
    ends = [found.mean - half, found.mean + half]
    np.testing.assert_allclose([found.low, found.high], ends, atol=0.02)


def test_readers_without_a_value_are_left_out() -> None:
    assert estimate(np.array([1.0, np.nan, 1.0]), seed=0).n == 2


def test_one_reader_has_a_mean_and_no_interval() -> None:
    found = estimate(np.array([3.0]), seed=0)
    assert found.mean == 3.0
    assert np.isnan(found.low)
    assert not found.excludes_zero


def test_nobody_has_no_mean() -> None:
    assert np.isnan(estimate(np.empty(0), seed=0).mean)


def test_a_clear_difference_excludes_zero_and_noise_does_not() -> None:
    noise = np.random.default_rng(0).normal(size=200)
    assert estimate(noise + 1, seed=0).excludes_zero
    assert not estimate(noise - noise.mean(), seed=0).excludes_zero
