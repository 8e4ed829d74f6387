"""Likes held out in closed form equal likes left out; a bad model loses its share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from worlds import SMALL_ALS, no_readers, subject_rows, without_like, world_features, world_readers

from recommender.features.interactions import Profile, profile_of_row
from recommender.ranking.content.rocchio import Rocchio
from recommender.ranking.fusion.leave_one_out import (
    LeaveOneOut,
    leave_one_out_als,
    leave_one_out_tfidf,
)
from recommender.ranking.fusion.normalisation import SparseSample
from recommender.ranking.fusion.ranker import BlendRanker
from recommender.ranking.fusion.trust_gate import TrustGate, unseen_likes

PROFILE = Profile.of({0: 1.0, 3: 2.0, 7: 0.2, 12: 1.0, 14: 1.0}, {30: -0.07, 13: -1.0})
HELD = np.array([0, 1, 2, 4])
SAMPLE = np.array([1, 2, 20, 21, 40])


@pytest.fixture(scope="module")
def ranker() -> BlendRanker:
    return BlendRanker.with_options(SMALL_ALS).fit(world_features(), no_readers(48), seed=0)


@pytest.mark.parametrize("which", ["als", "tfidf"])
def test_held_out_in_one_pass_equals_left_out_one_by_one(ranker: BlendRanker, which: str) -> None:
    if which == "als":
        factor_contributions, sample = (
            ranker.als.factor_contributions(PROFILE),
            ranker.als.model.papers[SAMPLE],
        )
        found = leave_one_out_als(ranker.als, PROFILE, factor_contributions, HELD, sample)
    else:
        terms = ranker.tfidf.content[SAMPLE]
        sample = SparseSample(SAMPLE, terms, terms.T.tocsr())
        found = leave_one_out_tfidf(Rocchio.of(PROFILE, ranker.tfidf.content), HELD, sample)
    one = getattr(ranker, which)
    for column, position in enumerate(HELD):
        row = int(PROFILE.liked[position])
        left = without_like(PROFILE, row)
        np.testing.assert_allclose(
            found.own[column], one.score(left, np.array([row]))[0], atol=1e-5
        )
        expected = np.nan_to_num(one.score(left, SAMPLE))
        np.testing.assert_allclose(found.others[:, column], expected, atol=1e-5)


def test_ranks_count_ties_half() -> None:
    held = LeaveOneOut(np.array([2.0]), np.array([[3.0], [2.0], [1.0], [5.0]]))
    np.testing.assert_allclose(np.exp(held.log_ranks()), [1 + 2 + 0.5])


def test_a_good_model_keeps_its_whole_share(ranker: BlendRanker) -> None:
    likes = Profile.of(subject_rows(1)[:8])
    assert ranker.user_scorer(likes).trust > 0.9


def test_a_model_worse_than_words_loses_its_share(ranker: BlendRanker) -> None:
    signs = np.random.default_rng(1).choice([-1, 1], 48).astype(np.float32)
    mixed_up = ranker.als.model.papers * signs[:, None]
    wrong = replace(ranker.als, fitted=replace(ranker.als.model, papers=mixed_up))
    assert ranker.sample is not None
    trust_gate = TrustGate.of(wrong, ranker.tfidf.content, ranker.sample.rows)
    fooled = replace(ranker, als=wrong, sample=replace(ranker.sample, trust_gate=trust_gate))
    likes = Profile.of(subject_rows(1)[:10])
    scorer = fooled.user_scorer(likes)
    assert scorer.trust < 0.2
    words = scorer.linear_terms["tfidf"].weight.liked
    assert words == ranker.user_scorer(likes).linear_terms["tfidf"].weight.liked
    assert "als" not in scorer.linear_terms or scorer.linear_terms["als"].weight.liked < 0.5 * words


def test_two_likes_prove_nothing(ranker: BlendRanker) -> None:
    assert ranker.user_scorer(Profile.of([0, 30])).trust == 1


def test_likes_that_took_part_in_the_fit_are_not_asked() -> None:
    readers = world_readers()
    crowded = BlendRanker.with_options(SMALL_ALS).fit(world_features(), readers, seed=0)
    known = profile_of_row(readers, 5)
    assert unseen_likes(crowded.als, known).size == 0
    new = [row for row in subject_rows(1) if row not in known.liked][:2]
    later = Profile.of([*known.liked.tolist(), *new], reader_index=5)
    assert later.liked[unseen_likes(crowded.als, later)].tolist() == new
    stranger = replace(known, reader_index=None)
    assert unseen_likes(crowded.als, stranger).size == known.liked.size
