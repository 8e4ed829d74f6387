"""Arrays that grow in place, and views that never change."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from recommender.features.append_buffer import appended, appended_rows, with_capacity


def starts_where(one: np.ndarray, other: np.ndarray) -> bool:
    return one.__array_interface__["data"][0] == other.__array_interface__["data"][0]


def test_rows_are_written_into_the_room_behind() -> None:
    fitted = with_capacity(np.arange(10.0).reshape(5, 2), 3)
    longer = appended(fitted, np.ones((2, 2)))
    assert starts_where(longer, fitted)
    np.testing.assert_array_equal(longer, [[0, 1], [2, 3], [4, 5], [1, 1], [1, 1]])


def test_a_full_room_is_left_for_a_larger_one() -> None:
    fitted = with_capacity(np.arange(4.0), 3)
    longer = appended(appended(fitted, np.array([7.0])), np.array([8.0]))
    assert not starts_where(longer, fitted)
    np.testing.assert_array_equal(longer, [0, 1, 2, 7, 8])
    again = appended(longer, np.array([9.0]))
    assert starts_where(again, longer)


def test_what_grew_once_is_not_overwritten_by_a_second_growth_of_the_same() -> None:
    fitted = with_capacity(np.zeros(8), 4)
    one = appended(fitted, np.array([1.0]))
    other = appended(fitted, np.array([2.0]))
    assert (one[-1], other[-1]) == (1.0, 2.0)
    assert starts_where(one, fitted)
    assert not starts_where(other, fitted)


def test_a_part_of_an_array_is_copied() -> None:
    fitted = with_capacity(np.arange(8.0), 4)
    np.testing.assert_array_equal(appended(fitted[1:], np.array([9.0])), [1, 2, 3, 9])
    np.testing.assert_array_equal(appended(fitted[:2], np.array([9.0])), [0, 1, 9])
    np.testing.assert_array_equal(fitted, [0, 1, 2, 3])


def test_nothing_that_was_handed_out_can_be_written_to() -> None:
    fitted = appended(np.zeros(2), np.ones(1))
    assert not fitted.flags.writeable


@given(st.lists(st.integers(0, 3), max_size=8), st.integers(0, 6))
def test_sparse_rows_are_appended_as_scipy_stacks_them(sizes: list[int], spare: int) -> None:
    rng = np.random.default_rng(spare)
    dense = (rng.random((3, 5)) < 0.5).astype(np.float32)
    matrix = csr_matrix(dense)
    whole = np.resize(matrix.data, matrix.nnz + spare)
    matrix = csr_matrix((with_capacity(whole, matrix.nnz), matrix.indices, matrix.indptr), (3, 5))
    for n in sizes:
        more = (rng.random((n, 5)) < 0.5).astype(np.float32)
        matrix, dense = appended_rows(matrix, csr_matrix(more)), np.vstack([dense, more])
    np.testing.assert_array_equal(matrix.toarray(), dense)
