"""What dislikes do to a slate, in a library of known subjects and on real papers."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from worlds import NOW, SMALL_ALS, no_readers, subject_rows, world_features

from recommender.evaluation.datasets import open_dataset
from recommender.features import Features
from recommender.features.interactions import Profile
from recommender.ranking.fusion.ranker import BlendRanker
from recommender.ranking.pipeline import BuildOptions, Model, build, rank

N_SUBJECTS, N_EACH, N_SHOWN = 8, 60, 20
LIKED, DISLIKED = 0, 1
ABOVE = 0.5
"""Score above which a paper may be part of a digest."""


@pytest.fixture(scope="module")
def model() -> Model:
    n = N_SUBJECTS * N_EACH
    return build(world_features(N_SUBJECTS, N_EACH), no_readers(n), BuildOptions(SMALL_ALS))


def first_twenty(model: Model, profile: Profile) -> list[int]:
    slate = rank(model, {"own": (profile, 1.0)}, n=N_SHOWN, now=NOW)
    return [x.paper_index for x in slate]


def share(rows: Iterable[int], slate: list[int]) -> float:
    return float(np.isin(slate, list(rows)).mean())


def two_subjects(n_dislikes: int) -> Profile:
    """Return eight likes of each of two subjects, and dislikes of the second."""
    liked, disliked = subject_rows(LIKED, N_EACH), subject_rows(DISLIKED, N_EACH)
    turned_down = dict.fromkeys(disliked[8 : 8 + n_dislikes], -1.0)
    return Profile.of([*liked[:8], *disliked[:8]], turned_down)


def above(model: Model, profile: Profile, rows: Iterable[int]) -> int:
    unjudged = np.setdiff1d(list(rows), profile.weighted)
    return int((model.ranker.score(profile, unjudged) >= ABOVE).sum())


def test_a_disliked_subject_sinks_with_every_dislike(model: Model) -> None:
    shares = {
        n: share(subject_rows(DISLIKED, N_EACH), first_twenty(model, two_subjects(n)))
        for n in (0, 1, 3, 10, 40)
    }
    assert shares[0] >= 0.3
    assert shares[1] <= shares[0] / 2
    assert shares[3] <= shares[1]
    assert max(shares[10], shares[40]) < 0.1


@pytest.mark.parametrize("n_dislikes", [1, 3, 10, 40])
def test_the_other_subject_keeps_its_papers_above_the_bar(model: Model, n_dislikes: int) -> None:
    rows = subject_rows(LIKED, N_EACH)
    before = above(model, two_subjects(0), rows)
    assert before > 40
    assert above(model, two_subjects(n_dislikes), rows) >= 0.95 * before


@pytest.mark.parametrize("n_dislikes", [1, 3, 10, 40])
def test_dislikes_of_other_subjects_leave_the_slate_alone(model: Model, n_dislikes: int) -> None:
    others = np.setdiff1d(np.arange(N_SUBJECTS * N_EACH), subject_rows(LIKED, N_EACH))
    drawn = np.random.default_rng(0).choice(others, n_dislikes, replace=False)
    liked = subject_rows(LIKED, N_EACH)[:12]
    profile = Profile.of(liked, dict.fromkeys(drawn.tolist(), -1.0))
    rows = subject_rows(LIKED, N_EACH)
    assert share(rows, first_twenty(model, profile)) >= 0.95
    everything = np.arange(N_SUBJECTS * N_EACH)
    before = above(model, Profile.of(liked), np.setdiff1d(everything, drawn))
    assert above(model, profile, everything) >= 0.85 * before


@pytest.mark.slow
def test_dislikes_spare_the_subject_of_a_reader_of_real_papers(shared: Path) -> None:
    dataset = open_dataset(shared / "data" / "hf-daily")
    texts = [f"{x.title} {x.abstract}".lower() for x in dataset.records]
    on_subject = np.flatnonzero(["reinforcement learning" in x for x in texts])
    others = np.setdiff1d(np.arange(len(texts)), on_subject)
    model = build(Features.of_papers(list(dataset.records)), no_readers(len(texts)))
    rng = np.random.default_rng(0)
    likes = rng.choice(on_subject, 121, replace=False)
    disliked = rng.choice(others, 40, replace=False)
    plain = Profile.of(likes)
    turned_down = Profile.of(likes, dict.fromkeys(disliked.tolist(), -1.0))
    before, after = (share(on_subject, first_twenty(model, x)) for x in (plain, turned_down))
    assert before >= 0.7
    assert after >= 0.95 * before
    everything = np.setdiff1d(np.arange(len(texts)), disliked)
    assert above(model, turned_down, everything) >= 0.85 * above(model, plain, everything)


def test_dislikes_within_the_only_subject_of_the_likes_leave_the_rest_of_it_alone() -> None:
    """Who screens one subject dislikes papers that are near to the wanted ones."""
    ranker = BlendRanker.with_options(SMALL_ALS).fit(world_features(), no_readers(48), seed=0)
    rest = np.arange(8, 12)
    disliked = {4: -1.0, 5: -1.0, 6: -1.0}
    within = Profile.of({0: 1.0, 1: 1.0, 2: 1.0, 3: 1.0}, disliked)
    elsewhere = Profile.of({12: 1.0, 13: 1.0, 14: 1.0, 15: 1.0}, disliked)
    own = ranker.user_scorer(within).parts(rest)["aversion"]
    others = ranker.user_scorer(elsewhere).parts(rest)["aversion"]
    assert others.mean() < -1.0
    assert own.mean() > others.mean() / 2
