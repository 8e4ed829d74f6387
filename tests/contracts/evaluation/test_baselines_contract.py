"""What every baseline of the evaluation must do, run over all that are registered."""

from __future__ import annotations

import importlib

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from recommender.evaluation.baselines import BASELINES
from recommender.evaluation.baselines.base import Scorer
from recommender.features import Features
from recommender.features.interactions import Profile, SparseRows

N_KNOWN, N_NEW, N_READERS = 40, 6, 30


def counts(first: int, n: int) -> SparseRows:
    """Even papers use the first ten words, odd ones the last ten, and all share two."""
    table = np.zeros((n, 22), dtype=np.float32)
    for i in range(n):
        rng = np.random.default_rng(first + i)
        own = 10 * ((first + i) % 2)
        table[i, own + rng.choice(10, size=5, replace=False)] = rng.integers(1, 4, size=5)
        table[i, 20:] = 1
    return csr_matrix(table)


def ids(first: int, n: int) -> list[str]:
    return [f"p{i}" for i in range(first, first + n)]


@pytest.fixture(scope="module")
def known() -> Features:
    words = [f"w{i}" for i in range(22)]
    days = np.arange(N_KNOWN, dtype=np.float64)
    return Features.of_counts(ids(0, N_KNOWN), counts(0, N_KNOWN), words, days)


@pytest.fixture(scope="module")
def grown(known: Features) -> Features:
    days = np.arange(N_NEW, dtype=np.float64) + 100
    return known.with_counts(ids(N_KNOWN, N_NEW), counts(N_KNOWN, N_NEW), days)


@pytest.fixture(scope="module")
def libraries() -> SparseRows:
    """Each reader has six even or six odd papers of the first thirty, and one skip."""
    table = np.zeros((N_READERS, N_KNOWN), dtype=np.float32)
    rng = np.random.default_rng(1)
    for reader in range(N_READERS):
        own = np.arange(reader % 2, 30, 2)
        table[reader, rng.choice(own, size=6, replace=False)] = 1
        table[reader, rng.choice(np.arange(1 - reader % 2, 30, 2))] = -0.07
    return csr_matrix(table)


def make(name: str) -> Scorer:
    module, _, cls = BASELINES[name].target.partition(":")
    return getattr(importlib.import_module(module), cls)()


@pytest.fixture(scope="module", params=list(BASELINES))
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def fitted(name: str, known: Features, libraries: SparseRows) -> Scorer:
    return make(name).fit(known, libraries, seed=3)


HISTORY = Profile.of(np.array([0, 4, 8]), np.array([1]))
ALL = np.arange(N_KNOWN)


def test_scores_follow_the_order_of_the_papers(fitted: Scorer) -> None:
    forth, back = fitted.score(HISTORY, ALL), fitted.score(HISTORY, ALL[::-1])
    assert forth.dtype == np.float32
    np.testing.assert_allclose(forth, back[::-1], rtol=1e-5)


def test_papers_that_do_not_exist_are_nan(fitted: Scorer) -> None:
    scores = fitted.score(HISTORY, np.array([-1, 2, N_KNOWN, 10_000]))
    assert np.isnan(scores[[0, 2, 3]]).all()
    assert np.isfinite(scores[1])


def test_history_with_papers_that_do_not_exist_is_passed_over(fitted: Scorer) -> None:
    odd = Profile.of(np.array([0, 4, 8, 10_000]), np.array([1, 20_000]))
    np.testing.assert_allclose(fitted.score(odd, ALL), fitted.score(HISTORY, ALL), rtol=1e-5)


def test_same_seed_same_scores(
    name: str, known: Features, libraries: SparseRows, fitted: Scorer
) -> None:
    again = make(name).fit(known, libraries, seed=3)
    np.testing.assert_array_equal(again.score(HISTORY, ALL), fitted.score(HISTORY, ALL))


def test_a_second_fit_equals_a_fresh_one(
    known: Features, libraries: SparseRows, fitted: Scorer
) -> None:
    again = fitted.fit(known, libraries, seed=3)
    np.testing.assert_array_equal(again.score(HISTORY, ALL), fitted.score(HISTORY, ALL))


def test_nothing_liked_is_all_nan_for_personal_baselines(name: str, fitted: Scorer) -> None:
    scores = fitted.score(Profile.of(np.array([], dtype=np.intp), np.array([1])), ALL)
    same_for_all = name in ("popularity", "recency")
    assert np.isfinite(scores).all() if same_for_all else np.isnan(scores).all()


def test_the_readers_own_topic_comes_first(name: str, fitted: Scorer) -> None:
    if name in ("popularity", "recency"):
        pytest.skip("the same list for everybody")
    candidates = np.setdiff1d(np.arange(30), HISTORY.weighted)
    best = candidates[np.argsort(-np.nan_to_num(fitted.score(HISTORY, candidates), nan=-9))][:8]
    assert (best % 2 == 0).sum() >= 6


def test_new_papers_are_scored_by_text_and_days_only(
    name: str, grown: Features, fitted: Scorer
) -> None:
    new = np.arange(N_KNOWN, N_KNOWN + N_NEW)
    scores = fitted.extended(grown).score(HISTORY, new)
    if BASELINES[name].needs_readers:
        assert np.isnan(scores).all()
    else:
        assert np.isfinite(scores).all()


def test_nobody_to_learn_from_is_no_error(name: str, known: Features) -> None:
    nobody = csr_matrix(np.zeros((0, N_KNOWN), dtype=np.float32))
    scores = make(name).fit(known, nobody, seed=3).score(HISTORY, ALL)
    personal = BASELINES[name].needs_readers and name != "popularity"
    assert np.isnan(scores).all() if personal else np.isfinite(scores).all()
