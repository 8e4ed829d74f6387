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
from recommender.ranking.explain.counterfactual import scores_without
from recommender.ranking.fusion.ranker import BlendRanker
from recommender.ranking.fusion.user_scorer import UserScorer
from recommender.ranking.fusion.weights import CorpusStats

PROFILE = Profile.of({0: 1.0, 3: 2.0, 7: 0.2, 12: 1.0, 14: 1.0}, {30: -0.07, 13: -1.0})
HELD = np.array([0, 1, 2, 4])
PLAIN = world_papers()
PAPERS = np.array([1, 2, 20, 21, 40, 47])


def with_weights_of(scorer: UserScorer, other: UserScorer) -> UserScorer:
    """Return a scorer with the weights that another one has."""
    weights = {name: term.weight for name, term in other.linear_terms.items()}
    terms = {name: replace(x, weight=weights[name]) for name, x in scorer.linear_terms.items()}
    return replace(scorer, linear_terms=terms, walk_weight=other.walk_weight)


@pytest.mark.parametrize("library", ["alone", "among readers", "with new papers"])
def test_scores_without_likes_are_those_of_profiles_without_them(library: str) -> None:
    readers = no_readers(48) if library == "alone" else world_readers()
    ranker = BlendRanker.with_options(SMALL_ALS).fit(world_features(), readers, seed=0)
    if library == "with new papers":
        crowded = CorpusStats(48, 1.0, 20.0, terms_per_paper=20)
        new = [replace(x, paper_id=f"{x.paper_id}-twin") for x in PLAIN[::6]]
        ranker = replace(ranker, corpus_stats=crowded).extended(world_features().with_papers(new))
    papers = np.append(PAPERS, np.arange(48, len(ranker.coldness)))
    scorer = ranker.user_scorer(PROFILE)
    found = scores_without(ranker, scorer, HELD, papers)
    for column, position in enumerate(HELD):
        left = ranker.user_scorer(without_like(PROFILE, int(PROFILE.liked[position])))
        expected = with_weights_of(left, scorer).score(papers)
        np.testing.assert_allclose(found[:, column], expected, atol=1e-4)


def test_a_paper_without_words_is_scored_by_what_there_is() -> None:
    features = Features.of_papers(
        [Paper("", "x:1"), *(Paper(f"ant bee{i}", f"y:{i}") for i in range(9))]
    )
    ranker = BlendRanker.with_options(SMALL_ALS).fit(features, no_readers(10), seed=0)
    scorer = ranker.user_scorer(Profile.of([1, 2, 3]))
    assert scores_without(ranker, scorer, np.array([0]), np.array([0]))[0, 0] == 0


def test_skips_count_for_nothing_once_no_like_has_an_author() -> None:
    papers = [replace(x, authors=() if i in (1, 2) else x.authors) for i, x in enumerate(PLAIN)]
    features = Features.of_papers(papers)
    ranker = BlendRanker.with_options(SMALL_ALS).fit(features, no_readers(48), seed=0)
    scorer = ranker.user_scorer(Profile.of([0, 1, 2], {13: -1.0, 3: -0.5}))
    rows = np.array([4, 5, 14, 15])
    found = scores_without(ranker, scorer, np.array([0]), rows)[:, 0]
    left = ranker.user_scorer(Profile.of([1, 2], {13: -1.0, 3: -0.5}))
    np.testing.assert_allclose(found, with_weights_of(left, scorer).score(rows), atol=1e-4)
