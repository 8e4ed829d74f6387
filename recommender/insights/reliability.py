"""Whether the stated chances of a like come true, from the log. Pure.

A suggestion keeps the chance that was stated when it was shown. So each chance is older than the
answer it is compared with, and no curve is judged by an answer that it was fitted on. With chance
``p``, answer ``y`` (1 for a like or save) and groups ``g`` of equal size, ordered by chance::

    Brier = mean((p - y)^2)                              Brier 1950
    ECE   = sum_g  n_g / n * |mean_g(p) - mean_g(y)|     expected calibration error, Naeini 2015

Even chances that are exactly right have an ECE above zero, since answers are few: the ECE of
answers that are drawn from the stated chances says how much of it is luck.

Suggestions without an answer say nothing and are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import nan

import numpy as np
from numpy.typing import NDArray

from recommender.domain.slates import RECENCY
from recommender.insights.off_policy import Interval, mean_interval
from recommender.insights.online_metrics import wilson
from recommender.insights.shown_answers import ShownAnswer
from recommender.ranking.calibration import MIN_OF_EACH, MIN_VERDICTS

MIN_STATED = 50
"""Answers to stated chances below which nothing is said."""
MOST_GROUPS, LEAST_IN_GROUP = 10, 20
MOST_PARTS = 4
N_SIMULATED = 200


@dataclass(frozen=True, slots=True)
class StatedChance:
    """One answered suggestion that stated a chance.

    `chance` (0-1) was stated before the answer; `rate` is the reader's share of likes among the
    answers before it, which is what could have been said without a score.
    """

    at: datetime
    chance: float
    liked: bool
    rate: float


@dataclass(frozen=True, slots=True)
class StatedChances:
    """What one reader answered, oldest first.

    `n_liked` and `n_other` count all answers to ranked suggestions, with and without a chance.
    """

    answers: tuple[StatedChance, ...]
    n_liked: int
    n_other: int

    @property
    def missing(self) -> int:
        """How many answers it takes until a chance is stated; 0 once one was."""
        if self.answers:
            return 0
        of_each = sum(max(MIN_OF_EACH - x, 0) for x in (self.n_liked, self.n_other))
        return max(MIN_VERDICTS - self.n_liked - self.n_other, of_each)


@dataclass(frozen=True, slots=True)
class ReliabilityGroup:
    """A point of the reliability curve: `n` answers with about the same chance.

    `chance` is their mean chance, `liked` the share that was liked, with its 95 % interval.
    """

    chance: float
    liked: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Reliability:
    """How far stated chances came true.

    Parameters
    ----------
    n
        Answers to stated chances.
    brier, brier_of_rate
        Of the chances, and of the reader's own rate of likes so far; NaN without any.
    minus_rate
        ``brier - brier_of_rate`` with its 95 % interval: below 0 the chances say more.
    error
        Expected calibration error, 0-1; NaN without any.
    luck, most_luck
        Mean and 95 % quantile of the error that true chances would have.
    curve
        Groups of about the same chance, the lowest first.
    needed
        How many more answers it takes until anything can be said; 0 where there are enough.
    """

    n: int
    brier: float
    brier_of_rate: float
    minus_rate: Interval
    error: float
    luck: float
    most_luck: float
    curve: tuple[ReliabilityGroup, ...]
    needed: int

    @property
    def enough(self) -> bool:
        """True when there is enough to say anything."""
        return not self.needed

    @property
    def off(self) -> bool:
        """True when the chances are off by more than luck explains."""
        return self.enough and self.error > self.most_luck


def stated_chances(answers: Sequence[ShownAnswer]) -> StatedChances:
    """Return what one reader answered to suggestions that stated a chance.

    Parameters
    ----------
    answers
        The reader's, oldest first.
    """
    found = []
    n = n_liked = 0
    ranked = {True: 0, False: 0}
    for event, _, item, liked in answers:
        if item.chance is not None:
            rate = (n_liked + 0.5) / (n + 1)
            found.append(StatedChance(event.created_at, item.chance, liked, rate))
        n, n_liked = n + 1, n_liked + liked
        ranked[liked] += RECENCY not in item.parts
    return StatedChances(tuple(found), ranked[True], ranked[False])


def reliability_of(answers: Sequence[StatedChance], missing: int = 0, seed: int = 0) -> Reliability:
    """Compare stated chances with what was answered.

    Parameters
    ----------
    answers
        Of one reader or of several.
    missing
        How many answers it takes until the first chance is stated, see `StatedChances.missing`.
    """
    n = len(answers)
    needed = missing + max(MIN_STATED - n, 0)
    if not n:
        nothing = Interval(nan, nan, nan)
        return Reliability(0, nan, nan, nothing, nan, nan, nan, (), needed)
    chances, rates = (np.array([getattr(x, k) for x in answers]) for k in ("chance", "rate"))
    liked = np.array([x.liked for x in answers], dtype=bool)
    lost, lost_by_rate = (chances - liked) ** 2, (rates - liked) ** 2
    minus_rate = (float(x) for x in mean_interval(lost - lost_by_rate))
    groups = n_groups(n)
    by_luck = _errors_by_luck(chances, groups, seed)
    return Reliability(
        n,
        float(lost.mean()),
        float(lost_by_rate.mean()),
        Interval(*minus_rate),
        calibration_error(chances, liked, groups),
        float(by_luck.mean()),
        float(np.quantile(by_luck, 0.95)),
        _curve(chances, liked, groups),
        needed,
    )


def in_time(answers: Sequence[StatedChance]) -> list[Sequence[StatedChance]]:
    """Return consecutive parts of the answers, oldest first, each with `MIN_STATED` at least.

    At most `MOST_PARTS`; one part where there are too few for two.
    """
    ordered = sorted(answers, key=lambda x: x.at)
    n_parts = min(max(len(ordered) // MIN_STATED, 1), MOST_PARTS)
    places = np.array_split(np.arange(len(ordered)), n_parts)
    return [[ordered[i] for i in part] for part in places]


def n_groups(n: int) -> int:
    """Return into how many groups `n` answers are put: two at least, ten at most."""
    return int(np.clip(n // LEAST_IN_GROUP, 2, MOST_GROUPS))


def calibration_error(
    chances: NDArray[np.float64], liked: NDArray[np.bool_], groups: int = MOST_GROUPS
) -> float:
    """Return the mean distance of chance and frequency over equally large groups."""
    apart = [x.size * abs(chances[x].mean() - liked[x].mean()) for x in _grouped(chances, groups)]
    return float(sum(apart) / chances.size)


def reliability_verdict(found: Reliability) -> str:
    """Say in one sentence whether stated chances come true, or what is missing."""
    if not found.enough:
        return (
            f"Too little to say yet: it takes about {found.needed} more answers to suggestions, "
            f"{MIN_STATED} of them with a stated chance."
        )
    points = (
        f"over {found.n} answers they were off by {100 * found.error:.0f} points on average, "
        f"and chances that are exactly right would be off by up to {100 * found.most_luck:.0f} "
        "through luck"
    )
    if not found.off:
        return f"Nothing speaks against the stated chances: {points}."
    stated = sum(x.n * x.chance for x in found.curve) / found.n
    liked = sum(x.n * x.liked for x in found.curve) / found.n
    return (
        f"The stated chances are off: {points}. On average {stated:.0%} were stated and "
        f"{liked:.0%} were liked."
    )


def _curve(
    chances: NDArray[np.float64], liked: NDArray[np.bool_], groups: int
) -> tuple[ReliabilityGroup, ...]:
    return tuple(
        ReliabilityGroup(
            float(chances[x].mean()),
            float(liked[x].mean()),
            *wilson(int(liked[x].sum()), x.size),
            x.size,
        )
        for x in _grouped(chances, groups)
    )


def _errors_by_luck(chances: NDArray[np.float64], groups: int, seed: int) -> NDArray[np.float64]:
    """Return the calibration errors of answers drawn from the chances, ``(N_SIMULATED,)``."""
    rng, ordered = np.random.default_rng(seed), np.sort(chances)
    starts = np.cumsum([0, *(x.size for x in np.array_split(ordered, groups) if x.size)])[:-1]
    expected = np.add.reduceat(ordered, starts)
    errors = np.empty(N_SIMULATED)
    for i in range(N_SIMULATED):
        liked = (rng.random(ordered.size) < ordered).astype(np.float64)
        errors[i] = np.abs(np.add.reduceat(liked, starts) - expected).sum() / ordered.size
    return errors


def _grouped(chances: NDArray[np.float64], groups: int) -> list[NDArray[np.intp]]:
    """Return the places of the answers in groups of equal size, the lowest chances first."""
    order = np.argsort(chances, kind="stable")
    return [x for x in np.array_split(order, groups) if x.size]
