"""What an average paper scores for a reader, and how far scores spread. Pure.

Measured on a fixed sample of the catalogue, without the papers already judged:
in a small catalogue their scores would be half the spread. Scores are dot
products, so over a dense matrix F both follow from the sums of F and of F'F.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.ranking.base import Rows, Scores, SparseRows
from recommender.ranking.content import Matrix
from recommender.ranking.foldin import Floats

NO_SPREAD = 1e-9


@dataclass(frozen=True, slots=True)
class Scale:
    """Mean and standard deviation of a reader's scores over the sample."""

    mean: float
    spread: float

    @classmethod
    def of_sums(cls, n: float, total: float, squares: float) -> Scale:
        """Return the scale of `n` scores with this sum and sum of squares."""
        if n < 1:
            return cls(0.0, 0.0)
        mean = total / n
        return cls(mean, max(squares / n - mean**2, 0.0) ** 0.5)

    @classmethod
    def of_scores(cls, scores: Scores) -> Scale:
        """Return the scale of scores that are at hand, NaN left out."""
        known = scores[np.isfinite(scores)].astype(np.float64)
        return cls.of_sums(known.size, float(known.sum()), float(known @ known))

    def standard(self, scores: Scores) -> Scores:
        """Return scores in deviations from the mean; all 0 without a spread, NaN stays NaN."""
        if self.spread <= NO_SPREAD * (1.0 + abs(self.mean)):
            return np.where(np.isfinite(scores), np.float32(0), np.float32(np.nan))
        return np.asarray((scores - self.mean) / self.spread, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class DenseSample:
    """Sums over the sampled rows of ``(n_papers, n_columns)`` factors that are not all zero."""

    n: int
    total: Floats
    squares: Floats
    sampled: NDArray[np.bool_]

    @classmethod
    def of(cls, factors: NDArray[np.float32], reference: Rows) -> DenseSample:
        """Sum over the rows of the reference."""
        rows = factors[reference].astype(np.float64)
        used = rows.any(axis=1)
        sampled = np.zeros(factors.shape[0], dtype=bool)
        sampled[reference[used]] = True
        return cls(int(used.sum()), rows.sum(axis=0), rows.T @ rows, sampled)

    def scale(self, direction: NDArray[np.float32], content: Matrix, judged: Rows) -> Scale:
        """Return the scale of ``content @ direction`` over the sample without `judged`."""
        direction = direction.astype(np.float64)
        judged = judged[judged < self.sampled.size]
        left_out = content[judged[self.sampled[judged]]] @ direction
        return Scale.of_sums(
            self.n - left_out.size,
            float(self.total @ direction) - float(left_out.sum()),
            float(direction @ self.squares @ direction) - float(left_out @ left_out),
        )


@dataclass(frozen=True, slots=True)
class SparseSample:
    """The sampled rows of a sparse matrix that are not empty."""

    rows: Rows
    content: SparseRows

    @classmethod
    def of(cls, content: SparseRows, reference: Rows) -> SparseSample:
        """Take the rows of the reference."""
        rows = reference[np.diff(content.indptr)[reference] > 0]
        return cls(rows, content[rows])

    def scale(self, direction: NDArray[np.float32], content: Matrix, judged: Rows) -> Scale:
        """Return the scale of ``content @ direction`` over the sample without `judged`."""
        scores = self.content @ direction
        return Scale.of_scores(scores[~np.isin(self.rows, judged)])
