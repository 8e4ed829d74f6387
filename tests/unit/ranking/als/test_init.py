"""The factorisation begins near its end."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from recommender.ranking.als.init import FITTED, first_factors
from recommender.ranking.base import SparseRows


def blocks() -> SparseRows:
    """Return 30 rows that each hold all columns of one of three subjects."""
    return csr_matrix(np.kron(np.eye(3), np.ones((10, 8))).astype(np.float32))


def test_they_tell_subjects_apart_before_the_first_round() -> None:
    matrix = blocks()
    rows, columns = first_factors(matrix, 3, threshold=1.0, seed=0)
    predicted = rows @ columns.T
    assert (
        predicted[matrix.toarray() > 0].min() > 5 * np.abs(predicted[matrix.toarray() == 0]).max()
    )
    assert predicted[matrix.toarray() > 0].mean() == pytest.approx(FITTED, rel=0.05)


def test_factors_beyond_the_rank_are_small_and_none_is_zero() -> None:
    rows, columns = first_factors(blocks(), 40, threshold=1.0, seed=0)
    assert rows.shape == (30, 40)
    assert columns.shape == (24, 40)
    assert rows.dtype == columns.dtype == np.float32
    lengths = np.linalg.norm(rows, axis=0)
    assert (lengths > 0).all()
    assert lengths[3:].max() < lengths[:3].min() / 5


def test_the_same_seed_gives_the_same_factors() -> None:
    one, two = (first_factors(blocks(), 5, threshold=1.0, seed=7) for _ in range(2))
    np.testing.assert_array_equal(one[0], two[0])
    np.testing.assert_array_equal(one[1], two[1])


@pytest.mark.parametrize("shape", [(0, 4), (4, 4)])
def test_a_matrix_without_cells_has_finite_factors(shape: tuple[int, int]) -> None:
    rows, columns = first_factors(csr_matrix(shape, dtype=np.float32), 3, threshold=1.0, seed=0)
    assert (rows.shape, columns.shape) == ((shape[0], 3), (shape[1], 3))
    assert np.isfinite(rows).all()
    assert np.isfinite(columns).all()
