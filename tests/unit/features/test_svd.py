"""Singular vectors: those of an exact decomposition, and none made of rounding."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from recommender.features.svd import singular_vectors


@pytest.mark.parametrize("shape", [(60, 25), (25, 60)])
def test_they_are_those_of_an_exact_decomposition(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    matrix = rng.random(shape).astype(np.float32) * (rng.random(shape) < 0.3)
    left, values, right = singular_vectors(csr_matrix(matrix), 5, seed=0, n_iter=8)
    exact = np.linalg.svd(matrix)
    np.testing.assert_allclose(values, exact[1][:5], rtol=1e-3)
    best = (exact[0][:, :5] * exact[1][:5]) @ exact[2][:5]
    np.testing.assert_allclose((left * values) @ right, best, atol=2e-2)
    np.testing.assert_allclose(left.T @ left, np.eye(5), atol=1e-4)
    np.testing.assert_allclose(right @ right.T, np.eye(5), atol=1e-4)


def test_a_matrix_of_lower_rank_has_no_more_vectors_than_that() -> None:
    rng = np.random.default_rng(1)
    thin = (rng.random((40, 2)) @ rng.random((2, 30))).astype(np.float32)
    _, values, right = singular_vectors(csr_matrix(thin), 6, seed=0)
    assert (values[2:] == 0).all()
    assert not right[2:].any()
    np.testing.assert_allclose(right[:2] @ right[:2].T, np.eye(2), atol=1e-4)


def test_a_matrix_smaller_than_what_is_asked_for_gives_what_it_has() -> None:
    left, values, right = singular_vectors(csr_matrix(np.eye(3, dtype=np.float32)), 3, seed=0)
    assert left.shape == (3, 3)
    assert right.shape == (3, 3)
    np.testing.assert_allclose(values, 1.0, rtol=1e-5)
