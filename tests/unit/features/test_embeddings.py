"""The embedding brings papers together that share subjects rather than words."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from worlds import subject_rows, world_features

from recommender.features.embeddings import EmbeddingSpace


def test_rows_have_length_1_and_no_common_direction() -> None:
    embedding = world_features().embedding
    np.testing.assert_allclose(np.linalg.norm(embedding, axis=1), 1, rtol=1e-5)
    assert np.linalg.norm(embedding.mean(axis=0)) < 0.3


def test_a_subject_is_nearer_to_itself_than_to_another() -> None:
    embedding = world_features().embedding
    closeness = embedding @ embedding.T
    own, other = subject_rows(0), subject_rows(1)
    assert closeness[np.ix_(own, own)].mean() > 0.4
    assert closeness[np.ix_(own, other)].mean() < 0.0


def test_same_seed_same_space() -> None:
    terms = world_features().paper_terms
    one, other = (EmbeddingSpace.fit(terms, seed=4).transform(terms) for _ in range(2))
    np.testing.assert_array_equal(one, other)


def test_papers_without_terms_are_zero() -> None:
    features = world_features()
    nothing = csr_matrix(np.zeros((1, len(features.terms)), dtype=np.float32))
    assert not features.space.transform(nothing).any()


@pytest.mark.parametrize(("n_papers", "n_dims"), [(1, 0), (3, 0), (4, 1), (40, 10)])
def test_dimensions_stay_below_a_quarter_of_the_papers(n_papers: int, n_dims: int) -> None:
    features = world_features(1, n_papers)
    assert features.embedding.shape == (n_papers, n_dims)
