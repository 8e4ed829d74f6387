"""A reading scores the same papers alike, however often and in whatever company."""

from __future__ import annotations

import numpy as np
import pytest
from worlds import SMALL_ALS, world_features, world_readers

from recommender.features.interactions import Profile
from recommender.ranking import item_matrix
from recommender.ranking.fusion.ranker import BlendRanker
from recommender.ranking.fusion.user_scorer import UserScorer


@pytest.fixture
def read() -> UserScorer:
    blend = BlendRanker.with_options(SMALL_ALS).fit(world_features(), world_readers(), seed=0)
    return blend.user_scorer(Profile.of([0, 1, 2], [30]))


def test_what_a_caller_does_to_scores_is_its_own(read: UserScorer) -> None:
    papers = np.arange(5, 14)
    first = read.score(papers)
    expected = first.copy()
    first[:] = 0
    np.testing.assert_array_equal(read.score(papers), expected)


def test_any_set_of_papers_scores_as_all_of_them_do(read: UserScorer) -> None:
    everything = read.score(np.arange(48))
    for start in range(9):
        papers = np.arange(start, start + 10)
        np.testing.assert_allclose(read.score(papers), everything[papers], rtol=1e-4, atol=1e-5)


def test_gathered_rows_score_as_rows_where_they_lie(
    read: UserScorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = np.array([7, 3, 40, 60])
    where_they_lie = read.parts(papers)
    monkeypatch.setattr(item_matrix, "MAX_UNGATHERED", 0)
    gathered = read.parts(papers)
    for name, part in where_they_lie.items():
        np.testing.assert_allclose(gathered[name], part, rtol=1e-5)
