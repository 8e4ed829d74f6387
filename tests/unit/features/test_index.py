"""Nearest papers: exact, in order, and near to nothing without terms."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix
from worlds import world_features

from recommender.features.index import nearest


def rows(*values: list[float]) -> csr_matrix:
    return csr_matrix(np.array(values, dtype=np.float32))


def test_nearest_come_first_and_far_ones_not_at_all() -> None:
    papers = rows([1, 0, 0], [0.6, 0.8, 0], [0, 0, 1])
    found = nearest(rows([1, 0, 0]), papers, 3)[0]
    assert found.rows.tolist() == [0, 1]
    np.testing.assert_allclose(found.cosines, [1, 0.6])


def test_equal_ones_keep_their_order() -> None:
    papers = rows([1, 0], [0, 1], [1, 0], [1, 0])
    assert nearest(rows([1, 0]), papers, 2)[0].rows.tolist() == [0, 2]


def test_an_empty_query_is_near_to_nothing() -> None:
    assert nearest(rows([0, 0]), rows([1, 0]), 5)[0].rows.size == 0


def test_agrees_with_sorting_all_cosines() -> None:
    terms = world_features().paper_terms
    cosines = (terms @ terms.T).toarray()
    for row, found in enumerate(nearest(terms, terms, 5)):
        expected = np.sort(cosines[row])[::-1][:5]
        np.testing.assert_allclose(found.cosines, expected[expected > 0], rtol=1e-5)
        assert found.rows[0] == row
