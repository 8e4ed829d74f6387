"""Before the first like: papers to choose from, and a sentence that stands in for likes. Pure.

The picks cover the topics of the whole catalogue and are told apart easily:
central papers of their topic, none near another. The next slate is made from
whichever of them is liked, so they need not be popular.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recommender.ranking.base import Features, Rows

MOST_CONSIDERED = 2_000
APART = (0.1, 0.25, 0.5)
"""Cosines above which two picks are too alike; the next is tried where the first leaves none."""
HALF_LIFE_DAYS = 5 * 365.0
SENTENCE_WEIGHT = 1.0
LIKES_THAT_HALVE = 2.0


def sentence_weight(liked_weight: float) -> float:
    """Return what a sentence counts beside likes, where 1 is one like.

    Alone it is one like; it halves at `LIKES_THAT_HALVE` and goes on falling.

    Parameters
    ----------
    liked_weight
        Sum of the weights of what the reader liked.
    """
    return SENTENCE_WEIGHT / (1.0 + max(liked_weight, 0.0) / LIKES_THAT_HALVE)


def onboarding_items(
    features: Features, rows: Rows, n: int, now_days: float, judged: Rows | None = None
) -> list[int]:
    """Return up to `n` rows that cover the topics of the catalogue, far from one another.

    Facility location, chosen greedily (Nemhauser, Wolsey & Fisher 1978) on at most
    `MOST_CONSIDERED` papers, each gain counted less the older the paper; a paper
    too near to one chosen before waits. Deterministic.

    Parameters
    ----------
    rows
        Rows to choose from.
    now_days
        The present in days since 1970; a date after it counts as today.
    judged
        Rows the reader has judged: their topics are covered already.
    """
    sample = rows[:: max(-(-rows.size // MOST_CONSIDERED), 1)]
    vectors = features.embedding[sample]
    if not vectors.shape[1]:
        return [int(row) for row in sample[:n]]
    closeness = np.maximum(vectors @ vectors.T, 0.0)
    covered = np.zeros(sample.size, dtype=np.float32)
    if judged is not None and judged.size:
        covered = np.maximum(vectors @ features.embedding[judged].T, 0.0).max(axis=1)
    return [
        int(sample[i]) for i in _cover(closeness, covered, _worth(features, sample, now_days), n)
    ]


def _cover(
    closeness: NDArray[np.float32],
    covered: NDArray[np.float32],
    worth: NDArray[np.float64],
    n: int,
) -> list[int]:
    nearest = np.where(worth > 0, covered, np.float32(1))
    """What is closest to each paper among the chosen and the judged; papers of no worth wait."""
    left = np.ones(worth.size, dtype=bool)
    chosen: list[int] = []
    while len(chosen) < min(n, worth.size):
        gains = worth * np.maximum(closeness - nearest, 0.0).sum(axis=1)
        free = next((x for x in (left & (nearest <= most) for most in APART) if x.any()), left)
        best = int(np.argmax(np.where(free, gains, -1.0)))
        chosen.append(best)
        left[best] = False
        nearest = np.maximum(nearest, closeness[best])
    return chosen


def _worth(features: Features, rows: Rows, now_days: float) -> NDArray[np.float64]:
    """Return 1 for the newest paper, halved every half-life behind it; 0 for one without text."""
    days = np.minimum(features.newest_days[rows], now_days)
    worth = np.ones(rows.size)
    if np.isfinite(days).any():
        age = np.nanmax(days) - np.where(np.isnan(days), np.nanmin(days), days)
        worth = 0.5 ** (age / HALF_LIFE_DAYS)
    return np.asarray(worth * features.embedding[rows].any(axis=1))
