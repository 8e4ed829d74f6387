"""EASE (Steck 2019): the linear item-item model with a closed form, in its exact dual form.

With X the readers' papers and P = (X'X + l I)^-1, the weights are
B = I - P diag(1 / diag P). P needs papers x papers; by Woodbury the same
numbers come from K = (XX' + l I)^-1, readers x readers, which is far smaller
where papers outnumber readers: l P = I - X' K X.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import spotrf, spotri

from recommender.evaluation.baselines.base import no_rows
from recommender.features import Features
from recommender.features.interactions import Profile, Rows, SparseRows
from recommender.ranking.base import Scores, valid_rows

REGULARIZATION = 100.0


@dataclass(frozen=True)
class Ease:
    """Scores are the reader's row times B.

    Attributes
    ----------
    libraries_
        ``(n_readers, n_papers) float32`` X, likes only.
    inner_
        ``(n_readers, n_readers) float32`` K.
    diagonal_
        ``(n_papers,) float32`` diagonal of l P.
    """

    libraries_: SparseRows = field(default_factory=no_rows)
    inner_: NDArray[np.float32] | None = None
    diagonal_: NDArray[np.float32] | None = None

    def fit(self, features: Features, reader_papers: SparseRows, seed: int) -> Self:
        """Invert the readers' overlaps."""
        liked = reader_papers.maximum(0)
        liked.eliminate_zeros()
        libraries = liked.sign().astype(np.float32).tocsr()
        overlaps = (libraries @ libraries.T).toarray()
        overlaps[np.diag_indices_from(overlaps)] += REGULARIZATION
        inner = _inverse(overlaps)
        by_paper = libraries.T.tocsr()
        diagonal = 1 - np.array([_quadratic(inner, row) for row in _rows(by_paper)])
        return replace(
            self, libraries_=libraries, inner_=inner, diagonal_=diagonal.astype(np.float32)
        )

    def extended(self, features: Features) -> Self:
        """Return the same: new papers have no readers and stay without a score."""
        return self

    def score(self, profile: Profile, papers: Rows) -> Scores:
        """Return the reader's likes times B; NaN for papers that no reader has."""
        assert self.inner_ is not None
        assert self.diagonal_ is not None
        n_papers = len(self.diagonal_)
        scores = np.full(len(papers), np.nan, dtype=np.float32)
        liked = profile.liked[valid_rows(profile.liked, n_papers)]
        has_reader = np.asarray(self.diagonal_ < 1)
        if not has_reader[liked].any():
            return scores
        row = np.zeros(n_papers, dtype=np.float32)
        row[liked] = 1
        shared = self.libraries_ @ row
        near = np.flatnonzero(shared)
        outer = row - self.libraries_.T @ (shared[near] @ self.inner_[near])
        every = np.where(has_reader, row - outer / self.diagonal_, np.float32(np.nan))
        exist = valid_rows(papers, n_papers)
        scores[exist] = every[papers[exist]]
        return scores


def _inverse(matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """Invert a symmetric positive definite matrix by Cholesky; a third of the work of `inv`."""
    if not matrix.size:
        return matrix
    factor, _ = spotrf(matrix, lower=1)
    lower, _ = spotri(factor, lower=1)
    inverse = np.tril(lower)
    inverse += np.tril(lower, -1).T
    return np.asarray(inverse, dtype=np.float32)


def _rows(matrix: SparseRows) -> list[Rows]:
    return [x.astype(np.intp) for x in np.split(matrix.indices, matrix.indptr[1:-1])]


def _quadratic(inner: NDArray[np.float32], rows: Rows) -> float:
    return float(inner[np.ix_(rows, rows)].sum())
