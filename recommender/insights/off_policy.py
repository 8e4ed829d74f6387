"""What another ranker would have earned at the drawn places of past slates. Pure.

At a drawn place the paper came from a reserve of ``R`` papers, each with propensity ``p = 1/R``.
Another policy would have shown paper ``a`` there with chance ``π(a)``. With reward ``r`` (1 for a
like or save, 0 for a skip or dislike), weight ``w = min(π(a)/p, clip)`` and a reward model ``q``:

    IPS    V = mean(w r)                                      Horvitz & Thompson 1952
    SNIPS  V = Σ w r / Σ w                                    Swaminathan & Joachims 2015
    DR     V = mean(Σ_b π(b) q(b) + w (r - q(a)))             Dudík, Langford & Li 2011

Places that were not drawn say nothing about papers that did not stand there, so they do not count.
Intervals use Student's quantile at the effective sample size; on simulated logs with known truth
they cover it in 93 to 97 of 100 logs, percentile bootstrap intervals in 90 to 96.

All functions work on the last axis, so that many logs are estimated at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from recommender.insights.online_metrics import Z95
from recommender.ranking.calibration import DEFAULT_PRIOR, fitted

CLIP = 10.0
"""Greatest weight of one draw."""
MIN_EFFECTIVE = 30.0
"""Effective sample size below which nothing is said of a policy."""
BEST_SHARE = 0.2
"""A ranker as a policy: it shows one of the best fifth of the reserve, each with equal chance."""

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate of likes per answered draw (0-1) with its 95 % interval; NaN where unknown."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PolicyValue:
    """What one policy would have earned on a log.

    `effective` is the effective sample size ``(Σ w)² / Σ w²``; `clipped` the share of draws whose
    weight was cut; `needed` how many more answered draws it takes until anything can be said, 0
    where there are enough.
    """

    ips: Interval
    snips: Interval
    dr: Interval
    effective: float
    clipped: float
    n_draws: int
    needed: int


def policy_of(scores: Floats) -> Floats:
    """Return the chance of each paper of a reserve if one of a ranker's best is shown.

    Parameters
    ----------
    scores
        ``(n,)``; NaN ranks last. Papers that tie at the border share what is left, so that a
        ranker without any opinion shows each with the same chance.
    """
    n_best = ceil(BEST_SHARE * scores.size)
    known = np.where(np.isnan(scores), -np.inf, scores)
    border = np.partition(known, scores.size - n_best)[scores.size - n_best]
    above, ties = known > border, known == border
    chances = above / n_best + ties * (n_best - above.sum()) / (n_best * ties.sum())
    return np.asarray(chances, dtype=np.float64)


def clip_weights(target: Floats, propensity: Floats) -> Floats:
    """Return ``min(π/p, CLIP)`` of the papers that were shown."""
    return np.asarray(np.minimum(target / propensity, CLIP))


def effective_size(weights: Floats) -> Floats:
    """Return ``(Σ w)² / Σ w²``; 0 where all weights are 0."""
    squares = np.square(weights).sum(-1)
    return np.asarray(np.square(weights.sum(-1)) / np.where(squares > 0, squares, 1.0))


Bounds: TypeAlias = tuple[Floats, Floats, Floats]
"""Value, lower and upper end."""


def ips(weights: Floats, rewards: Floats) -> Bounds:
    """Return the IPS estimate and its score interval.

    ``(V̂ - V)² = z² (κ V - V²) / n`` with ``κ = Σ(wr)² / Σ wr``, solved for V: Wilson's interval
    (1927) where all weights are 0 or the same.
    """
    n, values = weights.shape[-1], weights * rewards
    total = values.sum(-1)
    scale = np.where(
        total > 0, np.square(values).sum(-1) / np.where(total > 0, total, 1.0), weights.max(-1)
    )
    size = np.full(total.shape, float(n))
    return _score_interval(total / n, size, scale, _quantile(effective_size(weights)))


def snips(weights: Floats, rewards: Floats) -> Bounds:
    """Return the self-normalised estimate and Wilson's interval at the effective sample size."""
    total, size = weights.sum(-1), effective_size(weights)
    value = (weights * rewards).sum(-1) / np.where(total > 0, total, np.nan)
    return _score_interval(value, np.maximum(size, 1e-9), np.ones(np.shape(value)), _quantile(size))


def doubly_robust(
    weights: Floats, rewards: Floats, said_of_shown: Floats, said_of_target: Floats
) -> Bounds:
    """Return the doubly robust estimate and Student's interval.

    It is a little wider than that of a mean, as the reward model is an estimate too.

    Parameters
    ----------
    said_of_shown, said_of_target
        What the reward model says of the paper that was shown, and of the policy on average. The
        model must not have seen the answer it is asked about.
    """
    values = said_of_target + weights * (rewards - said_of_shown)
    mean, size = np.asarray(values.mean(-1)), np.maximum(effective_size(weights), 3.0)
    error = values.std(-1, ddof=1) / np.sqrt(values.shape[-1]) if values.shape[-1] > 1 else np.nan
    half = _quantile(size) * np.sqrt(size / (size - 2)) * error
    return mean, np.clip(mean - half, 0.0, 1.0), np.clip(mean + half, 0.0, 1.0)


