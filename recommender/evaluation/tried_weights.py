"""Other weights of the score's parts, tried on past sessions through a reusable hold-out. Pure.

A suggestion keeps the parts of its score. So a past session can be scored with other weights::

    s'(p) = sum_k  m_k * part_k(p)          m = 1: as it was
    a(m)  = mean over sessions of the share of (liked, other) pairs that s' puts in the right order

A session is one interest on one day with a liked and another judged paper. Half of the sessions,
drawn, are the train part and half the hold-out. The search goes from part to part and keeps a
factor that gains; every question, the last one about the whole gain too, goes through
`ReusableHoldout`. So many questions may be asked of one log, at a price: a gain counts only if it
is larger than what the hold-out lets pass.

The same papers are ordered again; which others would have been shown is not known.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, nan, sqrt

import numpy as np
from numpy.typing import NDArray

from recommender.domain.slates import RECENCY
from recommender.evaluation.report import json_number
from recommender.evaluation.reusable_holdout import ReusableHoldout
from recommender.insights.shown_answers import ShownAnswer

FACTORS = (0.0, 0.5, 2.0, 1.0)
N_ROUNDS = 2
BUDGET = 20
"""Questions that the hold-out itself may answer."""
MIN_SESSIONS = 100
NOISE_PER_THRESHOLD = 0.1

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PastSession:
    """Judged papers of one interest and day: part -> ``(n,)`` values, and ``(n,)`` likes."""

    parts: Mapping[str, Floats]
    liked: NDArray[np.bool_]

    def accuracy(self, factors: Mapping[str, float]) -> float:
        """Return the share of pairs in the right order, 0-1; ties count half."""
        scores = np.zeros(self.liked.size)
        for name, values in self.parts.items():
            scores += factors.get(name, 1.0) * values
        ahead = scores[self.liked][:, None] - scores[~self.liked][None, :]
        # Sums in another order differ in the last digits only.
        return float(np.mean((ahead > 1e-9) + 0.5 * (np.abs(ahead) <= 1e-9)))


@dataclass(frozen=True, slots=True)
class TriedWeights:
    """What was found.

    Parameters
    ----------
    n_sessions, needed
        Sessions, and how many more it takes until anything is tried.
    n_asked, n_spent, budget
        Questions, those that the hold-out answered, and how many it may.
    accuracy
        Share of pairs in the right order as it was, 0-1.
    factors
        part -> factor of the best setting; 1 is left out.
    gain_on_train, gain
        Gain in accuracy on the train part, and what the hold-out lets be said.
    resolution
        A gain up to here may be luck: the price of many questions.
    """

    n_sessions: int
    needed: int
    n_asked: int
    n_spent: int
    budget: int
    accuracy: float
    factors: Mapping[str, float]
    gain_on_train: float
    gain: float
    resolution: float

    @property
    def better(self) -> bool:
        """True when the best setting is better by more than luck explains."""
        return not self.needed and self.gain > self.resolution

    def summary(self) -> str:
        """Say in a few sentences what was found and at what price."""
        if self.needed:
            return (
                f"{self.n_sessions} sessions with a liked and another judged paper: too little to "
                f"try other weights. It takes {self.needed} more."
            )
        price = (
            f"{self.n_asked} questions were asked, {self.n_spent} of the budget of {self.budget} "
            f"spent; a gain up to {100 * self.resolution:.1f} points may be luck."
        )
        setting = ", ".join(f"{name} times {x:g}" for name, x in self.factors.items())
        if not self.better:
            tried = f" ({setting}: {100 * self.gain:+.1f} points)" if setting else ""
            return f"No other weights are demonstrably better{tried}. {price}"
        return (
            f"{setting} would have put what you like first {100 * self.gain:+.1f} points more "
            f"often than {self.accuracy:.0%} of the time. {price}"
        )

    def json(self) -> str:
        """Return it as JSON text; what is not a number is null."""
        plain = {
            "sessions": self.n_sessions,
            "needed": self.needed,
            "asked": self.n_asked,
            "spent": self.n_spent,
            "budget": self.budget,
            "accuracy": json_number(self.accuracy),
            "factors": dict(self.factors),
            "gain_on_train": json_number(self.gain_on_train),
            "gain": json_number(self.gain),
            "resolution": json_number(self.resolution),
            "better": self.better,
            "summary": self.summary(),
        }
        return json.dumps(plain, indent=2, allow_nan=False) + "\n"


def past_sessions(answers: Sequence[ShownAnswer]) -> list[PastSession]:
    """Return one reader's sessions, oldest first.

    Parameters
    ----------
    answers
        The reader's, oldest first.
    """
    days: dict[tuple[str, str], list[tuple[Mapping[str, float], bool]]] = {}
    for _, slate, item, was_liked in answers:
        if item.parts and RECENCY not in item.parts:
            day = (item.interest_id or "", slate.created_at.date().isoformat())
            days.setdefault(day, []).append((item.parts, was_liked))
    found = []
    for judged in days.values():
        liked = np.array([x for _, x in judged], dtype=bool)
        if liked.all() or not liked.any():
            continue
        names = sorted({name for parts, _ in judged for name in parts})
        of_part = {
            name: np.nan_to_num(np.array([parts.get(name, 0.0) for parts, _ in judged], float))
            for name in names
        }
        found.append(PastSession(of_part, liked))
    return found


def try_weights(sessions: Sequence[PastSession], seed: int = 0) -> TriedWeights:
    """Search for better weights; the same seed and sessions give the same answers."""
    n = len(sessions)
    if n < MIN_SESSIONS:
        return TriedWeights(n, MIN_SESSIONS - n, 0, 0, BUDGET, nan, {}, nan, nan, nan)
    order = np.random.default_rng(seed).permutation(n)
    halves = [[sessions[i] for i in part] for part in (order[: n // 2], order[n // 2 :])]
    threshold = resolution_of(len(halves[1]))
    noise = NOISE_PER_THRESHOLD * threshold
    holdout = ReusableHoldout(BUDGET, threshold, noise, seed)
    as_it_was = [_accuracies(x, {}) for x in halves]
    best: dict[str, float] = {}
    of_best = list(as_it_was)
    parts = sorted({name for x in sessions for name in x.parts})
    for _ in range(N_ROUNDS):
        for name in parts:
            for factor in FACTORS:
                if factor == best.get(name, 1.0):
                    continue
                tried = best | {name: factor}
                found = [_accuracies(x, tried) for x in halves]
                gain = holdout.answer(*_gains(found, of_best))
                if gain is not None and gain > 0:
                    best, of_best = tried, found
    train, held = _gains(of_best, as_it_was)
    gain = holdout.answer(train, held)
    return TriedWeights(
        n,
        0,
        holdout.n_asked,
        holdout.n_spent,
        BUDGET,
        float(np.concatenate(as_it_was).mean()),
        {name: x for name, x in best.items() if x != 1.0},
        train,
        nan if gain is None else gain,
        threshold + 4 * noise,
    )


def resolution_of(n_held: int) -> float:
    """Return how far train and hold-out may lie apart: two standard errors, at a deviation of .35.

    A share of pairs lies between 0 and 1; differences of two settings vary less than that.
    """
    return ceil(1e4 / sqrt(n_held)) / 1e4


def _accuracies(sessions: Sequence[PastSession], factors: Mapping[str, float]) -> Floats:
    return np.array([x.accuracy(factors) for x in sessions])


def _gains(found: Sequence[Floats], before: Sequence[Floats]) -> tuple[float, float]:
    train, held = (float(np.mean(x - y)) for x, y in zip(found, before, strict=True))
    return train, held
