"""The walk over readers, by hand on four papers."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix
from worlds import without_like, world_features

from recommender.features.interactions import Profile
from recommender.ranking.graph.rp3beta import ALPHA, BETA, NeighbourRanker

READERS = csr_matrix(
    np.array(
        [
            [1, 1, 0, 0],
            [1, 0, 1, -0.07],
        ],
        dtype=np.float32,
    )
)


def fitted() -> NeighbourRanker:
    return NeighbourRanker().fit(world_features(1, 4), READERS, seed=0)


def test_follows_the_formula() -> None:
    scores = fitted().score(Profile.of([1]), np.arange(4))
    # Paper 1 -> reader 0 (chance 1) -> papers 0 and 1 (chance 1/2 each), over popularity.
    step = 0.5**ALPHA
    np.testing.assert_allclose(scores[:2], [step / 2**BETA, step], rtol=1e-6)
    assert scores[2] == 0


def test_a_paper_nobody_liked_has_no_score() -> None:
    ranker = fitted()
    assert np.isnan(ranker.score(Profile.of([1]), np.array([3])))
    assert np.isnan(ranker.score(Profile.of([3]), np.arange(4))).all()


def test_likes_add_up_by_weight() -> None:
    ranker, everything = fitted(), np.arange(4)
    one, other = (ranker.score(Profile.of([row]), everything) for row in (1, 2))
    both = ranker.score(Profile.of({1: 1.0, 2: 3.0}), everything)
    np.testing.assert_allclose(both[:3], (one[:3] + 3 * other[:3]) / 4, rtol=1e-5)


def test_skips_take_no_step() -> None:
    ranker, everything = fitted(), np.arange(4)
    np.testing.assert_array_equal(
        ranker.score(Profile.of([1], [0]), everything), ranker.score(Profile.of([1]), everything)
    )


def test_without_each_like_is_the_walk_of_the_rest() -> None:
    ranker, everything = fitted(), np.arange(4)
    profile = Profile.of({1: 1.0, 2: 3.0, 0: 0.5})
    held = np.arange(3)
    found = ranker.without_each(profile, held, everything)
    for column, like in enumerate(profile.liked):
        rest = ranker.standard_walk(without_like(profile, int(like)))
        np.testing.assert_allclose(found[:, column], np.nan_to_num(rest), atol=1e-5)
    assert np.ptp(found[:3], axis=0).min() > 0


def test_without_its_only_bridge_the_walk_reaches_nothing() -> None:
    found = fitted().without_each(Profile.of({1: 1.0, 3: 1.0}), np.array([0]), np.arange(4))
    assert not found.any()
