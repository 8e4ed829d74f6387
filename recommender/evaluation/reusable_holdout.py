"""A hold-out that can be asked many times without being fitted to. Pure.

Thresholdout (Dwork, Feldman, Hardt, Pitassi, Reingold & Roth 2015, Science 349). A question is a
mean over the answers of a log; it is put to a train part and to a hold-out part::

    T' = threshold + Lap(2 tolerance)
    |train - holdout| <= T' + Lap(4 tolerance):   the answer is train, the hold-out tells nothing
    otherwise:  the answer is holdout + Lap(tolerance), one of the budget is spent, T' drawn again

So only questions whose train answer does not hold cost anything, and each gives away little. Once
the budget is spent the hold-out answers no more.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass
class ReusableHoldout:
    """Answers questions from the train part as long as the hold-out part agrees.

    Parameters
    ----------
    budget
        How many questions the hold-out itself may answer.
    threshold
        How far train and hold-out may lie apart.
    tolerance
        Scale of the noise, in the units of the answers.

    Attributes
    ----------
    n_asked, n_spent
        Questions so far, and those that the hold-out answered.
    """

    budget: int
    threshold: float
    tolerance: float
    seed: int = 0
    n_asked: int = field(default=0, init=False)
    n_spent: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        if self.budget < 1 or self.threshold <= 0 or self.tolerance <= 0:
            raise ValueError("budget, threshold and tolerance must be above 0")
        self._rng = np.random.default_rng(self.seed)
        self._border = self._drawn_border()

    @property
    def spent(self) -> bool:
        """True when the hold-out answers no more."""
        return self.n_spent >= self.budget

    def answer(self, train: float, holdout: float) -> float | None:
        """Return the answer to a question; None when the budget is spent.

        Parameters
        ----------
        train, holdout
            The mean over the train part and over the hold-out part. The asker must not see the
            second.
        """
        if self.spent:
            return None
        self.n_asked += 1
        if abs(train - holdout) <= self._border + self._noise(4):
            return train
        self.n_spent += 1
        self._border = self._drawn_border()
        return holdout + self._noise(1)

    def _drawn_border(self) -> float:
        return self.threshold + self._noise(2)

    def _noise(self, times: float) -> float:
        return float(self._rng.laplace(0.0, times * self.tolerance))
