"""What every ranker must do, run over all that are registered."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pytest
from scipy.stats import spearmanr
from worlds import no_readers, profile_of_row, world_features, world_papers, world_readers

from recommender.features import Features
from recommender.features.interactions import Profile, SparseRows
from recommender.ranking import RANKERS
from recommender.ranking.base import Ranker, Scores

N_KNOWN, N_NEW = 48, 3
LEARNS_FROM_READERS = {"als", "neighbours", "blend"}


def make(name: str) -> Any:
    module, _, kind = RANKERS[name].partition(":")
    return getattr(importlib.import_module(module), kind)()


@pytest.fixture(scope="module")
def features() -> Features:
    return world_features()


@pytest.fixture(scope="module")
def readers() -> SparseRows:
    return world_readers()


@pytest.fixture(scope="module", params=sorted(RANKERS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def ranker(name: str, features: Features, readers: SparseRows) -> Ranker:
    fitted: Ranker = make(name).fit(features, readers, seed=3)
    return fitted


@pytest.fixture(scope="module")
def grown(ranker: Ranker, features: Features) -> Ranker:
    new = [p for p in world_papers(4, 13, seed=5) if p.paper_id.endswith("-12")][:N_NEW]
    return ranker.extended(features.with_papers(new))


EVERYTHING = np.arange(N_KNOWN)
TASTE = Profile.of([0, 1, 2], [13])


def assert_same_order(one: Scores, other: Scores) -> None:
    """Hold two rankers to nearly the same order: eight of the first nine papers are the same."""
    assert spearmanr(one, other).statistic > 0.95
    assert len({*np.argsort(-one)[:9]} & {*np.argsort(-other)[:9]}) >= 8


def test_papers_of_the_taste_come_first(ranker: Ranker) -> None:
    scores = ranker.score(TASTE, EVERYTHING)
    order = [i for i in np.argsort(-np.nan_to_num(scores, nan=-1e9)) if i not in (0, 1, 2)]
    assert set(order[:9]) == set(range(3, 12))


def test_scores_are_single_precision_one_a_paper(ranker: Ranker) -> None:
    scores = ranker.score(TASTE, np.array([5, 40]))
    assert scores.shape == (2,)
    assert scores.dtype == np.float32


def test_rows_that_do_not_exist_score_nan_and_raise_nothing(ranker: Ranker) -> None:
    scores = ranker.score(TASTE, np.array([5, -1, N_KNOWN, 10**9]))
    assert np.isfinite(scores[0])
    assert np.isnan(scores[1:]).all()


def test_unknown_rows_of_the_history_are_passed_over(ranker: Ranker) -> None:
    with_unknown = Profile.of([0, 1, 2, 10**9], [13, -5])
    np.testing.assert_array_equal(
        ranker.score(with_unknown, EVERYTHING), ranker.score(TASTE, EVERYTHING)
    )


@pytest.mark.parametrize(
    "profile",
    [Profile.of(), Profile.of([], [4, 5]), Profile.of([10**9], [4])],
    ids=["no events", "skips only", "unknown papers only"],
)
def test_without_a_usable_like_all_scores_are_nan(ranker: Ranker, profile: Profile) -> None:
    assert np.isnan(ranker.score(profile, EVERYTHING)).all()


def test_no_papers_asked_for_no_scores(ranker: Ranker) -> None:
    assert ranker.score(TASTE, np.zeros(0, dtype=np.intp)).shape == (0,)


def test_the_order_of_the_candidates_does_not_matter(ranker: Ranker) -> None:
    shuffled = np.random.default_rng(0).permutation(N_KNOWN)
    np.testing.assert_allclose(
        ranker.score(TASTE, shuffled), ranker.score(TASTE, EVERYTHING)[shuffled], rtol=1e-5
    )


def test_a_score_does_not_depend_on_the_other_candidates(ranker: Ranker) -> None:
    alone = ranker.score(TASTE, np.array([7]))
    np.testing.assert_allclose(alone, ranker.score(TASTE, EVERYTHING)[7:8], rtol=1e-5)


def test_the_order_of_the_history_does_not_matter(ranker: Ranker) -> None:
    np.testing.assert_allclose(
        ranker.score(Profile.of([2, 0, 1], [13]), EVERYTHING),
        ranker.score(TASTE, EVERYTHING),
        rtol=1e-4,
        atol=1e-6,
    )


def test_same_seed_same_scores_and_a_second_fit_equals_a_fresh_one(
    name: str, ranker: Ranker, features: Features, readers: SparseRows
) -> None:
    expected = ranker.score(TASTE, EVERYTHING)
    other = make(name).fit(features, readers[:10], seed=1)
    again = other.fit(features, readers, seed=3)
    np.testing.assert_array_equal(again.score(TASTE, EVERYTHING), expected)
    np.testing.assert_array_equal(ranker.score(TASTE, EVERYTHING), expected)


def test_saved_and_loaded_it_scores_alike(name: str, ranker: Ranker, features: Features) -> None:
    stored = {key: np.array(array) for key, array in ranker.arrays().items()}
    assert all(array.dtype != object for array in stored.values())
    loaded = type(make(name)).from_arrays(features, stored)
    np.testing.assert_array_equal(loaded.score(TASTE, EVERYTHING), ranker.score(TASTE, EVERYTHING))


def test_extended_it_scores_known_papers_as_before(
    name: str, ranker: Ranker, grown: Ranker
) -> None:
    before, after = ranker.score(TASTE, EVERYTHING), grown.score(TASTE, EVERYTHING)
    if name == "blend":  # here the embedding weighs for new papers only, and is learned with them
        assert_same_order(before, after)
    else:
        np.testing.assert_allclose(after, before, rtol=1e-4, atol=1e-5)


def test_a_new_paper_of_the_taste_beats_new_papers_that_are_not(
    name: str, ranker: Ranker, grown: Ranker
) -> None:
    new = np.arange(N_KNOWN, N_KNOWN + N_NEW)
    assert np.isnan(ranker.score(TASTE, new)).all()
    scores = grown.score(TASTE, new)
    if name == "neighbours":
        assert np.isnan(scores).all()  # nobody can have liked them yet
    else:
        assert scores[0] > scores[1:].max()


def test_a_reader_of_the_fit_is_ranked_alike_known_or_folded_in(
    name: str, ranker: Ranker, readers: SparseRows
) -> None:
    known = profile_of_row(readers, 0)
    folded = Profile.of([int(i) for i in known.liked], [int(i) for i in known.rejected])
    one, other = (np.nan_to_num(ranker.score(p, EVERYTHING)) for p in (known, folded))
    if name == "blend":  # a reader's own weights learn only from likes that the fit has not seen
        assert_same_order(one, other)
    else:
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def test_fits_a_library_without_readers(name: str, features: Features) -> None:
    lonely = make(name).fit(features, no_readers(N_KNOWN), seed=0)
    scores = lonely.score(TASTE, EVERYTHING)
    if name == "neighbours":
        assert np.isnan(scores).all()
    else:
        assert np.nanmean(scores[3:12]) > np.nanmean(scores[12:])


def test_fits_a_single_paper(name: str) -> None:
    one = world_features(1, 1)
    scores = make(name).fit(one, no_readers(1), seed=0).score(Profile.of([0]), np.array([0]))
    assert scores.shape == (1,)


@pytest.mark.parametrize("learner", sorted(LEARNS_FROM_READERS))
def test_readers_bring_papers_together_that_share_no_word(learner: str, features: Features) -> None:
    table = np.zeros((60, N_KNOWN), dtype=np.float32)
    table[:, [0, 1, 47]] = 1
    table[::2, [20, 21, 22]] = 1
    together = make(learner).fit(features, type(no_readers(1))(table), seed=0)
    scores = together.score(Profile.of([0, 1]), np.array([47, 46, 45]))
    assert scores[0] > np.nan_to_num(scores[1:], nan=-1e9).max()
