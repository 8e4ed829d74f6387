"""The factorisation on matrices whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from worlds import SMALL_ALS, no_readers, subject_rows, world_features, world_readers

from recommender.features import Features
from recommender.features.interactions import Profile
from recommender.ranking.als.model import LENT
from recommender.ranking.als.ranker import AlsRanker
from recommender.ranking.als.term_rows import AlsOptions


def wordless(n_papers: int) -> Features:
    counts = csr_matrix(np.zeros((n_papers, 1), dtype=np.float32))
    return Features.of_counts([f"x:{i}" for i in range(n_papers)], counts, ["word"])


def checkerboard(n: int) -> csr_matrix:
    """Even readers like even papers, odd ones odd papers."""
    return csr_matrix(np.fromfunction(lambda r, p: (r + p) % 2 == 0, (n, n)).astype(np.float32))


@pytest.fixture(scope="module")
def lonely() -> AlsRanker:
    return AlsRanker(SMALL_ALS).fit(world_features(), no_readers(48), seed=0)


def test_a_checkerboard_is_learned() -> None:
    options = AlsOptions(factors=4, regularization=1, alpha=40, iterations=20)
    ranker = AlsRanker(options).fit(wordless(50), checkerboard(50), seed=0)
    scores = ranker.score(Profile.of([0, 2, 4]), np.arange(50))
    np.testing.assert_allclose(scores[6::2], 1, atol=0.2)
    np.testing.assert_allclose(scores[1::2], 0, atol=0.2)


def test_words_alone_find_the_subject(lonely: AlsRanker) -> None:
    scores = lonely.score(Profile.of([12, 13]), np.arange(48))
    assert set(np.argsort(-scores)[:12]) == set(subject_rows(1))


def test_a_skip_lowers_its_own_subject_most(lonely: AlsRanker) -> None:
    both = [0, 1, 12, 13]
    before = lonely.score(Profile.of(both), np.arange(48))
    after = lonely.score(Profile.of(both, [14]), np.arange(48))
    fall = before - after
    assert fall[15:24].mean() > 3 * abs(fall[2:12].mean())
    assert fall[14] > 0


def test_a_dislike_lowers_more_than_a_skip(lonely: AlsRanker) -> None:
    liked = [0, 1, 12, 13]
    skip = lonely.score(Profile.of(liked, {14: -0.07}), np.arange(48))
    dislike = lonely.score(Profile.of(liked, {14: -1.0}), np.arange(48))
    assert dislike[14] < skip[14] - 0.05


def test_a_heavier_like_pulls_harder(lonely: AlsRanker) -> None:
    even = lonely.score(Profile.of({0: 1.0, 12: 1.0}), np.arange(48))
    saved = lonely.score(Profile.of({0: 1.0, 12: 4.0}), np.arange(48))
    assert (saved - even)[13:24].mean() > (saved - even)[1:12].mean()


def test_the_score_is_the_sum_of_what_each_like_brings(lonely: AlsRanker) -> None:
    profile = Profile.of({3: 1.0, 15: 2.0, 20: 0.2}, [40, 41])
    by_like = lonely.factor_contributions(profile) @ lonely.model.papers.T
    np.testing.assert_allclose(by_like.sum(axis=0), lonely.score(profile, np.arange(48)), atol=1e-5)


def test_a_paper_without_words_or_readers_has_no_score() -> None:
    table = np.zeros((40, 4), dtype=np.float32)
    table[:, [0, 1]] = 1
    table[:, 3] = -0.07  # skipped by all, liked by none
    ranker = AlsRanker(SMALL_ALS).fit(wordless(4), csr_matrix(table), seed=0)
    scores = ranker.score(Profile.of([0]), np.arange(4))
    assert np.isfinite(scores[[0, 1]]).all()
    assert np.isnan(scores[[2, 3]]).all()


def test_nothing_at_all_to_learn_from_scores_nothing() -> None:
    ranker = AlsRanker(SMALL_ALS).fit(wordless(3), no_readers(3), seed=0)
    assert np.isnan(ranker.score(Profile.of([0]), np.arange(3))).all()


def test_a_new_paper_lands_on_its_subject(lonely: AlsRanker) -> None:
    grown_features = world_features()
    new = world_features(4, 13, seed=7)
    rows = [12, 25]  # the thirteenth papers of the first two subjects
    counts = new.text.count([])
    assert counts.shape[0] == 0
    appended = grown_features.with_counts(
        ["title:new-0", "title:new-1"], _in_terms_of(grown_features, new, rows)
    )
    grown = lonely.extended(appended)
    scores = grown.score(Profile.of([0, 1]), np.array([48, 49]))
    assert scores[0] > scores[1] + 0.1
    np.testing.assert_array_equal(grown.model.papers[:48], lonely.model.papers)


def test_a_new_paper_is_lent_what_papers_of_like_words_are_read_with() -> None:
    readers = csr_matrix(np.vstack([world_readers().toarray()] * 3))
    features = world_features()
    appended = features.with_counts(
        ["title:new-0"], _in_terms_of(features, world_features(4, 13, seed=7), [12])
    )
    crowded = AlsRanker(SMALL_ALS).fit(features, readers, seed=0)
    grown = crowded.extended(appended).model
    own = grown.fold_paper(48)
    lent = grown.papers[48] - own
    nearest = np.argsort(-(appended.paper_terms[48:] @ features.paper_terms.T).toarray()[0])[:30]
    cosines = (appended.paper_terms[48:] @ features.paper_terms[nearest].T).toarray()[0]
    mean = cosines @ grown.papers[nearest] / cosines.sum()
    np.testing.assert_allclose(lent, LENT * grown.reader_weight * mean, atol=1e-4)
    assert grown.reader_weight > 0.1


def _in_terms_of(features: Features, other: Features, rows: list[int]) -> csr_matrix:
    column = {term: i for i, term in enumerate(features.terms)}
    table = np.zeros((len(rows), len(features.terms)), dtype=np.float32)
    for i, row in enumerate(rows):
        for term in other.paper_terms[row].indices:
            if other.terms[term] in column:
                table[i, column[other.terms[term]]] = 1
    return csr_matrix(table)


def test_which_papers_a_reader_had_is_known() -> None:
    readers = world_readers()
    model = AlsRanker(SMALL_ALS).fit(world_features(), readers, seed=0).model
    assert model.papers_of_reader(7).tolist() == sorted(readers[7].indices.tolist())


def test_fitting_leaves_the_ranker_as_it_was() -> None:
    unfitted = AlsRanker(SMALL_ALS)
    unfitted.fit(world_features(), no_readers(48), seed=0)
    with pytest.raises(ValueError, match="fit"):
        unfitted.score(Profile.of([0]), np.arange(3))
