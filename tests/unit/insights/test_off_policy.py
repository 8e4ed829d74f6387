"""Off-policy estimates: known values, and intervals that cover a known truth."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from recommender.insights.off_policy import (
    MIN_EFFECTIVE,
    Bounds,
    clip_weights,
    doubly_robust,
    draws_needed,
    draws_to_tell,
    effective_size,
    evaluate_policy,
    ips,
    policy_of,
    reward_model,
    snips,
)

N_RUNS, N_DRAWS, N_RESERVE, N_BEST = 1_000, 200, 20, 4


def test_a_policy_shows_one_of_its_best_fifth() -> None:
    chances = policy_of(np.arange(10.0))
    assert chances.tolist() == [0.0] * 8 + [0.5, 0.5]


def test_what_is_unknown_ranks_last_and_ties_share() -> None:
    assert policy_of(np.array([np.nan, 1.0, 1.0, 1.0, np.nan])).tolist() == pytest.approx(
        [0.0, 1 / 3, 1 / 3, 1 / 3, 0.0]
    )
    assert policy_of(np.full(5, np.nan)).tolist() == [0.2] * 5


def test_estimates_of_four_draws() -> None:
    weights, rewards = np.array([2.0, 0.0, 2.0, 0.0]), np.array([1.0, 1.0, 0.0, 0.0])
    assert ips(weights, rewards)[0] == pytest.approx(0.5)
    assert snips(weights, rewards)[0] == pytest.approx(0.5)
    assert effective_size(weights) == pytest.approx(2.0)
    said = np.full(4, 0.25)
    assert doubly_robust(weights, rewards, said, said)[0] == pytest.approx(0.25 + 0.25)


def test_the_policy_that_served_is_valued_at_what_it_earned() -> None:
    rewards = np.array([1.0, 0.0, 1.0, 1.0])
    same = np.full(4, 0.1)
    value = evaluate_policy(same, same, rewards, np.full(4, 0.5), np.full(4, 0.5))
    assert value.ips.value == value.snips.value == value.dr.value == 0.75
    assert value.effective == 4


def test_weights_are_clipped_and_that_is_said() -> None:
    target, propensity = np.array([1.0, 0.0]), np.array([0.02, 0.02])
    assert clip_weights(target, propensity).tolist() == [10.0, 0.0]
    zeros = np.zeros(2)
    assert evaluate_policy(target, propensity, np.array([1.0, 0.0]), zeros, zeros).clipped == 0.5


def test_too_little_says_how_much_more_it_takes() -> None:
    assert draws_needed(0, 0.0) == 150
    assert draws_needed(50, 10.0) == 100
    assert draws_needed(500, MIN_EFFECTIVE) == 0
    assert draws_to_tell(np.tile([0.0, 1.0], 50)) == 0
    assert draws_to_tell(np.array([1.0, -1.0, 1.0, -1.0])) is None
    assert draws_to_tell(np.tile([-1.0, 1.0, 1.0], 4)) == 22


def simulated_logs(seed: int, intercept: float) -> tuple[float, list[Bounds]]:
    """Return the true value of a policy, and the estimates of it on `N_RUNS` logs."""
    rng = np.random.default_rng(seed)

    def world(n: int) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_]]:
        """Return chances of a like, the policy's scores, and which papers it would show."""
        taste = rng.normal(size=(n, N_RESERVE)).astype(np.float32)
        scores = 0.8 * taste + 0.6 * rng.normal(size=taste.shape).astype(np.float32)
        border = np.partition(scores, N_RESERVE - N_BEST, axis=1)[:, N_RESERVE - N_BEST]
        return 1 / (1 + np.exp(-(intercept + taste))), scores, scores >= border[:, None]

    chances, _, best = world(200_000)
    truth = float(chances[best].mean())
    chances, scores, best = world(N_RUNS * N_DRAWS)
    every, shown = np.arange(N_RUNS * N_DRAWS), rng.integers(0, N_RESERVE, N_RUNS * N_DRAWS)
    rewards = (rng.random(every.size) < chances[every, shown]).astype(float)
    target = best[every, shown] / N_BEST
    weights = clip_weights(target, np.full(every.size, 1 / N_RESERVE))
    said = np.empty(scores.shape)
    for run in range(N_RUNS):
        rows = slice(run * N_DRAWS, (run + 1) * N_DRAWS)
        said[rows] = reward_model(list(scores[rows].astype(float)), shown[rows], rewards[rows])
    of_target = (said * best).sum(axis=1) / N_BEST
    by_run = [x.reshape(N_RUNS, N_DRAWS) for x in (weights, rewards, said[every, shown], of_target)]
    return truth, [ips(*by_run[:2]), snips(*by_run[:2]), doubly_robust(*by_run)]


@pytest.mark.slow
def test_intervals_cover_the_truth_in_95_of_100_logs() -> None:
    truth, estimates = simulated_logs(8, intercept=-1.0)
    for value, low, high in estimates:
        covered = float(((low <= truth) & (truth <= high)).mean())
        assert 0.93 <= covered <= 0.97
        assert abs(float(value.mean()) - truth) < 0.01  # no bias to speak of
    widths = [float((high - low).mean()) for _, low, high in estimates]
    assert widths[2] < widths[0]  # a reward model makes the estimate surer
