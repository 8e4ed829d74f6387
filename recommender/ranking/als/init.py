"""Where the factorisation begins: the leading directions of the matrix itself. Pure; runs on fit.

`implicit` begins with random numbers and improves them by a few steps of
conjugate gradients a round. Near the origin its optimum has the singular
vectors of the matrix (see `term_rows`), so it gets there in fewer rounds from them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recommender.features.svd import singular_vectors
from recommender.ranking.base import SparseRows

FITTED = 0.3
"""What the first factors predict for a cell on average; the rounds bring it near 1."""
MIN_SHARE_OF_LARGEST = 1e-3
"""Of the largest singular value; a factor of zeros would never grow."""
N_SAMPLED = 20_000


def first_factors(
    stacked: SparseRows, n_factors: int, threshold: float, seed: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return factors of rows and of columns to begin with, ``(n, n_factors) float32`` each.

    Singular vectors, filled up with small random numbers where the matrix has fewer.

    Parameters
    ----------
    threshold
        What regularization takes off every singular value.
    """
    rng = np.random.default_rng(seed)
    if not stacked.nnz:
        rows, columns = (np.zeros((n, 0), dtype=np.float32) for n in stacked.shape)
        return _filled(rows, n_factors, rng), _filled(columns, n_factors, rng)
    left, values, right = singular_vectors(stacked, min(n_factors, *stacked.shape), seed, n_iter=1)
    roots = roots_of(values, threshold)
    rows, columns = _filled(left * roots, n_factors, rng), _filled(right.T * roots, n_factors, rng)
    gain = gain_for(_mean_prediction(stacked, rows, columns, rng))
    return np.float32(gain) * rows, np.float32(gain) * columns


def roots_of(values: NDArray[np.floating], threshold: float) -> NDArray[np.floating]:
    """Return how long the factors along each singular vector are, ``(n_factors,)``."""
    least = MIN_SHARE_OF_LARGEST * values.max(initial=0.0)
    return np.asarray(np.sqrt(np.maximum(values - threshold, least)))


def gain_for(mean_prediction: float) -> float:
    """Return what brings the mean prediction of a cell to `FITTED` if both sides are so scaled."""
    return float(np.sqrt(FITTED / max(mean_prediction, 1e-6)))


def _filled(
    factors: NDArray[np.floating], n_factors: int, rng: np.random.Generator
) -> NDArray[np.float32]:
    more = rng.normal(scale=0.01, size=(factors.shape[0], n_factors - factors.shape[1]))
    return np.hstack([factors, more]).astype(np.float32)


def _mean_prediction(
    stacked: SparseRows,
    rows: NDArray[np.float32],
    columns: NDArray[np.float32],
    rng: np.random.Generator,
) -> float:
    cells = sampled_cells(stacked.nnz, rng)
    row_of = np.searchsorted(stacked.indptr, cells, side="right") - 1
    return float((rows[row_of] * columns[stacked.indices[cells]]).sum(axis=1).mean())


def sampled_cells(n_cells: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return the numbers of the cells on which the first factors are scaled, row by row."""
    return rng.integers(0, n_cells, min(N_SAMPLED, n_cells))
