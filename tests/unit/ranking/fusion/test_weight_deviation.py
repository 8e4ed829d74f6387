"""A reader's likes move the weights of the parts; left out in one pass equals one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from worlds import (
    SMALL_ALS,
    no_readers,
    profile_of_row,
    subject_rows,
    without_like,
    world_features,
    world_readers,
)

from recommender.features.interactions import Profile
from recommender.ranking.als.fold_in import Floats
from recommender.ranking.fusion.leave_one_out import RocchioLeaveOneOut, user_factors_without
from recommender.ranking.fusion.ranker import BlendRanker
from recommender.ranking.fusion.user_scorer import UserScorer
from recommender.ranking.fusion.weight_deviation import (
    SLOPE,
    Z_STD,
    ContrastSample,
    add_weight_deviation,
    fit_deviation,
    unseen_likes,
)

PROFILE = Profile.of({0: 1.0, 3: 2.0, 7: 0.2, 12: 1.0, 14: 1.0}, {30: -0.07, 13: -1.0})
HELD = np.array([0, 1, 2, 4])
SAMPLE = np.array([1, 2, 20, 21, 40])


@pytest.fixture(scope="module")
def ranker() -> BlendRanker:
    return BlendRanker.with_options(SMALL_ALS).fit(world_features(), no_readers(48), seed=0)


def weights_of(scorer: UserScorer) -> dict[str, float]:
    return {name: term.weight.liked for name, term in scorer.linear_terms.items()}


def library_weights(ranker: BlendRanker, profile: Profile) -> dict[str, float]:
    """Return the weights of a reader about whom nothing was learned."""
    assert ranker.sample is not None
    unsampled = replace(ranker.sample, rows=ranker.sample.rows[:0])
    return weights_of(replace(ranker, sample=unsampled).user_scorer(profile))


def test_factors_left_out_in_one_pass_equal_one_by_one(ranker: BlendRanker) -> None:
    contributions = ranker.als.factor_contributions(PROFILE)
    found = user_factors_without(ranker.als, PROFILE, contributions, HELD)
    for column, position in enumerate(HELD):
        left = without_like(PROFILE, int(PROFILE.liked[position]))
        expected = ranker.als.factor_contributions(left).sum(axis=0)
        np.testing.assert_allclose(found[:, column], expected, atol=1e-5)


def test_queries_left_out_in_one_pass_equal_one_by_one(ranker: BlendRanker) -> None:
    history = ranker.user_scorer(PROFILE).histories["embedding"]
    content = ranker.embedding.content
    found = RocchioLeaveOneOut.of(history, HELD).queries(content)
    for column, position in enumerate(HELD):
        left = without_like(PROFILE, int(PROFILE.liked[position]))
        expected = ranker.user_scorer(left).histories["embedding"].query
        np.testing.assert_allclose(found[:, column], expected, atol=1e-5)


def drawn(n_liked: int, useful: int, seed: int = 0) -> tuple[Floats, np.ndarray]:
    """Return z-scores of two parts, of which one tells the likes apart."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(n_liked + 400, 2))
    z[:n_liked, useful] += 3
    return z, np.arange(len(z)) < n_liked


@pytest.mark.parametrize("useful", [0, 1])
def test_the_part_that_tells_likes_apart_gains(useful: int) -> None:
    z, liked = drawn(12, useful)
    found = fit_deviation(z, liked, np.zeros(len(z)), np.ones(2))
    assert found[useful] > 0.3
    assert abs(found[1 - useful]) < found[useful] / 2


def test_the_deviation_is_the_most_probable_one() -> None:
    z, liked = drawn(5, 0)
    scores, z_std = z @ [0.2, 0.4], np.array([1.6, 1.3])
    found = fit_deviation(z, liked, scores, z_std) * SLOPE

    def loss(intercept: float, change: Floats) -> float:
        odds = SLOPE * scores + intercept + z @ change
        counted = np.where(liked, 1.0, 5 / 400)
        logs = counted * np.logaddexp(0, np.where(liked, -odds, odds))
        return float(logs.sum() + ((z_std * change / 0.3) ** 2).sum() / 2)

    def best(change: Floats) -> float:
        return min(loss(b, change) for b in np.linspace(-4, 4, 801))

    least = best(found)
    for step in ([0.03, 0], [-0.03, 0], [0, 0.03], [0, -0.03]):
        assert best(found + step) > least


def test_likes_that_are_told_apart_at_once_change_little() -> None:
    z, liked = drawn(12, 0)
    z[liked] += 20
    found = fit_deviation(z, liked, z.sum(axis=1), np.ones(2))
    assert np.abs(found).max() < 0.5


def test_few_likes_move_the_weights_less_than_many() -> None:
    few, many = (
        fit_deviation(*x, np.zeros(len(x[0])), np.ones(2))[0] for x in (drawn(2, 0), drawn(12, 0))
    )
    assert 0 < few < many


def test_a_part_that_misleads_loses_weight(ranker: BlendRanker) -> None:
    signs = np.random.default_rng(1).choice([-1, 1], 48).astype(np.float32)
    mixed_up = ranker.als.model.papers * signs[:, None]
    wrong = replace(ranker.als, fitted=replace(ranker.als.model, papers=mixed_up))
    likes = Profile.of(subject_rows(1)[:10])
    fooled = replace(ranker, als=wrong)
    library, own = library_weights(fooled, likes), weights_of(fooled.user_scorer(likes))
    assert own["als"] < 0.8 * library["als"]
    assert own["tfidf"] > library["tfidf"]
    good = weights_of(ranker.user_scorer(likes))
    assert good["als"] > 0.95 * library["als"]


def test_one_like_proves_nothing(ranker: BlendRanker) -> None:
    one = Profile.of([0], [30])
    assert weights_of(ranker.user_scorer(one)) == library_weights(ranker, one)


def test_rejected_papers_teach_no_weights(ranker: BlendRanker) -> None:
    assert ranker.sample is not None
    scorer = ranker.user_scorer(PROFILE)
    judged = replace(ranker.sample, rows=np.setdiff1d(ranker.sample.rows, PROFILE.weighted))
    without_judged = replace(ranker, sample=judged).user_scorer(PROFILE)
    assert weights_of(without_judged) == pytest.approx(weights_of(scorer))


def test_no_weight_is_below_0_and_a_part_without_weight_stays_so(ranker: BlendRanker) -> None:
    assert ranker.sample is not None
    scorer = ranker.user_scorer(PROFILE)
    terms = dict(scorer.linear_terms)
    for name, liked in {"tfidf": 0.01, "embedding": 0.0}.items():
        term = terms[name]
        against = replace(term, query=-term.query, weight=replace(term.weight, liked=liked, new=0))
        terms[name] = against
    sample = ContrastSample.of(ranker.item_matrices, ranker.sample.rows)
    own = add_weight_deviation(replace(scorer, linear_terms=terms), ranker.als, sample)
    assert own.linear_terms["tfidf"].weight.liked >= 0
    assert own.linear_terms["embedding"].weight.liked == 0
    assert np.isfinite(own.score(SAMPLE)).all()


def test_every_learned_part_has_a_prior(ranker: BlendRanker) -> None:
    assert set(ranker.user_scorer(PROFILE).linear_terms) == {*Z_STD, "ridge"}


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
