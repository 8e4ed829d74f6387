"""From a score to the chance of a like: Platt's curve, learnt from past answers. Pure.

Platt (1999): ``chance = 1 / (1 + exp(-(intercept + slope * score)))``, newer answers
counting more. What is a high score differs from reader to reader, so readers share a curve
over the distance from their own mean score; each is pulled towards their own answers as far
as there are any: the most probable curve under a normal prior around the shared one. On
simulated sessions that halves the error of a curve over the scores as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from recommender.ranking.als.fold_in import Floats

MIN_VERDICTS = 20
MIN_OF_EACH = 3
"""The floor: with fewer answers, or fewer likes or skips among them, no chance is said."""
MAX_VERDICTS = 300
"""Answers of a reader that are looked at, the newest."""
HALF_LIFE_VERDICTS = 60.0
"""How many later answers take away half of what an answer counts."""
STEPS = 25
SHARED_CURVE = "calibration.shared"
"""Name of the curve of all readers among the arrays of a model."""


@dataclass(frozen=True, slots=True)
class ScoredVerdicts:
    """How a reader answered what was shown, oldest first.

    `scores` are ``(n,) float64`` as they were shown, `liked` ``(n,) bool``.
    """

    scores: Floats
    liked: NDArray[np.bool_]

    @classmethod
    def of(cls, pairs: Sequence[tuple[float, bool]]) -> Self:
        """Take the newest `MAX_VERDICTS` of (score, liked)."""
        newest = pairs[-MAX_VERDICTS:]
        scores = np.array([score for score, _ in newest], dtype=np.float64)
        return cls(scores, np.array([liked for _, liked in newest], dtype=bool))

    @property
    def mean(self) -> float:
        """The mean score; 0 without answers."""
        return float(self.scores.mean()) if self.scores.size else 0.0

    @property
    def weights(self) -> Floats:
        """What each answer counts: the newest 1."""
        age = np.arange(self.scores.size)[::-1]
        return np.asarray(0.5 ** (age / HALF_LIFE_VERDICTS))

    @property
    def enough(self) -> bool:
        """True when there are as many as the floor asks for."""
        likes = int(self.liked.sum())
        return (
            self.liked.size >= MIN_VERDICTS
            and likes >= MIN_OF_EACH
            and self.liked.size - likes >= MIN_OF_EACH
        )


@dataclass(frozen=True, slots=True)
class CalibrationCurve:
    """What a score means; `slope` is at least 0."""

    intercept: float
    slope: float

    def chances(self, scores: Floats) -> Floats:
        """Return the chance of a like for each score, between 0 and 1."""
        return _sigmoid(self.intercept + self.slope * scores)

    def chance(self, score: float) -> float:
        """Return the chance of a like for one score, between 0 and 1."""
        return float(self.chances(np.array([score]))[0])

    def score(self, chance: float) -> float:
        """Return the score at which a like has this chance, between 0 and 1.

        Raises
        ------
        ValueError
            The slope is 0, so that all scores have the same chance.
        """
        if self.slope <= 0:
            raise ValueError("all scores have the same chance")
        return float((np.log(chance / (1 - chance)) - self.intercept) / self.slope)

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

    curve: CalibrationCurve
    intercept_std: float
    slope_std: float


DEFAULT_PRIOR = Prior(CalibrationCurve(-2.0, 0.3), 1.5, 0.3)
"""Before any answer: what simulated readers gave, held loosely."""
INTERCEPT_STD, SLOPE_STD = 1.0, 0.2
"""How far readers of one installation lie from their shared curve."""


def shared_curve(of_readers: Sequence[ScoredVerdicts]) -> CalibrationCurve:
    """Return the curve of all readers' answers together; that of `DEFAULT_PRIOR` without any.

    It is one over the distance from a reader's mean score.
    """
    if not of_readers:
        return DEFAULT_PRIOR.curve
    distances = np.concatenate([x.scores - x.mean for x in of_readers])
    liked = np.concatenate([x.liked for x in of_readers])
    return fitted(distances, liked, np.concatenate([x.weights for x in of_readers]), DEFAULT_PRIOR)


def curve_of(answers: ScoredVerdicts, shared: CalibrationCurve | None) -> CalibrationCurve | None:
    """Return one reader's curve, or None below the floor.

    Parameters
    ----------
    shared
        The curve of all readers, see `shared_curve`; None where there are no others.
    """
    if not answers.enough:
        return None
    prior = DEFAULT_PRIOR if shared is None else Prior(shared, INTERCEPT_STD, SLOPE_STD)
    coefficients = fitted(answers.scores - answers.mean, answers.liked, answers.weights, prior)
    return CalibrationCurve(
        coefficients.intercept - coefficients.slope * answers.mean, coefficients.slope
    )


def fitted(
    scores: Floats, liked: NDArray[np.bool_], weights: Floats, prior: Prior
) -> CalibrationCurve:
    """Return the most probable curve, by Newton's method; a slope never falls below 0."""
    design = np.column_stack([np.ones(scores.size), scores])
    centre = prior.curve.as_array()
    precision = np.diag([prior.intercept_std**-2, prior.slope_std**-2])
    coefficients = centre.copy()
    for _ in range(STEPS):
        chances = _sigmoid(design @ coefficients)
        gradient = design.T @ (weights * (liked - chances)) - precision @ (coefficients - centre)
        bend = weights * chances * (1 - chances)
        curvature = (design * bend[:, None]).T @ design + precision
        step = np.linalg.solve(curvature, gradient)
        coefficients = coefficients + np.clip(step, -2.0, 2.0)
        if float(np.abs(step).max()) < 1e-8:
            break
    if coefficients[1] < 0:
        rate = (float(weights @ liked) + 0.5) / (float(weights.sum()) + 1.0)
        return CalibrationCurve(float(np.log(rate / (1 - rate))), 0.0)
    return CalibrationCurve(float(coefficients[0]), float(coefficients[1]))


def _sigmoid(logits: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -60.0, 60.0))))
