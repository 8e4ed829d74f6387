"""Readers who liked the same: a walk from papers to readers to papers. Pure.

RP3beta (Paudel et al. 2017, "Updatable, accurate, diverse, and scalable
recommendations"), walked from the liked papers instead of stored as a matrix
of papers: steps are taken with probabilities to the power `ALPHA`, and what
arrives is divided by popularity to the power `BETA`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from recommender.features.append_buffer import appended
from recommender.features.serialisation import cells_of, matrix_of
from recommender.ranking.base import (
    Arrays,
    Features,
    Profile,
    Rows,
    Scores,
    SparseRows,
    row_cells,
    sum_of_rows,
    valid_rows,
)
from recommender.ranking.fusion.normalisation import ZScore

ALPHA = 0.6
BETA = 0.1
GROWING = ("to_readers_starts", "damping")
"""The arrays to which papers after the fit are appended."""


@dataclass(frozen=True)
class NeighbourRanker:
    """Scores a paper by how easily the walk from the likes reaches it.

    `to_papers` is ``(n_readers, n_papers)``, `to_readers` its counterpart,
    both of step weights; `damping` is ``(n_papers,)``. A paper no reader liked
    cannot be reached: NaN.
    """

    to_papers: SparseRows | None = None
    to_readers: SparseRows | None = None
    damping: NDArray[np.float32] | None = None
    name: ClassVar[str] = "neighbours"

    def fit(self, features: Features, reader_papers: SparseRows, seed: int) -> Self:
        """Count the steps; skips take no part."""
        likes = reader_papers.copy()
        likes.data = np.maximum(likes.data, np.float32(0))
        likes.eliminate_zeros()
        return self._of_likes(likes)

    @classmethod
    def _of_likes(cls, likes: SparseRows) -> Self:
        liked_by = likes.T.tocsr()
        popularity = np.asarray(liked_by.sum(axis=1)).ravel()
        damping = np.divide(
            1.0, popularity**BETA, out=np.zeros_like(popularity), where=popularity > 0
        )
        return cls(_steps(likes), _steps(liked_by), damping.astype(np.float32))

    def extended(self, features: Features) -> Self:
        """Make room for papers that no reader can have liked yet."""
        to_papers, to_readers, damping = self._need()
        n_new = len(features) - damping.size
        if n_new == 0:
            return self
        n_readers, n_papers = to_papers.shape
        wide = csr_matrix(
            (to_papers.data, to_papers.indices, to_papers.indptr),
            shape=(n_readers, n_papers + n_new),
        )
        starts = to_readers.indptr
        starts = appended(starts, np.full(n_new, starts[-1], dtype=starts.dtype))
        tall = csr_matrix(
            (to_readers.data, to_readers.indices, starts), shape=(n_papers + n_new, n_readers)
        )
        damping = appended(damping, np.zeros(n_new, dtype=np.float32))
        return replace(self, to_papers=wide, to_readers=tall, damping=damping)

    def score(self, profile: Profile, papers: Rows) -> Scores:
        """Return how much of the walk arrives; see `Ranker.score`."""
        arrived = self.walk(profile)
        scores = np.full(papers.size, np.nan, dtype=np.float32)
        exists = valid_rows(papers, arrived.size)
        scores[exists] = arrived[papers[exists]]
        return scores

    def walk(self, profile: Profile) -> Scores:
        """Return the scores of all papers, ``(n_papers,)``; NaN where none can arrive."""
        return self._where_reached(self._arrived(profile))

    def standard_walk(self, profile: Profile) -> Scores:
        """Return `walk` in deviations from its mean over all papers that can be reached."""
        arrived = self._arrived(profile)
        gain, offset = _standard(arrived, arrived.size - self._unreached.size)
        arrived *= gain
        arrived += offset
        return self._where_reached(arrived)

    def _arrived(self, profile: Profile) -> Scores:
        """Return how much of the walk arrives at each paper; all NaN without readers to pass."""
        to_papers, to_readers, damping = self._need()
        known = profile.within(damping.size)
        start = known.liked_weights
        at_readers = sum_of_rows(to_readers, known.liked, start)
        if not at_readers.any():
            return np.full(damping.size, np.nan, dtype=np.float32)
        return np.asarray((to_papers.T @ at_readers) * (damping / start.sum()))

    def _where_reached(self, scores: Scores) -> Scores:
        scores[self._unreached] = np.nan
        return scores

    @cached_property
    def _unreached(self) -> Rows:
        """The papers that no reader liked."""
        return np.flatnonzero(self._need()[2] == 0)

    def without_each(self, profile: Profile, held: Rows, papers: Rows) -> Scores:
        """Return the standard walk without each of some likes, ``(n_papers, n_held)``.

        The walk is a sum over the likes, so only what a like adds is taken away.

        Parameters
        ----------
        held
            Positions in ``profile.liked``, whose rows must exist.

        Returns
        -------
        As `standard_walk` of the rest would give; 0 where that cannot arrive.
        """
        to_papers, to_readers, damping = self._need()
        start = profile.liked_weights
        at_readers = sum_of_rows(to_readers, profile.liked, start)
        arrived = to_papers.T @ at_readers
        n_readers, n_reached = (int(np.count_nonzero(x)) for x in (at_readers, damping))
        scores = np.zeros((papers.size, held.size), dtype=np.float32)
        for column, like in enumerate(held):
            passed, steps = row_cells(to_readers, int(profile.liked[like]))
            own = (steps * start[like]).astype(np.float32)
            if n_readers == own.size and (at_readers[passed] == own).all():
                continue
            rest = (arrived - sum_of_rows(to_papers, passed, own)) * damping
            gain, offset = _standard(rest, n_reached)
            scores[:, column] = gain * rest[papers] + offset
        return np.where(damping[papers, None] > 0, scores, np.float32(0))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the steps; see `Ranker.arrays`."""
        to_papers, to_readers, damping = self._need()
        return {
            **cells_of("to_papers", to_papers),
            **cells_of("to_readers", to_readers),
            "damping": damping,
        }

    @classmethod
    def from_arrays(cls, features: Features, arrays: Arrays) -> Self:
        """Rebuild the walk; see `Ranker.from_arrays`."""
        damping = arrays["damping"]
        to_papers = matrix_of("to_papers", arrays, damping.size)
        return cls(to_papers, matrix_of("to_readers", arrays, to_papers.shape[0]), damping)

    def _need(self) -> tuple[SparseRows, SparseRows, NDArray[np.float32]]:
        if self.to_papers is None or self.to_readers is None or self.damping is None:
            raise ValueError("fit the ranker before it scores")
        return self.to_papers, self.to_readers, self.damping


def _steps(matrix: SparseRows) -> SparseRows:
    """Return each row as parts of its sum, to the power `ALPHA`."""
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    totals = np.bincount(rows, matrix.data, minlength=matrix.shape[0])
    values = ((matrix.data / totals[rows]) ** ALPHA).astype(np.float32)
    return csr_matrix((values, matrix.indices, matrix.indptr), shape=matrix.shape)


def _standard(arrived: Scores, n_reached: int) -> tuple[np.float32, np.float32]:
    """Return gain and offset to deviations from the mean; 0 where none can arrive."""
    total, squares = float(arrived.sum(dtype=np.float64)), float(arrived @ arrived)
    return ZScore.of_sums(*np.array([max(n_reached, 1), total, squares])).coefficients(1.0)
