"""Rocchio's rule by hand, on content of two dimensions."""

from __future__ import annotations

import numpy as np
import pytest
from worlds import no_readers, world_features

from recommender.features.interactions import Profile
from recommender.ranking.content.rocchio import EmbeddingRanker, TfidfRanker, query_of

CONTENT = np.array([[1, 0], [0, 1], [0.6, 0.8]], dtype=np.float32)


def test_the_query_is_the_weighted_mean_of_likes_minus_a_share_of_that_of_skips() -> None:
    profile = Profile.of({0: 3.0, 1: 1.0}, {2: -0.07})
    third = 1 / 3  # of half: one skip beside two likes
    expected = [0.75 - 0.3 * third, 0.25 - 0.4 * third]
    np.testing.assert_allclose(query_of(profile, CONTENT), expected, rtol=1e-6)


def test_a_dislike_outweighs_skips() -> None:
    profile = Profile.of([0], {1: -1.0, 2: -0.0})
    np.testing.assert_allclose(query_of(profile, CONTENT), [1, -1 / 3], rtol=1e-6)


def test_ten_skips_take_off_more_than_one_and_never_more_than_half() -> None:
    content = np.vstack([CONTENT, np.tile([0, 1], (1000, 1))]).astype(np.float32)
    one, ten, many = (
        -query_of(Profile.of([0, 2], np.arange(3, 3 + n)), content)[1] + 0.4 for n in (1, 10, 1000)
    )
    assert one == pytest.approx(0.5 / 3)
    assert 2 * one < ten < many < 0.5


def test_without_likes_there_is_no_query() -> None:
    assert not query_of(Profile.of([], [1]), CONTENT).any()


@pytest.mark.parametrize("kind", [TfidfRanker, EmbeddingRanker])
def test_few_and_many_papers_score_alike(kind: type[TfidfRanker | EmbeddingRanker]) -> None:
    ranker = kind().fit(world_features(), no_readers(48), seed=0)
    profile = Profile.of([0, 13], [30])
    every = ranker.score(profile, np.arange(48))
    np.testing.assert_allclose(ranker.score(profile, np.array([5])), every[5:6], rtol=1e-5)


def test_a_paper_without_terms_has_no_score() -> None:
    features = world_features(1, 8)
    empty = features.text.count([])[:0]
    empty.resize((1, len(features.terms)))
    ranker = TfidfRanker().extended(features.with_counts(["x:empty"], empty))
    assert np.isnan(ranker.score(Profile.of([0]), np.array([8])))
    assert np.isnan(ranker.score(Profile.of([8]), np.arange(9))).all()
