"""Cold start: a first slate and onboarding items without likes, and a sentence as a like. Pure.

Both lists cover topics by greedy facility location (Nemhauser, Wolsey & Fisher 1978). The
first slate takes recent papers. Onboarding items cover the whole catalogue: central papers
of their topic, none similar to another, so that a new reader can tell them apart. They need
not be popular, because the next slate is made from those that are liked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.ranking.base import Features, Rows

N_RECENT = 400
"""The newest papers, from which a first slate is chosen."""
RECENCY_HALF_LIFE_DAYS = 60.0
N_SAMPLED = 2_000
"""Onboarding items are chosen from at most so many papers."""
MAX_COSINES = (0.1, 0.25, 0.5)
"""Onboarding items are at most so similar; the next limit is tried if the first leaves none."""
ONBOARDING_HALF_LIFE_DAYS = 5 * 365.0
SENTENCE_WEIGHT = 1.0
LIKES_THAT_HALVE = 2.0


def sentence_weight(liked_weight: float) -> float:
    """Return the preference weight of a sentence about an interest, where 1 is one like.

    Alone it counts as one like; at `LIKES_THAT_HALVE` it counts half, and less with more likes.

    Parameters
    ----------
    liked_weight
        Sum of the weights of what the reader liked.
    """
    return SENTENCE_WEIGHT / (1.0 + max(liked_weight, 0.0) / LIKES_THAT_HALVE)


@dataclass(frozen=True, slots=True)
class ColdStartItem:
    """One paper of a first slate; `score` is its gain in topic coverage, 0 to 1."""

    paper_index: int
    score: float


def cold_start_slate(
    features: Features, rows: Rows, n: int, now_days: float, avoid: Rows | None = None
) -> list[ColdStartItem]:
    """Return up to `n` recent papers that together cover the topics of the recent papers.

    Newer papers count more. Older papers follow with a score of 0. Deterministic; scores
    do not rise.

    Parameters
    ----------
    rows
        Rows to choose from; the newest `N_RECENT` of them count as recent.
    now_days
        The present in days since 1970; a later date counts as today.
    avoid
        Rows that the reader rejected; papers similar to them come later.
    """
    recent = _newest(features, rows, now_days, N_RECENT)
    vectors = features.embedding[recent]
    weights = _recency(features.newest_days[recent], now_days, RECENCY_HALF_LIFE_DAYS)
    if avoid is not None and avoid.size:
        cosines = vectors @ features.embedding[avoid].T
        weights = weights * (1.0 - np.clip(cosines.max(axis=1), 0.0, 0.99))
    chosen = _cover(vectors, weights, np.zeros(recent.size), n)
    items = [ColdStartItem(int(recent[i]), gain / recent.size) for i, gain in chosen]
    older = _newest(features, rows, now_days, n)[recent.size :]
    return [*items, *(ColdStartItem(int(row), 0.0) for row in older[: n - len(items)])]


def onboarding_items(
    features: Features, rows: Rows, n: int, now_days: float, judged: Rows | None = None
) -> list[int]:
    """Return up to `n` rows that cover the topics of the catalogue and are not alike.

    At most `N_SAMPLED` papers are considered; older papers count less. Deterministic.

    Parameters
    ----------
    rows
        Rows to choose from.
    now_days
        The present in days since 1970; a later date counts as today.
    judged
        Rows the reader has judged: their topics are covered already.
    """
    sample = rows[:: max(-(-rows.size // N_SAMPLED), 1)]
    vectors = features.embedding[sample]
    if not vectors.shape[1]:
        return [int(row) for row in sample[:n]]
    covered = np.zeros(sample.size, dtype=np.float32)
    if judged is not None and judged.size:
        covered = np.maximum(vectors @ features.embedding[judged].T, 0.0).max(axis=1)
    weights = _recency(features.newest_days[sample], now_days, ONBOARDING_HALF_LIFE_DAYS)
    weights = weights * vectors.any(axis=1)
    covered = np.where(weights > 0, covered, np.float32(1))
    return [int(sample[i]) for i, _ in _cover(vectors, weights, covered, n, MAX_COSINES)]


def _cover(
    vectors: NDArray[np.float32],
    weights: NDArray[np.float64],
    covered: NDArray[Any],
    n: int,
    max_cosines: Sequence[float] = (),
) -> list[tuple[int, float]]:
    """Choose up to `n` papers by greedy facility location; return (index, gain) in order.

    The gain of a paper is its weight times what it adds to the sum over all papers of their
    cosine to the nearest chosen one (Nemhauser, Wolsey & Fisher 1978).

    Parameters
    ----------
    vectors
        ``(n_papers, n_dims)``, rows of length 1 or all zero.
    covered
        ``(n_papers,)`` cosine to the nearest paper chosen before.
    max_cosines
        Only papers with a `covered` up to the first limit are chosen, if there are any;
        else up to the next limit; at last all.
    """
    cosines = np.maximum(vectors @ vectors.T, 0.0)
    left = np.ones(weights.size, dtype=bool)
    chosen: list[tuple[int, float]] = []
    for _ in range(min(n, weights.size)):
        gains = weights * np.maximum(cosines - covered, 0.0).sum(axis=1)
        limited = (left & (covered <= most) for most in max_cosines)
        free = next((x for x in limited if x.any()), left)
        best = int(np.argmax(np.where(free, gains, -1.0)))
        chosen.append((best, float(gains[best])))
        left[best] = False
        covered = np.maximum(covered, cosines[best])
    return chosen


def _newest(features: Features, rows: Rows, now_days: float, n: int) -> Rows:
    """Return the newest `n` of `rows`, newest first; undated ones last, higher rows first."""
    days = np.minimum(np.nan_to_num(features.newest_days[rows], nan=-np.inf), now_days)
    return rows[np.lexsort((-rows, -days))][:n]


def _recency(
    days: NDArray[np.float64], now_days: float, half_life_days: float
) -> NDArray[np.float64]:
    """Return 1 for the newest paper, halved with every half-life; an undated one is the oldest."""
    days = np.minimum(days, now_days)
    if np.isnan(days).all():
        return np.ones(days.size)
    age = np.nanmax(days) - np.where(np.isnan(days), np.nanmin(days), days)
    return np.asarray(0.5 ** (age / half_life_days))
