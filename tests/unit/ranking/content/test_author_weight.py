"""Authors count as far as papers that share them are liked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from worlds import SMALL_ALS, no_readers, world_features

from recommender.features.interactions import Profile, SparseRows
from recommender.ranking.content.author_weight import author_affinity
from recommender.ranking.fusion.ranker import BlendRanker
from recommender.ranking.fusion.user_scorer import UserScorer
from recommender.ranking.fusion.weights import weights_for

# Papers 0-9 are by the first person, 10-19 by the second, 20-39 by nobody else's authors.
BY: SparseRows = csr_matrix(
    np.vstack([np.repeat(np.eye(2, 22), 10, axis=0), np.eye(20, 22, 2)]).astype(np.float32)
)
FIRST, ALONE = list(range(10)), list(range(20, 40))


def test_one_like_counts_authors_less_than_two_that_share_one() -> None:
    assert author_affinity(Profile.of([0]), BY) == pytest.approx(4 / 5)
    assert author_affinity(Profile.of([0, 1]), BY) == 1
    assert author_affinity(Profile.of(), BY) == 1


def test_a_reader_who_follows_people_keeps_authors_and_one_who_does_not_loses_them() -> None:
    assert author_affinity(Profile.of([*FIRST, *ALONE]), BY) == 1
    assert author_affinity(Profile.of([0, 1, *ALONE]), BY) == pytest.approx(6 / 9)
    assert author_affinity(Profile.of(ALONE), BY) == pytest.approx(4 / 9)


def test_a_like_alone_shares_nothing_with_itself() -> None:
    assert author_affinity(Profile.of([0, 10, 20, 21]), BY) == pytest.approx(4 / 8)
    assert author_affinity(Profile.of([0, 1, 20, 21]), BY) == pytest.approx(6 / 8)


def test_papers_by_nobody_say_nothing() -> None:
    empty: SparseRows = csr_matrix((40, 0), dtype=np.float32)
    assert author_affinity(Profile.of([0], [1]), empty) == pytest.approx(4 / 5)


@pytest.mark.parametrize("likes", [[0], [0, 12, 24, 36]], ids=len)
def test_the_part_of_the_score_shrinks_with_it(likes: list[int]) -> None:
    ranker = BlendRanker.with_options(SMALL_ALS).fit(world_features(), no_readers(48), seed=0)
    profile = Profile.of(likes, reader_index=None)
    affinity = author_affinity(profile, ranker.authors.content)
    assert affinity < 1
    weight = weights_for(ranker.corpus_stats)["authors"] * affinity
    found = ranker.user_scorer(profile).linear_terms["authors"].weight.liked
    own = with_library_weights(ranker, profile).linear_terms["authors"].weight.liked
    assert own == pytest.approx(weight)
    assert (found == pytest.approx(own)) == (len(likes) == 1)


def with_library_weights(ranker: BlendRanker, profile: Profile) -> UserScorer:
    """Return the scorer of a reader whose likes were all in the training matrix."""
    assert ranker.sample is not None
    nothing = replace(ranker.sample, rows=ranker.sample.rows[:0])
    return replace(ranker, sample=nothing).user_scorer(profile)
