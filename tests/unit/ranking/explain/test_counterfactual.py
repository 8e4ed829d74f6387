"""Likes taken out all at once give the scores of histories without them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from worlds import (
    SMALL_ALS,
    no_readers,
    without_like,
    world_features,
    world_papers,
    world_readers,
)

from recommender.domain import Paper
from recommender.features import Features
from recommender.features.interactions import Profile
from recommender.ranking.explain.counterfactual import highest_without
from recommender.ranking.fusion.ranker import BlendRanker
from recommender.ranking.fusion.weights import CorpusStats

PROFILE = Profile.of({0: 1.0, 3: 2.0, 7: 0.2, 12: 1.0, 14: 1.0}, {30: -0.07, 13: -1.0})
HELD = np.array([0, 1, 2, 4])
PLAIN = world_papers()
PAPERS = np.array([1, 2, 20, 21, 40, 47])


@pytest.mark.parametrize("library", ["alone", "among readers", "with new papers"])
@pytest.mark.parametrize("trust", [0.0, 0.5, 1.0])
def test_no_verdict_of_the_guard_gives_a_higher_score(library: str, trust: float) -> None:
    readers = no_readers(48) if library == "alone" else world_readers()
    ranker = BlendRanker.with_options(SMALL_ALS).fit(world_features(), readers, seed=0)
    if library == "with new papers":
        crowded = CorpusStats(48, 1.0, 20.0, terms_per_paper=20)
        new = [replace(x, paper_id=f"{x.paper_id}-twin") for x in PLAIN[::6]]
        ranker = replace(ranker, corpus_stats=crowded).extended(world_features().with_papers(new))
    papers = np.append(PAPERS, np.arange(48, len(ranker.coldness)))
    highest = highest_without(ranker, ranker.user_scorer(PROFILE, trust), HELD, papers)
    nearest = np.full(highest.shape, np.inf)
    for column, position in enumerate(HELD):
        left = without_like(PROFILE, int(PROFILE.liked[position]))
        after = ranker.user_scorer(left, trust).score(papers)
        assert (after <= highest[:, column] + 1e-4).all()
        extremes = [ranker.user_scorer(left, extreme).score(papers) for extreme in (0.0, 1.0)]
        nearest[:, column] = np.max(extremes, axis=0)
    np.testing.assert_allclose(highest, nearest, atol=1e-4)


def test_a_paper_without_words_is_scored_by_what_there_is() -> None:
    features = Features.of_papers(
        [Paper("", "x:1"), *(Paper(f"ant bee{i}", f"y:{i}") for i in range(9))]
    )
    ranker = BlendRanker.with_options(SMALL_ALS).fit(features, no_readers(10), seed=0)
    scorer = ranker.user_scorer(Profile.of([1, 2, 3]))
    assert highest_without(ranker, scorer, np.array([0]), np.array([0]))[0, 0] == 0


def test_skips_count_for_nothing_once_no_like_has_an_author() -> None:
    papers = [replace(x, authors=() if i in (1, 2) else x.authors) for i, x in enumerate(PLAIN)]
    features = Features.of_papers(papers)
    ranker = BlendRanker.with_options(SMALL_ALS).fit(features, no_readers(48), seed=0)
    scorer = ranker.user_scorer(Profile.of([0, 1, 2], {13: -1.0, 3: -0.5}))
    rows = np.array([4, 5, 14, 15])
    highest = highest_without(ranker, scorer, np.array([0]), rows)[:, 0]
    left = Profile.of([1, 2], {13: -1.0, 3: -0.5})
    after = [ranker.user_scorer(left, trust).score(rows) for trust in (0.0, 1.0)]
    np.testing.assert_allclose(highest, np.max(after, axis=0), atol=1e-4)
