"""Which papers may enter a slate, and which open one while nothing is known. Pure.

Scoring is exact and cheap, so every paper that may be shown is a candidate for
a reader with a history. Without one, the newest papers are, spread over topics.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.features import Features
from recommender.features.interactions import Rows

N_RECENT = 400
RECENCY_HALF_LIFE_DAYS = 60.0


def eligible(n_papers: int, pool: Rows | None, exclude: Collection[int] | Rows) -> Rows:
    """Return the rows that may be shown, ascending, each once.

    Rows that do not exist are passed over, in the pool and in what is excluded.
    """
    allowed = np.full(n_papers, pool is None)
    if pool is not None:
        allowed[_existing(pool, n_papers)] = True
    if not isinstance(exclude, np.ndarray):
        exclude = np.fromiter(exclude, dtype=np.intp, count=len(exclude))
    allowed[_existing(exclude, n_papers)] = False
    return np.flatnonzero(allowed)


def _existing(rows: Rows, n_papers: int) -> Rows:
    return rows[(rows >= 0) & (rows < n_papers)]


@dataclass(frozen=True, slots=True)
class ColdStartItem:
    """One paper of a first slate; `score` is its part of the topics covered, 0–1."""

    paper_index: int
    score: float


def cold_start_slate(
    features: Features, rows: Rows, n: int, now_days: float, avoid: Rows | None = None
) -> list[ColdStartItem]:
    """Return up to `n` recent papers that together cover the topics of the recent ones.

    Facility location, chosen greedily (Nemhauser, Wolsey & Fisher 1978): each
    step takes the paper to which most of the recent papers are nearer than to
    those taken before, newer ones first. Older papers follow with a score of 0.
    Deterministic; scores do not rise.

    Parameters
    ----------
    rows
        Rows to choose from; the newest `N_RECENT` of them count as recent.
    now_days
        The present in days since 1970; a date after it counts as today.
    avoid
        Rows the reader turned down; papers near them are left for later.
    """
    recent = _newest(features, rows, now_days, N_RECENT)
    worth = _freshness(features.newest_days[recent], now_days)
    closeness = np.maximum(features.embedding[recent] @ features.embedding[recent].T, 0.0)
    if avoid is not None and avoid.size:
        turned_down = features.embedding[recent] @ features.embedding[avoid].T
        worth = worth * (1.0 - np.clip(turned_down.max(axis=1), 0.0, 0.99))
    items = _cover(recent, closeness, worth, n)
    older = _newest(features, rows, now_days, n)[recent.size :]
    return [*items, *(ColdStartItem(int(row), 0.0) for row in older[: n - len(items)])]


def _cover(
    recent: Rows, closeness: NDArray[np.float32], worth: NDArray[np.float64], n: int
) -> list[ColdStartItem]:
    covered = np.zeros(recent.size)
    left = np.ones(recent.size, dtype=bool)
    items: list[ColdStartItem] = []
    for _ in range(min(n, recent.size)):
        gains = worth * np.maximum(closeness - covered, 0.0).sum(axis=1) / recent.size
        gains = np.where(left, gains, -1.0)
        best = int(np.argmax(gains))
        left[best] = False
        covered = np.maximum(covered, closeness[best])
        items.append(ColdStartItem(int(recent[best]), float(gains[best])))
    return items


def _newest(features: Features, rows: Rows, now_days: float, n: int) -> Rows:
    """Return the newest `n` of `rows`, newest first; undated ones last, higher rows first."""
    days = np.minimum(np.nan_to_num(features.newest_days[rows], nan=-np.inf), now_days)
    return rows[np.lexsort((-rows, -days))][:n]


def _freshness(days: NDArray[np.float64], now_days: float) -> NDArray[np.float64]:
    """Return 1 for the newest, halved every half-life behind it; an undated paper is the oldest."""
    days = np.minimum(days, now_days)
    if np.isnan(days).all():
        return np.ones(days.size)
    age = np.nanmax(days) - np.where(np.isnan(days), np.nanmin(days), days)
    return np.asarray(0.5 ** (age / RECENCY_HALF_LIFE_DAYS))
