"""Authors count as far as papers that share them are liked."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from worlds import SMALL_ALS, no_readers, world_features

from recommender.features.interactions import Profile, SparseRows
from recommender.ranking.content.author_weight import author_affinities_without, author_affinity
from recommender.ranking.fusion.ranker import BlendRanker
from recommender.ranking.fusion.weights import weights_for

# Papers 0-9 are by the first person, 10-19 by the second, 20-39 by nobody else's authors.
BY: SparseRows = csr_matrix(
    np.vstack([np.repeat(np.eye(2, 22), 10, axis=0), np.eye(20, 22, 2)]).astype(np.float32)
)
FIRST, ALONE = list(range(10)), list(range(20, 40))


def test_without_a_skip_authors_count_in_full() -> None:
    assert author_affinity(Profile.of(FIRST), BY) == 1
    assert author_affinity(Profile.of(), BY) == 1


def test_who_follows_people_keeps_them_and_who_does_not_loses_them() -> None:
    follows = Profile.of(FIRST, ALONE[:10])
    turned = Profile.of([0, *ALONE[:9]], [*FIRST[1:], *ALONE[9:]])
    assert author_affinity(follows, BY) == 1
    assert author_affinity(turned, BY) < 0.5
    assert author_affinity(Profile.of([0, *ALONE], [*FIRST[1:]]), BY) == 0


def test_a_few_skips_decide_nothing() -> None:
    assert author_affinity(Profile.of([0, 20, 21], [1]), BY) > 0.5


def test_a_like_alone_shares_nothing_with_itself() -> None:
    one_of_each = Profile.of([0, 10, 20, 21], [22, 23])
    assert author_affinity(one_of_each, BY) == 1
    assert author_affinity(Profile.of([0, 1, 20, 21], [22, 23]), BY) == 1


def test_papers_by_nobody_say_nothing() -> None:
    empty: SparseRows = csr_matrix((40, 0), dtype=np.float32)
    assert author_affinity(Profile.of([0], [1]), empty) == 1


@pytest.mark.parametrize("n_skips", [0, 9])
def test_the_part_of_the_score_shrinks_with_them(n_skips: int) -> None:
    ranker = BlendRanker.with_options(SMALL_ALS).fit(world_features(), no_readers(48), seed=0)
    profile = Profile.of([0, 12, 24, 36], list(range(1, 1 + n_skips)))
    share = author_affinity(profile, ranker.authors.content)
    assert (share < 1) == (n_skips > 0)
    counts = weights_for(ranker.corpus_stats)["authors"]
    assert ranker.user_scorer(profile).linear_terms["authors"].weight.liked == pytest.approx(
        counts * share
    )


def test_likes_held_out_at_once_equal_likes_left_out_one_by_one() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        papers: SparseRows = csr_matrix((rng.random((30, 12)) < 0.12).astype(np.float32))
        drawn = rng.permutation(30)
        profile, held = Profile.of(drawn[:9], drawn[9:22]), np.array([0, 3, 8])
        found = author_affinities_without(profile, papers, held)
        left = [np.delete(np.arange(9), position) for position in held]
        expected = [author_affinity(profile.with_likes(x), papers) for x in left]
        np.testing.assert_allclose(found, expected)


def test_every_paper_has_a_score_where_authors_count_nothing() -> None:
    ranker = BlendRanker.with_options(SMALL_ALS).fit(world_features(), no_readers(48), seed=0)
    profile = Profile.of([0, 12, 24, 36], list(range(1, 12)))
    assert author_affinity(profile, ranker.authors.content) == 0
    assert np.isfinite(ranker.user_scorer(profile).score(np.arange(48))).all()
