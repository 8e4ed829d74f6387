"""The embedding brings papers together that share subjects rather than words."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from worlds import subject_rows, world_features

from recommender.domain import Paper
from recommender.features import Features, word_vectors
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
    features = world_features()
    terms = features.paper_terms
    one, other = (
        EmbeddingSpace.fit(terms, features.terms, seed=4).transform(terms) for _ in range(2)
    )
    np.testing.assert_array_equal(one, other)


def test_papers_without_terms_are_zero() -> None:
    features = world_features()
    nothing = csr_matrix(np.zeros((1, len(features.terms)), dtype=np.float32))
    assert not features.space.transform(nothing).any()


@pytest.mark.parametrize(("n_papers", "n_dims"), [(1, 0), (3, 0), (4, 1), (40, 10)])
def test_dimensions_stay_below_a_quarter_of_the_papers(n_papers: int, n_dims: int) -> None:
    features = world_features(1, n_papers)
    assert features.embedding.shape == (n_papers, n_dims)


def features_of(*titles: str) -> Features:
    return Features.of_papers([Paper(title, paper_id=str(i)) for i, title in enumerate(titles)])


def test_titles_without_a_common_word_meet_through_the_company_words_keep() -> None:
    sea, land = ("tide", "wave", "harbour", "gale"), ("field", "plough", "barley", "fallow")
    features = features_of(
        *(f"{a} {b}" for words in (sea, land) for a, b in permutations(words, 2))
    )
    titles = [Paper("Tide and harbour"), Paper("Gale or wave"), Paper("Fallow and barley")]
    by_words = features.text.transform(titles)
    assert (by_words[0] @ by_words[1].T).nnz == 0
    meant = features.space.transform(by_words)
    assert meant[0] @ meant[1] > 0.1
    assert meant[0] @ meant[2] < -0.1


def test_a_paper_of_words_that_no_other_has_is_zero() -> None:
    known = [f"{pair} {i}{i}" for i in range(4) for pair in ("hive and nectar", "bolt and rivet")]
    embedding = features_of(*known, "Entirely elsewhere").embedding
    assert embedding[:8].any(axis=1).all()
    assert not embedding[8].any()


def test_a_sample_of_many_papers_and_their_heaviest_words_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    features = world_features()
    asked = features.paper_terms, features.terms, 4
    everything = word_vectors.word_vectors(*asked)
    monkeypatch.setattr(word_vectors, "MAX_PAPERS", 12)
    some = word_vectors.word_vectors(*asked)
    assert 0 < some.any(axis=1).sum() < everything.any(axis=1).sum()
    monkeypatch.setattr(word_vectors, "MAX_PAPERS", 50_000)
    monkeypatch.setattr(word_vectors, "WORDS_OF_A_PAPER", 1)
    fewer = word_vectors.word_vectors(*asked)
    assert fewer.any(axis=1).sum() < everything.any(axis=1).sum()
    assert not everything[[" " in term for term in features.terms]].any()
