"""A thousand adaptive questions: nothing is gained where there is nothing, and signal is found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from recommender.evaluation.reusable_holdout import ReusableHoldout

N, N_FEATURES, N_SIGNAL = 4000, 1000, 20
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Part:
    """Features and labels of 1 and -1; the first features may say something of the label."""

    features: Floats
    labels: Floats

    @classmethod
    def drawn(cls, seed: int, signal: float) -> Part:
        rng = np.random.default_rng(seed)
        labels = rng.choice([-1.0, 1.0], N)
        features = rng.normal(size=(N, N_FEATURES))
        features[:, :N_SIGNAL] += signal * labels[:, None]
        return cls(features, labels)

    def correlations(self) -> Floats:
        return self.labels @ self.features / N

    def accuracy(self, weights: Floats) -> float:
        return float(np.mean(np.sign(self.features @ weights) == self.labels))


def chosen(train: Floats, answers: Floats) -> Floats:
    """Weights of the features that train and answer agree on, by how strongly."""
    agree = (np.sign(train) == np.sign(answers)) & (np.abs(answers) > 1 / np.sqrt(N))
    return np.where(agree, train, 0.0)


def asked(train: Part, holdout: Part, seed: int) -> tuple[Floats, ReusableHoldout]:
    """Put all questions to a reusable hold-out; after its budget only the train part is left."""
    held = ReusableHoldout(budget=200, threshold=0.06, tolerance=0.006, seed=seed)
    pairs = zip(train.correlations().tolist(), holdout.correlations().tolist(), strict=True)
    answers = [held.answer(a, b) for a, b in pairs]
    given = [a if x is None else x for x, a in zip(answers, train.correlations(), strict=True)]
    return chosen(train.correlations(), np.array(given)), held


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_a_thousand_questions_about_noise_gain_nothing(seed: int) -> None:
    train, holdout, fresh = (Part.drawn(10 * seed + i, 0.0) for i in range(3))
    reused = chosen(train.correlations(), holdout.correlations())
    # Asked directly, the hold-out is fitted to: it promises what new data do not hold.
    assert holdout.accuracy(reused) > 0.57
    assert fresh.accuracy(reused) == pytest.approx(0.5, abs=0.03)
    weights, held = asked(train, holdout, seed)
    assert held.n_asked == N_FEATURES
    assert not held.spent
    assert holdout.accuracy(weights) == pytest.approx(0.5, abs=0.03)
    said = held.answer(train.accuracy(weights), holdout.accuracy(weights))
    assert said == pytest.approx(fresh.accuracy(weights), abs=0.04)


def test_signal_is_found() -> None:
    train, holdout, fresh = (Part.drawn(i, 0.08) for i in range(3))
    weights, held = asked(train, holdout, 0)
    said = held.answer(train.accuracy(weights), holdout.accuracy(weights))
    assert fresh.accuracy(weights) > 0.55
    assert said == pytest.approx(fresh.accuracy(weights), abs=0.04)


def test_a_spent_budget_answers_no_more() -> None:
    held = ReusableHoldout(budget=2, threshold=0.01, tolerance=1e-6)
    answers = [held.answer(0.9, 0.5), held.answer(0.5, 0.5), held.answer(0.9, 0.4)]
    assert answers == pytest.approx([0.5, 0.5, 0.4], abs=1e-4)
    assert held.spent
    assert held.answer(0.5, 0.5) is None
    assert (held.n_asked, held.n_spent) == (3, 2)


def test_senseless_bounds_are_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        ReusableHoldout(budget=0, threshold=0.1, tolerance=0.1)
