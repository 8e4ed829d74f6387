"""The blend: standard scores, weighted by evidence, and what is avoided."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from worlds import SMALL_ALS, no_readers, subject_rows, world_features, world_papers, world_readers

from recommender.domain import Paper
from recommender.features import Features
from recommender.features.interactions import Profile
from recommender.ranking.blend import BlendRanker, standard_scores, total
from recommender.ranking.weights import Evidence, weights_for

EVERYTHING = np.arange(48)
LIKES = [0, 1, 2]


@pytest.fixture(scope="module")
def lonely() -> BlendRanker:
    return BlendRanker.with_options(SMALL_ALS).fit(world_features(), no_readers(48), seed=0)


@pytest.fixture(scope="module")
def crowded() -> BlendRanker:
    return BlendRanker.with_options(SMALL_ALS).fit(world_features(), world_readers(), seed=0)


def test_standard_scores_are_measured_on_the_sample() -> None:
    scores = np.array([1, 3, np.nan, 2, 7, np.nan], dtype=np.float32)
    np.testing.assert_allclose(standard_scores(scores, 3), [0, 5, np.nan])


@pytest.mark.parametrize("sample", [[], [4.0], [4.0, 4.0], [np.nan, np.nan]], ids=len)
def test_a_sample_that_does_not_vary_gives_zeros(sample: list[float]) -> None:
    scores = np.array([*sample, 4, 9, np.nan], dtype=np.float32)
    np.testing.assert_array_equal(standard_scores(scores, len(sample)), [0, 0, np.nan])


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
    assert set(lonely.parts(Profile.of(LIKES), EVERYTHING)) == {"als", "tfidf", "embedding"}
    with_skip = crowded.parts(Profile.of(LIKES, [13]), EVERYTHING)
    assert set(with_skip) >= {"als", "tfidf", "neighbours", "aversion"}


def test_judged_papers_do_not_shift_the_scale_of_a_small_catalogue() -> None:
    features = world_features(2, 6)
    ranker = BlendRanker.with_options(SMALL_ALS).fit(features, no_readers(12), seed=0)
    profile = Profile.of([0, 1, 2])
    parts, weights = ranker.parts(profile, np.arange(3, 12)), ranker.weights(profile)
    for name in ("als", "tfidf", "embedding"):
        assert parts[name].mean() == pytest.approx(0, abs=1e-4)
        assert parts[name].std() == pytest.approx(weights[name], rel=1e-4)


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


def test_a_dislike_sinks_what_is_close_to_it(lonely: BlendRanker) -> None:
    liked = Profile.of([0, 1, 12, 13])
    before = np.argsort(np.argsort(-lonely.score(liked, EVERYTHING)))
    averse = Profile.of([0, 1, 12, 13], {14: -1.0})
    after = np.argsort(np.argsort(-lonely.score(averse, EVERYTHING)))
    near = subject_rows(1)[3:]
    assert before[near].mean() < 20
    assert after[near].mean() > 30
    assert lonely.parts(averse, np.array(near))["aversion"].max() < -0.5


def test_a_skip_weighs_far_less_than_a_dislike(lonely: BlendRanker) -> None:
    near = np.array(subject_rows(1)[3:])
    skip, dislike = (
        lonely.parts(Profile.of([0], {14: w}), near)["aversion"].mean() for w in (-0.07, -1.0)
    )
    assert -0.05 < skip < 0
    assert dislike < 100 * skip


def test_the_readers_bring_in_papers_that_share_no_word(crowded: BlendRanker) -> None:
    table = np.zeros((60, 48), dtype=np.float32)
    table[:, [0, 1, 47]] = 1
    table[::2, [20, 21, 22]] = 1
    ranker = BlendRanker.with_options(SMALL_ALS).fit(world_features(), csr_matrix(table), seed=0)
    scores = ranker.score(Profile.of([0, 1]), np.array([47, 46]))
    assert scores[0] > scores[1] + 1


def test_weights_move_smoothly_with_the_evidence() -> None:
    for n_papers in (228, 26_000):
        lonely = weights_for(Evidence(n_papers, 1, 0.0))
        sparse = weights_for(Evidence(n_papers, 100, 0.1))
        dense = weights_for(Evidence(n_papers, 8000, 10.0))
        assert lonely["als"] == sparse["als"] == dense["als"] == 1
        assert lonely["tfidf"] > sparse["tfidf"] > dense["tfidf"] > 0.2
        assert lonely["embedding"] >= sparse["embedding"] >= dense["embedding"]
        assert (lonely["neighbours"], sparse["neighbours"]) == (0, 0.2)


def test_the_embedding_counts_in_small_catalogues() -> None:
    small, large = (weights_for(Evidence(n, 1, 0.0))["embedding"] for n in (228, 50_000))
    assert small > 0.3
    assert large == 0


def test_evidence_counts_readers_who_like_something() -> None:
    table = np.array([[1, 1], [0, 0], [-0.07, 0]], dtype=np.float32)
    assert Evidence.of(csr_matrix(table)) == Evidence(2, 1, 1.0)
