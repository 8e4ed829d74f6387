"""Ridge regression of one reader: the closed form, what it learns, and likes left out."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from worlds import SMALL_ALS, no_readers, world_features

from recommender.features.interactions import Profile
from recommender.ranking.content import ridge as module
from recommender.ranking.content.ridge import HALF_EVIDENCE, RIDGE, Ridge, evidence
from recommender.ranking.fusion.ranker import BlendRanker

CONTENT = world_features().paper_terms
PROFILE = Profile.of({0: 1.0, 3: 2.0, 7: 0.2, 12: 1.0}, {30: -0.07, 13: -1.0, 31: -0.07})


def least_squares(profile: Profile) -> NDArray[np.float64]:
    """Return the query by the formula over the terms, without the shorter dual form."""
    rows = CONTENT[profile.weighted].toarray().astype(np.float64)
    wanted = np.arange(len(rows)) < profile.liked.size
    counted = np.append(profile.liked_weights, np.ones(profile.rejected.size))
    matrix = rows.T @ (counted[:, None] * rows) + RIDGE * np.eye(rows.shape[1])
    return np.linalg.solve(matrix, rows.T @ (counted * wanted))


def test_the_query_minimises_the_squares() -> None:
    found = Ridge.of(PROFILE, CONTENT)
    np.testing.assert_allclose(found.query, least_squares(PROFILE), atol=1e-5)


def test_the_summands_of_all_likes_are_the_query() -> None:
    found = Ridge.of(PROFILE, CONTENT)
    clusters = [PROFILE.with_likes(np.array(x)) for x in ([0, 2], [1], [3])]
    np.testing.assert_allclose(found.queries_of(clusters).sum(axis=1), found.query, atol=1e-6)


def test_queries_without_a_like_are_those_of_profiles_without_it() -> None:
    without = Ridge.of(PROFILE, CONTENT).queries_without(np.arange(4))
    for position in range(4):
        left = PROFILE.with_likes(np.setdiff1d(np.arange(4), [position]))
        np.testing.assert_allclose(without[:, position], least_squares(left), atol=1e-5)


def test_a_word_of_skips_alone_counts_against_a_paper_and_a_shared_one_does_not() -> None:
    profile = Profile.of([0, 1], [2, 3])
    query = Ridge.of(profile, CONTENT).query
    has = CONTENT[profile.weighted].toarray() > 0
    only_rejected = has[2:].any(axis=0) & ~has[:2].any(axis=0)
    only_liked = has[:2].any(axis=0) & ~has[2:].any(axis=0)
    assert only_rejected.any()
    assert only_liked.any()
    assert (query[only_rejected] < 0).all()
    assert (query[only_liked] > 0).all()


def test_of_many_rejected_papers_the_nearest_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_REJECTED", 2)
    liked, rejected = Profile.of([0, 1]), np.arange(2, 48)
    nearness = CONTENT[rejected] @ np.asarray(CONTENT[liked.liked].mean(axis=0)).reshape(-1)
    nearest = rejected[np.argsort(-nearness, kind="stable")[:2]]
    found = Ridge.of(Profile.of([0, 1], rejected), CONTENT)
    expected = Ridge.of(Profile.of([0, 1], np.sort(nearest)), CONTENT)
    np.testing.assert_allclose(found.query, expected.query, atol=1e-6)


def test_of_many_likes_the_heaviest_and_last_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_LIKES", 2)
    found = Ridge.of(PROFILE, CONTENT)
    compared = PROFILE.with_likes(np.array([1, 3]))
    np.testing.assert_allclose(found.query, least_squares(compared), atol=1e-5)
    without = found.queries_without(np.array([1, 0]))
    np.testing.assert_allclose(without[:, 1], found.query, atol=1e-6)
    np.testing.assert_allclose(
        without[:, 0], least_squares(PROFILE.with_likes(np.array([3]))), atol=1e-5
    )


def test_the_part_is_there_from_the_first_rejected_paper_on_and_grows() -> None:
    ranker = BlendRanker.with_options(SMALL_ALS).fit(world_features(), no_readers(48), seed=0)
    assert "ridge" not in ranker.user_scorer(Profile.of([0, 1])).linear_terms
    assert "ridge" not in ranker.user_scorer(Profile.of([], [5])).linear_terms
    few, many = (Profile.of([0, 1], np.arange(20, 20 + n)) for n in (1, 20))
    weights = [ranker.user_scorer(x).linear_terms["ridge"].weight.liked for x in (few, many)]
    assert 0 < weights[0] < weights[1]
    assert evidence(Profile.of([0], np.arange(1, 1 + int(HALF_EVIDENCE)))) == 0.5
