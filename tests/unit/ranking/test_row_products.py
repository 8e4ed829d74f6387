"""Products of a few rows agree with the plain products of the matrices."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from scipy.sparse import random as random_matrix

from recommender.ranking import base
from recommender.ranking.base import products_of_rows, rows_outside, squares_of_rows, times_each
from recommender.ranking.fusion import normalisation
from recommender.ranking.fusion.normalisation import SparseSample

MATRIX = random_matrix(40, 300, 0.05, "csr", dtype=np.float32, random_state=1)
DENSE = MATRIX.toarray()


@pytest.mark.parametrize(
    ("rows", "others"), [([3, 1, 3], [0, 7]), ([], [1]), ([1], []), (range(40), range(40))]
)
def test_products_of_rows(rows: list[int], others: list[int]) -> None:
    some, more = np.array(rows, dtype=np.intp), np.array(others, dtype=np.intp)
    found = products_of_rows(MATRIX, some, more)
    assert found.shape == (some.size, more.size)
    np.testing.assert_allclose(found, DENSE[some] @ DENSE[more].T, atol=1e-6)


def test_products_of_rows_without_a_cell() -> None:
    empty = MATRIX[:, :0]
    assert products_of_rows(empty, np.array([0, 1]), np.array([2])).tolist() == [[0.0], [0.0]]


def test_squares_of_rows() -> None:
    rows = np.array([5, 2, 5])
    np.testing.assert_allclose(squares_of_rows(MATRIX, rows), (DENSE[rows] ** 2).sum(axis=1))


@pytest.mark.parametrize("n_columns", [1, 3])
def test_times_each(n_columns: int) -> None:
    columns = np.random.default_rng(2).standard_normal((300, n_columns)).astype(np.float32)
    found = times_each(MATRIX, columns)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, DENSE @ columns, atol=1e-5)


def test_a_block_too_large_is_multiplied_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = np.arange(10)
    whole = products_of_rows(MATRIX, rows, rows)
    monkeypatch.setattr(base, "MAX_BLOCK", 1)
    np.testing.assert_allclose(products_of_rows(MATRIX, rows, rows), whole, atol=1e-6)


@pytest.mark.parametrize("rows", [[], [3], [1, 4, 9]])
def test_rows_outside_keep_their_order(rows: list[int]) -> None:
    asked = np.array([9, 0, 4, 12, 3])
    found = rows_outside(np.array(rows, dtype=np.intp), asked)
    assert found.tolist() == [x for x in asked.tolist() if x not in rows]


def test_products_with_a_sample_are_kept_by_what_is_in_a_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(normalisation, "MAX_KEPT", 3)
    sample = SparseSample.of(MATRIX, np.arange(0, 40, 2))
    others = MATRIX[::-1].tocsr()  # other papers in the same rows
    for matrix, dense in ((MATRIX, DENSE), (others, DENSE[::-1])) * 2:
        for rows in ([0, 5, 5], [5, 8], range(10)):
            some = np.array(rows, dtype=np.intp)
            expected = dense[some] @ DENSE[sample.rows].T
            np.testing.assert_allclose(sample.products_with(matrix, some), expected, atol=1e-6)
            assert len(sample._products) <= 3


def test_threads_share_the_products_that_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(normalisation, "MAX_KEPT", 3)
    sample = SparseSample.of(MATRIX, np.arange(0, 40, 2))
    expected = DENSE @ DENSE[sample.rows].T

    def ask(seed: int) -> None:
        for some in np.random.default_rng(seed).integers(0, len(DENSE), (80, 4)):
            np.testing.assert_allclose(
                sample.products_with(MATRIX, some), expected[some], atol=1e-6
            )

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(ask, range(8)))
    finally:
        sys.setswitchinterval(before)
