"""The blend: standard scores, weighted by evidence, and what is avoided."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from worlds import SMALL_ALS, no_readers, subject_rows, world_features, world_papers, world_readers

from recommender.domain import Author, Paper
from recommender.features import Features
from recommender.features.interactions import Profile
from recommender.ranking.content.dislike_penalty import STRENGTH
from recommender.ranking.fusion.normalisation import DenseSample, SparseSample, ZScore
from recommender.ranking.fusion.ranker import BlendRanker
from recommender.ranking.fusion.user_scorer import total
from recommender.ranking.fusion.weights import CorpusStats

EVERYTHING = np.arange(48)
LIKES = [0, 1, 2]


@pytest.fixture(scope="module")
def lonely() -> BlendRanker:
    return BlendRanker.with_options(SMALL_ALS).fit(world_features(), no_readers(48), seed=0)


@pytest.fixture(scope="module")
def crowded() -> BlendRanker:
    return BlendRanker.with_options(SMALL_ALS).fit(world_features(), world_readers(), seed=0)


def scale_of(scores: np.ndarray) -> ZScore:
    return ZScore.of_sums(*np.array([scores.size, scores.sum(), (scores**2).sum()], np.float64))


def test_standard_scores_leave_nan_as_it_is() -> None:
    z_score = scale_of(np.array([1.0, 3.0]))
    assert (z_score.mean, z_score.std) == (2, 1)
    np.testing.assert_allclose(
        z_score.transform(np.array([2, 7, np.nan], dtype=np.float32)), [0, 5, np.nan]
    )


@pytest.mark.parametrize("sample", [[], [4.0], [4.0, 4.0]], ids=len)
def test_a_sample_that_does_not_vary_gives_zeros(sample: list[float]) -> None:
    scores = scale_of(np.array(sample)).transform(np.array([4, 9, np.nan], dtype=np.float32))
    np.testing.assert_array_equal(scores, [0, 0, np.nan])


@pytest.mark.parametrize("judged", [[], [3, 17, 40, 45]], ids=len)
def test_scales_from_sums_equal_scales_from_scores(judged: list[int]) -> None:
    features, reference = world_features(), np.arange(1, 48, 2)
    left = np.setdiff1d(reference, judged)
    direction = features.embedding[:3].sum(axis=0)
    dense = DenseSample.of(features.embedding, reference)
    found = dense.z_score(direction, features.embedding, np.array(judged, int))
    expected = scale_of(features.embedding[left] @ direction)
    assert (found.mean, found.std) == pytest.approx((expected.mean, expected.std), rel=1e-4)
    query = features.paper_terms[:3].sum(axis=0).A1.astype(np.float32)
    sparse = SparseSample.of(features.paper_terms, reference).z_score(
        query, features.paper_terms, np.array(judged, int)
    )
    expected = scale_of(features.paper_terms[left] @ query)
    assert (sparse.mean, sparse.std) == pytest.approx((expected.mean, expected.std))


def test_papers_without_content_are_no_part_of_the_scale() -> None:
    factors = np.array([[1, 0], [0, 0], [3, 0]], dtype=np.float32)
    z_score = DenseSample.of(factors, np.arange(3)).z_score(
        np.array([1, 0], dtype=np.float32), factors, np.arange(0)
    )
    assert (z_score.mean, z_score.std) == (2, 1)


def test_the_total_counts_nan_as_nothing_until_all_are() -> None:
    nan = np.nan
    parts = {
        "als": np.array([1, nan, nan], dtype=np.float32),
        "tfidf": np.array([2, 3, nan], dtype=np.float32),
        "aversion": np.array([-1, -1, -1], dtype=np.float32),
    }
    np.testing.assert_array_equal(total(parts, 3), [2, 2, nan])


@pytest.mark.parametrize("library", ["lonely", "crowded"])
def test_the_score_is_the_sum_of_the_parts(library: str, request: pytest.FixtureRequest) -> None:
    ranker: BlendRanker = request.getfixturevalue(library)
    profile = Profile.of(LIKES, {13: -1.0})
    parts = ranker.parts(profile, EVERYTHING)
    np.testing.assert_allclose(
        ranker.score(profile, EVERYTHING), np.nansum(list(parts.values()), axis=0), rtol=1e-5
    )


def test_only_parts_that_can_say_something_are_there(
    lonely: BlendRanker, crowded: BlendRanker
) -> None:
    found = lonely.parts(Profile.of(LIKES), EVERYTHING)
    assert set(found) == {"als", "tfidf", "authors", "embedding"}
    nameless = Features.of_papers([replace(x, authors=()) for x in world_papers()])
    ranker = BlendRanker.with_options(SMALL_ALS).fit(nameless, no_readers(48), seed=0)
    assert set(ranker.parts(Profile.of(LIKES), EVERYTHING)) == {"als", "tfidf", "embedding"}
    penalty_vector = crowded.parts(Profile.of(LIKES, {13: -1.0}), EVERYTHING)
    assert set(penalty_vector) >= {"als", "tfidf", "neighbours", "aversion"}


def test_judged_papers_do_not_shift_the_scale_of_a_small_catalogue() -> None:
    features = world_features(2, 6)
    ranker = BlendRanker.with_options(SMALL_ALS).fit(features, no_readers(12), seed=0)
    profile = Profile.of([0, 1, 2])
    scorer = ranker.user_scorer(profile)
    parts = scorer.parts(np.arange(3, 12))
    for name in ("als", "tfidf", "embedding"):
        assert parts[name].mean() == pytest.approx(0, abs=1e-4)
        assert parts[name].std() == pytest.approx(scorer.linear_terms[name].weight.liked, rel=1e-4)


@pytest.mark.parametrize("n_papers", [1, 2, 3])
def test_a_catalogue_of_a_few_papers_is_ranked(n_papers: int) -> None:
    features = world_features(1, n_papers)
    ranker = BlendRanker.with_options(SMALL_ALS).fit(features, no_readers(n_papers), seed=0)
    scores = ranker.score(Profile.of([0]), np.arange(n_papers))
    assert not np.isinf(scores).any()


def test_a_paper_without_text_that_readers_like_is_ranked() -> None:
    features = Features.of_papers([*world_papers(), Paper("", "title:wordless")])
    readers = world_readers().toarray()
    readers = np.hstack([readers, (np.arange(60) % 4 == 0)[:, None]]).astype(np.float32)
    ranker = BlendRanker.with_options(SMALL_ALS).fit(features, csr_matrix(readers), seed=0)
    parts = ranker.parts(Profile.of(LIKES), np.array([48]))
    assert np.isnan(parts["tfidf"]).all()
    assert ranker.score(Profile.of(LIKES), np.array([48]))[0] > 0


def test_of_two_papers_in_the_same_words_the_one_by_liked_authors_comes_first() -> None:
    ada, bob = ((Author(literal=x),) for x in ("Ada Lovelace", "Bob Bell"))
    twins = [
        replace(world_papers()[20], paper_id="x:ada", authors=ada),
        replace(world_papers()[20], paper_id="x:bob", authors=bob),
    ]
    liked = Paper("quite another thing", "x:liked", authors=ada)
    features = Features.of_papers([*world_papers(), *twins, liked])
    ranker = BlendRanker.with_options(SMALL_ALS).fit(features, no_readers(51), seed=0)
    by_ada, by_bob = ranker.score(Profile.of([0, 50]), np.array([48, 49]))
    assert by_ada > by_bob + 0.1


def test_a_name_without_a_word_is_too_little_to_be_scored_by() -> None:
    wordless = replace(Paper("", "x:wordless"), authors=world_papers()[0].authors)
    features = Features.of_papers([*world_papers(), wordless])
    ranker = BlendRanker.with_options(SMALL_ALS).fit(features, no_readers(49), seed=0)
    assert np.isnan(ranker.score(Profile.of(LIKES), np.array([48]))).all()


def test_a_dislike_sinks_what_is_close_to_it(lonely: BlendRanker) -> None:
    before = lonely.score(Profile.of([0, 1, 12, 13]), EVERYTHING)
    disliked = Profile.of([0, 1, 12, 13], {14: -1.0})
    after = lonely.score(disliked, EVERYTHING)
    near, other = subject_rows(1)[3:], subject_rows(0)[2:]
    assert before[near].max() > np.median(before[other])
    assert after[near].max() < after[other].min()
    assert lonely.parts(disliked, np.array(near))["aversion"].max() < -0.5
    assert not lonely.parts(disliked, np.array(other))["aversion"].any()


def test_dislikes_have_a_limit(lonely: BlendRanker) -> None:
    near = subject_rows(1)
    one, all_but_one = (
        lonely.parts(Profile.of([0], dict.fromkeys(near[1:n], -1.0)), EVERYTHING)["aversion"]
        for n in (2, len(near))
    )
    assert -STRENGTH <= all_but_one[near[0]] < one[near[0]] < 0
    assert all_but_one.min() >= -STRENGTH


def test_a_skip_weighs_far_less_than_a_dislike(lonely: BlendRanker) -> None:
    near = np.array(subject_rows(1)[3:])
    skip, grudge, dislike = (
        lonely.parts(Profile.of([0], {14: w}), near) for w in (-0.07, -0.5, -1.0)
    )
    assert "aversion" not in skip
    nearness = [-np.log1p(x["aversion"] / STRENGTH) for x in (grudge, dislike)]
    np.testing.assert_allclose(nearness[0], nearness[1] / 4, rtol=1e-4)


def test_the_readers_bring_in_papers_that_share_no_word(crowded: BlendRanker) -> None:
    table = np.zeros((60, 48), dtype=np.float32)
    table[:, [0, 1, 47]] = 1
    table[::2, [20, 21, 22]] = 1
    ranker = BlendRanker.with_options(SMALL_ALS).fit(world_features(), csr_matrix(table), seed=0)
    scores = ranker.score(Profile.of([0, 1]), np.array([47, 46]))
    assert scores[0] > scores[1] + 1


@pytest.mark.parametrize("papers", [EVERYTHING[:4], np.arange(52)], ids=len)
def test_words_count_more_for_papers_nobody_can_have_liked(
    crowded: BlendRanker, papers: np.ndarray
) -> None:
    known = world_papers()[::12]
    twins = [replace(x, paper_id=f"{x.paper_id}-twin") for x in known]
    ranker = crowded.extended(world_features().with_papers(twins))
    scorer = ranker.user_scorer(Profile.of([13, 14, 15]))
    words = scorer.parts(np.array([12, 49]))["tfidf"]
    assert words[1] > 1.05 * words[0] > 0
    scores = scorer.score(papers)
    np.testing.assert_allclose(scores, total(scorer.parts(papers), papers.size), atol=1e-4)


def test_the_embedding_may_count_for_new_papers_alone(crowded: BlendRanker) -> None:
    corpus_stats = CorpusStats(5_000, 1.0, 20.0, terms_per_paper=40)
    twins = [replace(x, paper_id=f"{x.paper_id}-twin") for x in world_papers()[::12]]
    ranker = replace(crowded, corpus_stats=corpus_stats).extended(
        world_features().with_papers(twins)
    )
    scorer, papers = ranker.user_scorer(Profile.of([13, 14, 15])), np.arange(52)
    part = scorer.parts(papers)["embedding"]
    assert np.isnan(part[:48]).all()
    assert np.isfinite(part[48:]).all()
    scores = scorer.score(papers)
    np.testing.assert_allclose(scores, total(scorer.parts(papers), 52), atol=1e-4)
    np.testing.assert_allclose(scores, [scorer.score(papers[[i]])[0] for i in papers], atol=1e-4)
    nobody_new = replace(crowded, corpus_stats=corpus_stats).user_scorer(Profile.of([13, 14, 15]))
    assert "embedding" not in nobody_new.linear_terms
