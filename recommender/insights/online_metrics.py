"""Whether suggestions get better: rates with their uncertainty, learning against the seed. Pure.

Nothing here is a model; it counts what a reader did with what was shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import ceil, isfinite, sqrt

import numpy as np
from numpy.typing import NDArray

Z95 = 1.959964
MIN_PAIRS = 20
MIN_OF_EACH = 8
N_RESAMPLES = 400
SMALL_LEAD = 0.1
"""Part of half an interval below which a difference says nothing of the answers it needs."""


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
    sure
        Share of the resampled logs, 0-1, in which `served` is ahead; NaN while there is too little.
    """

    served: float
    seed: float
    low: float
    high: float
    n_pairs: int
    n_liked: int
    n_other: int
    sure: float = float("nan")

    @property
    def answers_needed(self) -> int | None:
        """How many more answers it takes, at today's difference, until zero lies outside.

        0 where that is so; None where the difference is too small to say.
        """
        lead, half = abs(self.served - self.seed), (self.high - self.low) / 2
        if self.low > 0 or self.high < 0:
            return 0
        if not lead > SMALL_LEAD * half:
            return None
        return ceil((self.n_liked + self.n_other) * ((half / lead) ** 2 - 1)) or 1

    @property
    def enough(self) -> bool:
        """True when there is enough to say anything."""
        return self.n_pairs >= MIN_PAIRS and min(self.n_liked, self.n_other) >= MIN_OF_EACH


def wilson(n_yes: int, n: int) -> tuple[float, float]:
    """Return the bounds of a proportion (Wilson 1927), 0 and 1 where `n` is 0."""
    if n <= 0:
        return 0.0, 1.0
    share, square = n_yes / n, Z95 * Z95 / n
    centre = (share + square / 2) / (1 + square)
    half = Z95 * sqrt(share * (1 - share) / n + square / (4 * n)) / (1 + square)
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
    leads = _resampled_leads(tables, seed)
    low, high = (float(x) for x in np.quantile(leads, [0.025, 0.975]))
    sure = float(np.mean(leads > 0) + np.mean(leads == 0) / 2)
    return Comparison(served, frozen, low, high, n_pairs, liked, other, sure)


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


def _resampled_leads(tables: Sequence[Table], seed: int) -> NDArray[np.float64]:
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
    return drawn


def verdict(comparison: Comparison) -> str:
    """Say in one sentence whether learning helps, how sure that is, and what makes it surer."""
    if not comparison.enough:
        liked = max(MIN_OF_EACH - comparison.n_liked, 0)
        other = max(MIN_OF_EACH - comparison.n_other, 0)
        asks = [f"{liked} more liked"] * bool(liked) + [f"{other} more skipped"] * bool(other)
        needs = " and ".join(asks) or "a few more liked and skipped on the same days"
        return f"Too little to say yet: it takes {needs}, of papers that were shown here."
    order = f"{comparison.served:.0%} of the time, TF-IDF {comparison.seed:.0%}"
    if comparison.low > 0:
        return (
            f"Learning helps you: it puts what you like first {order}, and that is "
            f"{_percent(comparison.sure)} sure."
        )
    if comparison.high < 0:
        return (
            f"Learning does not help you so far: it puts what you like first {order}, and that is "
            f"{_percent(1 - comparison.sure)} sure; look under Taste whether two subjects share "
            "one interest."
        )
    needed = comparison.answers_needed
    surer = (
        "they order alike what you have judged so far"
        if needed is None
        else f"about {needed} more answers to papers shown here would tell"
    )
    return (
        f"Learning and TF-IDF cannot be told apart yet: learning puts what you like first {order}, "
        f"and it is {_percent(comparison.sure)} sure that learning is ahead; {surer}."
    )


def _percent(share: float) -> str:
    """Return a share in whole percent; a resampled one is never 0 or 100."""
    return "over 99 %" if share > 0.99 else f"{max(share, 0.01):.0%}"


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