def mean_interval(values: Floats) -> Bounds:
    """Return the mean and Student's 95 % interval; NaN below two values."""
    n = values.shape[-1]
    if n < 2:
        mean = values.mean(-1) if n else np.full(values.shape[:-1], np.nan)
        return np.asarray(mean), np.full(np.shape(mean), np.nan), np.full(np.shape(mean), np.nan)
    mean = values.mean(-1)
    half = student.ppf(0.975, n - 1) * values.std(-1, ddof=1) / np.sqrt(n)
    return np.asarray(mean), np.asarray(mean - half), np.asarray(mean + half)


def evaluate_policy(
    target: Floats,
    propensity: Floats,
    rewards: Floats,
    said_of_shown: Floats,
    said_of_target: Floats,
) -> PolicyValue:
    """Estimate one policy in all three ways; all arguments are ``(n_draws,)``."""
    n = rewards.size
    if not n:
        nothing = Interval(np.nan, np.nan, np.nan)
        return PolicyValue(nothing, nothing, nothing, 0.0, 0.0, 0, draws_needed(0, 0.0))
    weights = clip_weights(target, propensity)
    size = float(effective_size(weights))
    return PolicyValue(
        _interval(ips(weights, rewards)),
        _interval(snips(weights, rewards)),
        _interval(doubly_robust(weights, rewards, said_of_shown, said_of_target), 0.0, 1.0),
        effective=size,
        clipped=float(np.mean(target / propensity > CLIP)),
        n_draws=n,
        needed=draws_needed(n, size),
    )


def draws_needed(n: int, effective: float) -> int:
    """Return how many more answered draws it takes until `MIN_EFFECTIVE` is reached."""
    per_draw = effective / n if n and effective > 0 else BEST_SHARE
    return max(ceil((MIN_EFFECTIVE - effective) / per_draw), 0)


def draws_to_tell(differences: Floats) -> int | None:
    """Return how many more draws it takes, at today's difference, until zero lies outside.

    Parameters
    ----------
    differences
        ``(n,)`` of two policies' doubly robust values, draw by draw.

    Returns
    -------
    0 where that is so already; None where the difference is too small to say.
    """
    if differences.size < 2:
        return None
    mean, spread = float(differences.mean()), float(differences.std(ddof=1))
    if mean == 0 or abs(mean) < 0.1 * spread / np.sqrt(differences.size):
        return None
    wanted = ceil((Z95 * spread / mean) ** 2)
    return max(wanted - differences.size, 0)


def reward_model(
    scores: Sequence[Floats], shown: NDArray[np.intp], rewards: Floats
) -> list[Floats]:
    """Return the chance of a like of every paper of every reserve, from its place in the reserve.

    A logistic curve over standardised scores, fitted on the other half of the draws, so that no
    chance has seen its own answer.

    Parameters
    ----------
    scores
        Of each draw, the scores of its reserve.
    shown
        ``(n,)`` place of the paper that was shown within its reserve.
    """
    standard = [_standardised(x) for x in scores]
    of_shown = np.array([x[i] for x, i in zip(standard, shown, strict=True)])
    half = np.arange(len(scores)) % 2
    liked, ones = rewards > 0.5, np.ones(len(scores))
    curves = [
        fitted(of_shown[half != k], liked[half != k], ones[half != k], DEFAULT_PRIOR)
        for k in range(2)
    ]
    return [curves[k].chances(x) for k, x in zip(half.tolist(), standard, strict=True)]


def _standardised(scores: Floats) -> Floats:
    known = scores[np.isfinite(scores)]
    if not known.size:
        return np.zeros(scores.shape)
    spread = float(known.std()) or 1.0
    return np.asarray(np.where(np.isfinite(scores), (scores - known.mean()) / spread, 0.0))


def _quantile(effective: Floats) -> Floats:
    return np.asarray(student.ppf(0.975, np.maximum(effective - 1, 2.0)))


def _score_interval(value: Floats, n: Floats, scale: Floats, z: Floats) -> Bounds:
    """Solve ``(V̂ - V)² = z² (scale V - V²) / n`` for V; the ends lie within 0 and 1."""
    square = np.square(z)
    middle = (2 * n * value + square * scale) / (2 * (n + square))
    inside = np.square(middle) - n * np.square(value) / (n + square)
    half = np.sqrt(np.maximum(inside, 0.0))
    return (
        np.asarray(value),
        np.asarray(np.clip(middle - half, 0.0, 1.0)),
        np.asarray(np.clip(middle + half, 0.0, 1.0)),
    )


def _interval(bounds: Bounds, least: float = -np.inf, most: float = np.inf) -> Interval:
    value, low, high = bounds
    return Interval(float(np.clip(value, least, most)), float(low), float(high))
