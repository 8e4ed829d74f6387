"""Whether suggestions get better: rates with their uncertainty, learning against the seed. Pure.

Nothing here is a model; it counts what a reader did with what was shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import isfinite, sqrt

import numpy as np
from numpy.typing import NDArray

Z95 = 1.959964
MIN_PAIRS = 20
MIN_OF_EACH = 8
N_RESAMPLES = 400


@dataclass(frozen=True, slots=True)
class Judgement:
    """A paper that was shown and then judged; one a paper.

    `liked` is true for a like or a save, false for a skip or "not interested".
    `served` and `seed` are the scores of the ranker that showed it and of TF-IDF,
    both as of the slate; NaN where there is none.
    """

    paper_id: str
    interest_id: str
    at: datetime
    liked: bool
    served: float
    seed: float


@dataclass(frozen=True, slots=True)
class Rate:
    """Likes among the judged of the week that begins on `week` (a Monday, UTC).

    `low` and `high` bound the rate (0-1) with 95 % confidence.
    """

    week: date
    liked: int
    judged: int
    low: float
    high: float

    @property
    def rate(self) -> float:
        """Likes per paper judged, 0-1."""
        return self.liked / self.judged


@dataclass(frozen=True, slots=True)
class Comparison:
    """How often each ranker put a liked paper before one that was not, on the same pairs.

    Parameters
    ----------
    served, seed
        Share of pairs in the right order, 0-1; 0.5 is chance. Ties count half.
    low, high
        95 % interval of ``served - seed``; both NaN while there is too little.
    n_pairs, n_liked, n_other
        Pairs, and the papers they are made of.
    """

    served: float
    seed: float
    low: float
    high: float
    n_pairs: int
    n_liked: int
    n_other: int

    @property
    def enough(self) -> bool:
        """True when there is enough to say anything."""
        return self.n_pairs >= MIN_PAIRS and min(self.n_liked, self.n_other) >= MIN_OF_EACH


def wilson(n_yes: int, n: int, z: float = Z95) -> tuple[float, float]:
    """Return the bounds of a proportion (Wilson 1927), 0 and 1 where `n` is 0."""
    if n <= 0:
        return 0.0, 1.0
    share, square = n_yes / n, z * z / n
    centre = (share + square / 2) / (1 + square)
    half = z * sqrt(share * (1 - share) / n + square / (4 * n)) / (1 + square)
    return max(centre - half, 0.0), min(centre + half, 1.0)


def monday_of(moment: datetime) -> date:
    """Return the Monday of a moment's week, UTC."""
    day = moment.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())


def like_rates(judgements: Sequence[Judgement]) -> list[Rate]:
    """Return the rate of every week in which something was judged, oldest first."""
    weeks: dict[date, list[bool]] = {}
    for x in judgements:
        weeks.setdefault(monday_of(x.at), []).append(x.liked)
    return [
        Rate(week, sum(found), len(found), *wilson(sum(found), len(found)))
        for week, found in sorted(weeks.items())
    ]


def compare(judgements: Sequence[Judgement], seed: int = 0) -> Comparison:
    """Compare two rankers on what was shown.

    Pairs of a liked and a not liked paper are made within one interest and one
    day, as scores of different days are not alike. Papers that either ranker
    could not score are left out. The interval resamples papers within the days.

    The papers were chosen by the served ranker, so the best it could do with the
    rest of the catalogue does not show here: the comparison rather understates it.
    """
    tables = _tables(judgements)
    n_pairs = sum(served.size for served, _ in tables)
    liked = sum(served.shape[0] for served, _ in tables)
    other = sum(served.shape[1] for served, _ in tables)
    if not n_pairs:
        return Comparison(np.nan, np.nan, np.nan, np.nan, 0, liked, other)
    served = sum(float(x.sum()) for x, _ in tables) / n_pairs
    frozen = sum(float(y.sum()) for _, y in tables) / n_pairs
    low, high = _interval(tables, seed)
    return Comparison(served, frozen, low, high, n_pairs, liked, other)


Table = tuple[NDArray[np.float64], NDArray[np.float64]]


def _tables(judgements: Sequence[Judgement]) -> list[Table]:
    """Return for each interest and day which (liked, other) pairs each ranker got right."""
    days: dict[tuple[str, date], tuple[list[Judgement], list[Judgement]]] = {}
    for x in judgements:
        if isfinite(x.served) and isfinite(x.seed):
            both = days.setdefault((x.interest_id, x.at.astimezone(UTC).date()), ([], []))
            both[0 if x.liked else 1].append(x)
    return [
        (
            _right([x.served for x in liked], [x.served for x in other]),
            _right([x.seed for x in liked], [x.seed for x in other]),
        )
        for liked, other in days.values()
        if liked and other
    ]


def _right(liked: Sequence[float], other: Sequence[float]) -> NDArray[np.float64]:
    ahead = np.asarray(liked)[:, None] - np.asarray(other)[None, :]
    return np.asarray(np.where(ahead > 0, 1.0, np.where(ahead < 0, 0.0, 0.5)))


def _interval(tables: Sequence[Table], seed: int) -> tuple[float, float]:
    rng = np.random.default_rng(seed)
    leads = [served - frozen for served, frozen in tables]
    n_pairs = sum(x.size for x in leads)
    drawn = np.empty(N_RESAMPLES)
    for i in range(N_RESAMPLES):
        total = 0.0
        for lead in leads:
            n_liked, n_other = lead.shape
            rows = np.bincount(rng.integers(0, n_liked, n_liked), minlength=n_liked)
            columns = np.bincount(rng.integers(0, n_other, n_other), minlength=n_other)
            total += float(rows @ lead @ columns)
        drawn[i] = total / n_pairs
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def verdict(comparison: Comparison) -> str:
    """Say in a sentence or two what a comparison means, and what it needs where it is too small."""
    if not comparison.enough:
        liked = max(MIN_OF_EACH - comparison.n_liked, 0)
        other = max(MIN_OF_EACH - comparison.n_other, 0)
        asks = [f"{liked} more liked"] * bool(liked) + [f"{other} more skipped"] * bool(other)
        needs = " and ".join(asks) or "a few more of both on the same days"
        return f"Too little to say yet: it takes {needs}, of papers that were shown here."
    if comparison.low > 0:
        return "Learning helps: it puts what you like ahead more often than TF-IDF would."
    if comparison.high < 0:
        return (
            "TF-IDF alone would have ordered these papers better. If it stays so, look under "
            "Taste whether two subjects share one interest."
        )
    return "The two cannot be told apart yet on what you have judged."


def intra_list_distance(embedding: NDArray[np.float32]) -> float:
    """Return how unlike papers are on average: 1 - mean cosine over pairs; NaN below two.

    Parameters
    ----------
    embedding
        ``(n_papers, n_dims)``, rows of length 1; all-zero rows are left out.
    """
    rows = embedding[embedding.any(axis=1)].astype(np.float64)
    n = rows.shape[0]
    if n < 2:
        return float("nan")
    total = float(np.square(rows.sum(axis=0)).sum()) - n
    return float(1.0 - total / (n * (n - 1)))
