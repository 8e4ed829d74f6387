"""What an average paper scores for a reader, and how far scores spread. Pure.

Measured on a fixed sample of the catalogue, without the papers already judged:
in a small catalogue their scores would be half the spread. Scores are dot
products, so over a dense matrix F both follow from the sums of F and of F'F.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.ranking.als.fold_in import Floats
from recommender.ranking.base import Rows, Scores, SparseRows, places_of
from recommender.ranking.content.rocchio import Matrix

NO_SPREAD = 1e-7
"""Scores that differ by no more are level: sums of squares, subtracted, round about so far off."""


@dataclass(frozen=True, slots=True)
class ZScore:
    """Mean and standard deviation of scores over the sample; may hold one for many columns."""

    mean: Floats
    std: Floats

    @classmethod
    def of_sums(cls, n: Floats, total: Floats, squares: Floats) -> ZScore:
        """Return the scale of `n` scores with this sum and sum of squares."""
        n = np.maximum(n, 1)
        mean = total / n
        return cls(mean, np.sqrt(np.maximum(squares / n - mean**2, 0.0)))

    def coefficients(self, weight: float) -> tuple[np.float32, np.float32]:
        """Return gain and offset: ``gain * score + offset`` is `weight` times `transform`."""
        if self.std <= NO_SPREAD * (1.0 + np.abs(self.mean)):
            return np.float32(0), np.float32(0)
        gain = weight / self.std
        return np.float32(gain), np.float32(-gain * self.mean)

    def transform(self, scores: Scores | Floats) -> Scores:
        """Return scores in deviations from the mean; all 0 without a spread, NaN stays NaN."""
        flat = self.std <= NO_SPREAD * (1.0 + np.abs(self.mean))
        deviations = np.where(flat, 0.0, 1.0) * (scores - self.mean)
        return np.asarray(deviations / np.where(flat, 1.0, self.std), dtype=np.float32)


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

    def z_score(
        self,
        directions: Floats | NDArray[np.float32],
        content: Matrix,
        judged: Rows,
        restored: Rows | None = None,
    ) -> ZScore:
        """Return the scale of ``content @ directions`` over the sample without `judged`.

        Parameters
        ----------
        directions
            ``(n_columns,)``, or ``(n_columns, n_directions)`` for several.
        restored
            For every direction one judged row that counts for it all the same.
        """
        directions = directions.astype(np.float64)
        judged = judged[judged < self.sampled.size]
        judged = judged[self.sampled[judged]]
        out = np.asarray(content[judged] @ directions)
        left = np.ones(out.shape)
        if restored is not None:
            left = np.where(judged[:, None] == restored, 0.0, 1.0)
        return ZScore.of_sums(
            self.n - left.sum(axis=0),
            self.total @ directions - (left * out).sum(axis=0),
            (directions * (self.squares @ directions)).sum(axis=0) - (left * out**2).sum(axis=0),
        )


@dataclass(frozen=True, slots=True)
class SparseSample:
    """The sampled rows of a sparse matrix that are not empty, ascending, and the same by column."""

    rows: Rows
    content: SparseRows
    by_column: SparseRows

    @classmethod
    def of(cls, content: SparseRows, reference: Rows) -> SparseSample:
        """Take the rows of the reference."""
        rows = reference[np.diff(content.indptr)[reference] > 0]
        return cls(rows, content[rows], content[rows].T.tocsr())

    def z_score(self, direction: NDArray[np.float32], content: Matrix, judged: Rows) -> ZScore:
        """Return the scale of ``content @ direction`` over the sample without `judged`."""
        scores, out = (self.content @ direction).astype(np.float64), places_of(self.rows, judged)
        scores[out] = 0.0
        return ZScore.of_sums(*np.array([scores.size - out.size, scores.sum(), scores @ scores]))

    def kept(self, judged: Rows) -> NDArray[np.bool_]:
        """Return which rows of the sample count, ``(n_sample,)``: those not judged."""
        kept = np.ones(self.rows.size, dtype=bool)
        kept[places_of(self.rows, judged)] = False
        return kept
