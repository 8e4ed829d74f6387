"""Weights become rows: what is wanted, what is not, and what is left out."""

from __future__ import annotations

import numpy as np
import pytest
from worlds import profile_of_row, without_like

from recommender.domain import Vocabulary
from recommender.features.interactions import (
    Profile,
    profile_of,
    reader_papers,
)

KNOWN = Vocabulary.of(["a", "b", "c", "d"])


def test_signs_part_likes_from_skips() -> None:
    profile = profile_of({"c": -0.07, "b": 2.0, "a": 1.0}, KNOWN)
    assert profile.liked.tolist() == [1, 0]
    assert profile.liked_weights.tolist() == [2.0, 1.0]
    assert profile.rejected.tolist() == [2]
    np.testing.assert_allclose(profile.rejected_weights, [-0.07])


def test_unknown_papers_and_weightless_events_are_left_out() -> None:
    profile = profile_of({"z": 1.0, "a": 0.0}, KNOWN)
    assert profile.empty


def test_within_drops_rows_that_do_not_exist() -> None:
    profile = Profile.of({0: 1.0, 9: 2.0}, {-1: -1.0, 3: -0.5}).within(4)
    assert (profile.liked.tolist(), profile.liked_weights.tolist()) == ([0], [1.0])
    assert (profile.rejected.tolist(), profile.rejected_weights.tolist()) == ([3], [-0.5])


def test_without_a_like_the_rest_stays() -> None:
    profile = without_like(Profile.of({0: 1.0, 1: 2.0}, [3]), 0)
    assert (profile.liked.tolist(), profile.liked_weights.tolist()) == ([1], [2.0])
    assert profile.rejected.tolist() == [3]


@pytest.mark.parametrize(("n", "kept"), [(9, [0, 1, 2, 3]), (3, [1, 2, 3]), (2, [1, 3]), (0, [])])
def test_of_equally_heavy_likes_the_last_are_kept(n: int, kept: list[int]) -> None:
    profile = Profile.of({4: 1.0, 6: 2.0, 7: 1.0, 9: 1.0})
    assert profile.heaviest_likes(n).tolist() == kept


def test_the_matrix_has_a_row_for_every_reader() -> None:
    matrix = reader_papers({"x": {"d": 1.0, "a": -0.07}, "y": {}, "z": {"unknown": 1.0}}, KNOWN)
    expected = np.zeros((3, 4), dtype=np.float32)
    expected[0, [0, 3]] = [-0.07, 1.0]
    np.testing.assert_array_equal(matrix.toarray(), expected)
    assert matrix.dtype == np.float32


def test_no_readers_no_rows() -> None:
    assert reader_papers({}, KNOWN).shape == (0, 4)


@pytest.mark.parametrize("reader", [0, 1])
def test_a_row_gives_the_profile_back(reader: int) -> None:
    weights = [{"a": 1.0, "b": -1.0}, {"d": 0.2}]
    matrix = reader_papers(dict(zip("xy", weights, strict=True)), KNOWN)
    expected = profile_of(weights[reader], KNOWN)
    found = profile_of_row(matrix, reader)
    assert found.reader_index == reader
    assert found.liked.tolist() == expected.liked.tolist()
    assert found.rejected_weights.tolist() == expected.rejected_weights.tolist()
