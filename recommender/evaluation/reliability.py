"""Whether the chances of a like that the product would have said come true. Pure.

Played as it would have been lived: before each round a reader's curve is made from
their answers so far, and from a shared curve that other readers' sessions gave. Readers
below the floor are told nothing and count for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.insights.reliability import calibration_error
from recommender.ranking.calibration import CalibrationCurve, ScoredVerdicts, curve_of, shared_curve


@dataclass(frozen=True, slots=True)
class Predictions:
    """What was said and what happened: ``(n,)`` chances, likes, and each reader's rate so far."""

    chances: NDArray[np.float64]
    liked: NDArray[np.bool_]
    rates: NDArray[np.float64]


def reliability(sessions: Sequence[Sequence[ScoredVerdicts]]) -> Mapping[str, float]:
    """Return ``brier``, ``brier of rate``, ``ece`` and ``n told`` of simulated sessions.

    ``brier`` is the mean squared distance of chance and outcome (Brier 1950), ``brier of
    rate`` the same for somebody who always says the reader's rate of likes so far. ``ece``
    is the mean distance of chance and frequency over ten equally large groups.

    Parameters
    ----------
    sessions
        For every reader the answers of each round. Every other reader's sessions give
        the shared curve; the rest are told chances.

    Returns
    -------
    Empty where no reader reaches the floor.
    """
    shared = shared_curve([_together(rounds) for rounds in sessions[1::2]])
    predictions = [x for rounds in sessions[::2] for x in _predictions(rounds, shared)]
    if not predictions:
        return {}
    chances, rates = (
        np.concatenate([getattr(x, k) for x in predictions]) for k in ("chances", "rates")
    )
    liked = np.concatenate([x.liked for x in predictions])
    return {
        "brier": float(np.mean((chances - liked) ** 2)),
        "brier of rate": float(np.mean((rates - liked) ** 2)),
        "ece": calibration_error(chances, liked),
        "n told": float(chances.size),
    }


def _predictions(rounds: Sequence[ScoredVerdicts], shared: CalibrationCurve) -> list[Predictions]:
    found = []
    for number in range(1, len(rounds)):
        past = _together(rounds[:number])
        curve = curve_of(past, shared)
        if curve is not None:
            asked = rounds[number]
            rate = np.full(asked.liked.size, past.liked.mean())
            found.append(Predictions(curve.chances(asked.scores), asked.liked, rate))
    return found


def _together(rounds: Sequence[ScoredVerdicts]) -> ScoredVerdicts:
    return ScoredVerdicts(
        np.concatenate([x.scores for x in rounds]), np.concatenate([x.liked for x in rounds])
    )
