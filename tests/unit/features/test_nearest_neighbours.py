"""Nearest papers: in order, near to nothing without terms, and the same by rarer terms."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix
from worlds import world_features

from recommender.features.nearest_neighbours import PaperIndex, nearest


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


def test_beyond_many_pairs_the_rarer_terms_find_the_same(monkeypatch) -> None:
    rng = np.random.default_rng(0)
    # Every paper has the ten common terms, and fifteen of its subject's forty.
    counts = np.zeros((600, 810), dtype=np.float32)
    counts[:, :10] = rng.uniform(0.05, 0.2, (600, 10))
    for row in counts:
        row[10 + 40 * rng.integers(20) + rng.choice(40, 15, replace=False)] = 1
    papers = csr_matrix(counts / np.linalg.norm(counts, axis=1, keepdims=True))
    exact = nearest(papers[:50], papers, 10)
    whole: list[int] = []
    search = PaperIndex._multiplied

    def watched(self, queries, n):
        whole.append(queries.nnz)
        return search(self, queries, n)

    monkeypatch.setattr(PaperIndex, "_multiplied", watched)
    found = PaperIndex.of(papers).nearest(papers[:50], papers, 10, max_exact=0)
    assert whole[0] < 50 * 16
    for one, other in zip(exact, found, strict=True):
        assert one.rows.tolist() == other.rows.tolist()
        np.testing.assert_allclose(one.cosines, other.cosines, rtol=1e-5)
    assert nearest(csr_matrix((1, 810), dtype=np.float32), papers, 5)[0].rows.size == 0
