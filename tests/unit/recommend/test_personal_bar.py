"""The bar follows what the reader likes: few or many, on one subject or on several."""

from __future__ import annotations

import numpy as np
import pytest
from worlds import SMALL_ALS, no_readers, subject_rows, without_like, world_features

from recommender.features.interactions import Profile
from recommender.ranking import pipeline
from recommender.ranking.calibration import CalibrationCurve
from recommender.recommend.personal_bar import (
    FEW,
    MAX_HELD_OUT,
    STANDOUT,
    BarEvidence,
    PersonalBar,
    held_out_scores,
    random_scores,
)

N_EACH = 40


@pytest.fixture(scope="module")
def ranker():
    features = world_features(n_subjects=6, n_each=N_EACH)
    options = pipeline.BuildOptions(SMALL_ALS)
    return pipeline.build(features, no_readers(len(features)), options).ranker


def evidence(ranker, liked, disliked=()) -> BarEvidence:
    return BarEvidence.of(ranker, ranker.user_scorer(profile(liked, disliked)))


def profile(liked, disliked=()) -> Profile:
    return Profile.of(sorted(liked), dict.fromkeys(sorted(disliked), -1.0))


def of_subject(subject: int, n: int, start: int = 0) -> list[int]:
    return subject_rows(subject, N_EACH)[start : start + n]


def test_a_like_scores_as_if_it_had_not_been_liked(ranker):
    liked = of_subject(0, 5)
    scores = held_out_scores(ranker, profile(liked))
    assert scores.shape == (5,)
    without = without_like(profile(liked), liked[2])
    assert scores[2] == pytest.approx(ranker.score(without, np.array([liked[2]]))[0])
    assert held_out_scores(ranker, profile(of_subject(0, 30))).size <= MAX_HELD_OUT
    assert held_out_scores(ranker, profile(of_subject(0, 1))).size == 0


def test_what_is_judged_is_no_random_paper(ranker):
    liked = of_subject(0, N_EACH)
    assert random_scores(ranker, ranker.user_scorer(profile(liked))).size == 5 * N_EACH


@pytest.mark.parametrize("subjects", [(0,), (0, 1, 2)])
@pytest.mark.parametrize("n_likes", [3, 6, 12])
def test_papers_of_the_readers_subjects_pass_and_most_others_do_not(ranker, subjects, n_likes):
    each = n_likes // len(subjects)
    liked = [x for subject in subjects for x in of_subject(subject, each)]
    scorer = ranker.user_scorer(profile(liked))
    bar = BarEvidence.of(ranker, scorer).bar(None)
    passes = np.array(
        [(scorer.score(np.array(of_subject(s, 20, 20))) >= bar).mean() for s in range(6)]
    )
    mine = np.isin(np.arange(6), subjects)
    assert passes[mine].min() >= (0.4 if n_likes > 3 else 0.3)
    assert passes[~mine].max() <= 0.2


@pytest.mark.parametrize("n_disliked", [1, 10, 40])
def test_dislikes_of_other_subjects_keep_the_papers_above_the_bar(ranker, n_disliked):
    liked, ahead = of_subject(0, 20), np.array(of_subject(0, 20, 20))

    def above(disliked) -> int:
        scorer = ranker.user_scorer(profile(liked, disliked))
        return int((scorer.score(ahead) >= BarEvidence.of(ranker, scorer).bar(None)).sum())

    others = [x for n in range(10) for s in (2, 3, 4, 5) for x in of_subject(s, 1, n)]
    assert above(others[:n_disliked]) >= 0.85 * above(()) > 0


def test_one_like_leaves_the_level_of_random_papers(ranker):
    one = evidence(ranker, of_subject(0, 1))
    assert one.bar(None) == pytest.approx(np.quantile(one.random, 0.75))


def test_stray_likes_do_not_pull_the_bar_below_random_papers():
    stray = BarEvidence(np.array([-3.0, -2.0, 0.1]), np.linspace(-1, 1, 101), 3)
    assert stray.bar(None) == pytest.approx(0.5)


def test_few_likes_that_are_alike_lift_the_bar_less_than_many():
    few, many = (BarEvidence(np.full(2, 4.0), np.zeros(9), n) for n in (2, 200))
    assert few.bar(None) == pytest.approx(4 * 2 / (2 + FEW))
    assert many.bar(None) == pytest.approx(4, abs=0.1)


def test_with_answers_the_bar_is_half_the_chance_of_the_likes():
    known = BarEvidence(np.full(12, 3.0), np.full(9, -5.0), 10**6)
    curve = CalibrationCurve(-3.0, 1.0)
    bar = known.bar(curve)
    assert curve.chance(bar) == pytest.approx(curve.chance(3.0) / 2, rel=1e-3)
    assert known.bar(CalibrationCurve(-3.0, 0.0)) == pytest.approx(3.0, abs=1e-3)


def test_the_bar_comes_down_to_the_best_of_a_week_that_stands_out_from_the_catalogue(ranker):
    scorers = [ranker.user_scorer(profile(of_subject(n, 12))) for n in (0, 1)]
    either = PersonalBar.of(ranker, scorers, None)
    least = [np.quantile(random_scores(ranker, x), STANDOUT) for x in scorers]
    assert either.standout == pytest.approx(min(least))
    bar = PersonalBar(6.0, 0.4, 12, 3.0)
    assert bar.in_week(3.0, 0.2) == PersonalBar(3.0, 0.2, 12, 3.0)
    assert bar.in_week(5.9) == PersonalBar(5.9, None, 12, 3.0)
    for best in (2.9, 6.0, 7.0, -np.inf):
        assert bar.in_week(best) is bar


def test_a_score_is_found_from_its_chance():
    curve = CalibrationCurve(-2.0, 0.5)
    assert curve.score(curve.chance(1.25)) == pytest.approx(1.25)
    with pytest.raises(ValueError, match="same chance"):
        CalibrationCurve(-2.0, 0.0).score(0.5)
