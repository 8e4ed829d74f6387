"""What each part counts, by the evidence and by how new a paper is."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix
from worlds import world_features

from recommender.ranking.fusion.weights import (
    CorpusStats,
    Weight,
    coldness_of,
    weights_by_part,
    weights_for,
    weights_of_new,
)


def test_weights_move_smoothly_with_the_evidence() -> None:
    for n_papers in (228, 26_000):
        lonely = weights_for(CorpusStats(n_papers, 0.0, 0.0, terms_per_paper=100))
        sparse = weights_for(CorpusStats(n_papers, 0.5, 0.1, terms_per_paper=100))
        dense = weights_for(CorpusStats(n_papers, 1.0, 10.0, terms_per_paper=100))
        assert lonely["als"] == sparse["als"] == dense["als"] == 1
        assert lonely["tfidf"] > sparse["tfidf"] > dense["tfidf"] > 0.2
        assert lonely["embedding"] >= sparse["embedding"] >= dense["embedding"]
        assert (lonely["neighbours"], sparse["neighbours"], dense["neighbours"]) == (0, 0.1, 0.2)


def test_the_embedding_counts_in_small_catalogues() -> None:
    small, large = (
        weights_for(CorpusStats(n, 0.0, 0.0, terms_per_paper=150))["embedding"]
        for n in (228, 50_000)
    )
    assert small > 0.3
    assert large == 0


def test_the_embedding_counts_where_texts_are_short_and_readers_few() -> None:
    by_length = [
        weights_for(CorpusStats(20_000, 0.0, 0.0, terms_per_paper=n)) for n in (8, 40, 160)
    ]
    parts = ("embedding", "tfidf", "authors")
    embedding, words, authors = ([w[part] for w in by_length] for part in parts)
    assert embedding == sorted(embedding, reverse=True)
    assert authors == sorted(authors, reverse=True)
    assert authors[0] > words[0] + embedding[0]
    assert authors[2] < 1.2 * words[2]
    assert words == sorted(words)
    assert embedding[0] > 0.8
    assert embedding[2] == 0
    assert weights_for(CorpusStats(20_000, 1.0, 10.0, terms_per_paper=8))["embedding"] == 0


def test_evidence_counts_likes_and_no_skips() -> None:
    table = np.array([[1, 1], [0, 0], [-0.07, 0]], dtype=np.float32)
    features = world_features(1, 2)
    expected = CorpusStats(2, 0.0, 1.0, terms_per_paper=features.n_terms_median)
    assert CorpusStats.of(features, csr_matrix(table)) == expected


def test_content_counts_more_for_new_papers_where_readers_are_many() -> None:
    crowded = CorpusStats(20_000, 1.0, 10.0, terms_per_paper=20)
    liked, new = weights_for(crowded), weights_of_new(crowded)
    assert all(new[part] > liked[part] for part in ("tfidf", "authors", "embedding"))
    assert (new["als"], new["neighbours"]) == (liked["als"], liked["neighbours"])
    alone = CorpusStats(20_000, 0.0, 10.0, terms_per_paper=20)
    assert weights_of_new(alone) == weights_for(alone)


def test_a_paper_is_new_after_the_fit_and_half_new_while_nobody_likes_it() -> None:
    coldness = coldness_of(np.array([3.0, 0.0, 0.5]), 5)
    np.testing.assert_array_equal(coldness, [0, 0.5, 0, 1, 1])
    weight = weights_by_part(CorpusStats(20_000, 1.0, 10.0, terms_per_paper=20), coldness)["tfidf"]
    assert (weight.of(np.array([0, 3])) == np.float32([weight.liked, weight.new])).all()
    np.testing.assert_allclose(weight.of()[1], (weight.liked + weight.new) / 2)
    np.testing.assert_array_equal((weight * 2).of(), 2 * weight.of())
    assert weight.of(np.array([-1, 99])).size == 2


def test_a_part_that_counts_for_no_paper_has_no_weight() -> None:
    nobody, somebody = np.zeros(3, dtype=np.float32), np.float32([0, 1, 0])
    assert [bool(Weight(0.0, 1.0, x)) for x in (nobody, somebody)] == [False, True]
    assert Weight(1.0, 0.0, nobody)
    assert not Weight(1.0, 1.0, somebody) * 0
