"""From a score to the chance of a like: Platt's curve, learnt from past answers. Pure.

Platt (1999): ``chance = 1 / (1 + exp(-(intercept + slope * score)))``. Scores are standard
scores already, so readers share a curve; each is pulled towards their own answers as far as
there are any: the most probable curve under a normal prior around the shared one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from recommender.ranking.foldin import Floats

LEAST_ANSWERS = 20
LEAST_OF_EACH = 3
"""The floor: with fewer answers, or fewer likes or skips among them, no chance is said."""
MOST_ANSWERS = 300
"""Answers of a reader that are looked at, the newest."""
STEPS = 25
SHARED_CURVE = "calibration.shared"
"""Name of the curve of all readers among the arrays of a model."""


@dataclass(frozen=True, slots=True)
class Answers:
    """How a reader answered what was shown, oldest first.

    `scores` are ``(n,) float64`` as they were shown, `liked` ``(n,) bool``.
    """

    scores: Floats
    liked: NDArray[np.bool_]

    @classmethod
    def of(cls, pairs: Sequence[tuple[float, bool]]) -> Self:
        """Take the newest `MOST_ANSWERS` of (score, liked)."""
        newest = pairs[-MOST_ANSWERS:]
        scores = np.array([score for score, _ in newest], dtype=np.float64)
        return cls(scores, np.array([liked for _, liked in newest], dtype=bool))

    @property
    def enough(self) -> bool:
        """True when there are as many as the floor asks for."""
        likes = int(self.liked.sum())
        return (
            self.liked.size >= LEAST_ANSWERS
            and likes >= LEAST_OF_EACH
            and self.liked.size - likes >= LEAST_OF_EACH
        )


@dataclass(frozen=True, slots=True)
class Curve:
    """What a score means; `slope` is at least 0."""

    intercept: float
    slope: float

    def chances(self, scores: Floats) -> Floats:
        """Return the chance of a like for each score, between 0 and 1."""
        return _sigmoid(self.intercept + self.slope * scores)

    def chance(self, score: float) -> float:
        """Return the chance of a like for one score, between 0 and 1."""
        return float(self.chances(np.array([score]))[0])

    def as_array(self) -> Floats:
        """Return intercept and slope."""
        return np.array([self.intercept, self.slope])

    @classmethod
    def from_array(cls, numbers: NDArray[np.float64]) -> Self:
        """Rebuild what `as_array` gave."""
        intercept, slope = numbers.tolist()
        return cls(intercept, slope)


@dataclass(frozen=True, slots=True)
class Prior:
    """A curve, and how far others may lie from it: standard deviations of both numbers."""

    curve: Curve
    of_intercept: float
    of_slope: float


FIRST = Prior(Curve(-2.5, 0.5), 2.0, 0.5)
"""Before any answer: what simulated readers gave, held loosely."""
OF_INTERCEPT, OF_SLOPE = 1.0, 0.25
"""How far readers of one installation lie from their shared curve."""


def shared_curve(of_readers: Sequence[Answers]) -> Curve:
    """Return the curve of all readers' answers together; that of `FIRST` without any."""
    if not of_readers:
        return FIRST.curve
    scores = np.concatenate([x.scores for x in of_readers])
    return fitted(Answers(scores, np.concatenate([x.liked for x in of_readers])), FIRST)


def curve_of(answers: Answers, shared: Curve | None) -> Curve | None:
    """Return one reader's curve, or None below the floor.

    Parameters
    ----------
    shared
        The curve of all readers; None where there are no others.
    """
    if not answers.enough:
        return None
    return fitted(answers, FIRST if shared is None else Prior(shared, OF_INTERCEPT, OF_SLOPE))


def fitted(answers: Answers, prior: Prior) -> Curve:
    """Return the most probable curve, by Newton's method; a slope never falls below 0."""
    design = np.column_stack([np.ones(answers.scores.size), answers.scores])
    centre = prior.curve.as_array()
    precision = np.diag([prior.of_intercept**-2, prior.of_slope**-2])
    found = centre.copy()
    for _ in range(STEPS):
        chances = _sigmoid(design @ found)
        gradient = design.T @ (answers.liked - chances) - precision @ (found - centre)
        curvature = (design * (chances * (1 - chances))[:, None]).T @ design + precision
        step = np.linalg.solve(curvature, gradient)
        found = found + np.clip(step, -2.0, 2.0)
        if float(np.abs(step).max()) < 1e-8:
            break
    if found[1] < 0:
        rate = (answers.liked.sum() + 0.5) / (answers.liked.size + 1.0)
        return Curve(float(np.log(rate / (1 - rate))), 0.0)
    return Curve(float(found[0]), float(found[1]))


def _sigmoid(logits: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -60.0, 60.0))))
