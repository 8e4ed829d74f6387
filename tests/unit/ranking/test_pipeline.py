"""From histories to a slate: what is asked of the product's ranking as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from worlds import (
    NOW,
    SMALL_ALS,
    no_readers,
    subject_rows,
    world_features,
    world_papers,
    world_readers,
)

from recommender.domain import Candidate, Paper
from recommender.features import Features
from recommender.features.interactions import Profile
from recommender.ranking import pipeline
from recommender.ranking.pipeline import BuildOptions, Model, SlateOptions

OPTIONS = BuildOptions(als=SMALL_ALS)


@pytest.fixture(scope="module", params=["alone", "among readers"])
def model(request: pytest.FixtureRequest) -> Model:
    readers = no_readers(48) if request.param == "alone" else world_readers()
    return pipeline.build(world_features(), readers, OPTIONS)


def slate(model: Model, profile: Profile, n: int = 10, **more: object) -> list[Candidate]:
    return pipeline.rank(model, {"me/general": (profile, 1.0)}, n=n, now=NOW, **more)  # type: ignore[arg-type]


def rows(candidates: Sequence[Candidate]) -> list[int]:
    return [c.paper_index for c in candidates]


def test_three_likes_fill_the_slate_with_their_subject(model: Model) -> None:
    first = slate(model, Profile.of([12, 13, 14]), 9)
    assert set(rows(first)) == set(range(15, 24))
    assert {c.interest_id for c in first} == {"me/general"}
    assert {c.propensity for c in first} == {1.0}


def test_scores_fall_and_are_the_sum_of_their_parts(model: Model) -> None:
    first = slate(model, Profile.of([12, 13], [0]))
    scores = [c.score for c in first]
    assert scores == sorted(scores, reverse=True)
    for c in first:
        assert sum(c.parts.values()) == pytest.approx(c.score, rel=1e-5)
        assert np.isfinite(list(c.parts.values())).all()


def test_judged_papers_never_return(model: Model) -> None:
    everything = slate(model, Profile.of([0, 1, 2], {14: -0.07, 30: -1.0}), 100)
    assert sorted(rows(everything)) == [r for r in range(48) if r not in (0, 1, 2, 14, 30)]


def test_a_slate_is_never_padded_and_holds_no_paper_twice(model: Model) -> None:
    few = slate(model, Profile.of([0, 1]), 10, pool=np.array([1, 5, 5, 40, 99]))
    assert sorted(rows(few)) == [5, 40]
    assert slate(model, Profile.of([0]), 10, pool=np.array([], dtype=np.intp)) == []
    assert slate(model, Profile.of([0]), 0) == []


def test_excluded_papers_stay_out(model: Model) -> None:
    assert set(rows(slate(model, Profile.of([0]), 48, exclude={3, 4}))).isdisjoint({0, 3, 4})


def test_the_order_of_the_pool_does_not_matter(model: Model) -> None:
    pool = np.arange(3, 40)
    shuffled = np.random.default_rng(0).permutation(pool)
    profile = Profile.of([0, 14], [30])
    one, other = (slate(model, profile, pool=p) for p in (pool, shuffled))
    assert one == other


def test_a_like_moves_the_next_slate_and_undo_restores_it(model: Model) -> None:
    before = slate(model, Profile.of([0, 1]))
    liked = slate(model, Profile.of([0, 1, 30]))
    assert sum(r in subject_rows(2) for r in rows(liked)) > sum(
        r in subject_rows(2) for r in rows(before)
    )
    assert slate(model, Profile.of([0, 1])) == before


def test_a_skip_moves_the_next_slate(model: Model) -> None:
    likes = [0, 1, 12, 13]
    before, after = slate(model, Profile.of(likes), 44), slate(model, Profile.of(likes, [14]), 44)
    place = {row: i for i, row in enumerate(rows(before))}
    later = {row: i for i, row in enumerate(rows(after))}
    near = subject_rows(1)[3:]
    assert np.mean([later[r] for r in near]) > np.mean([place[r] for r in near])


@pytest.mark.parametrize(("one", "other"), [(0, 1), (1, 3), (2, 0)])
def test_two_unrelated_subjects_in_one_interest_both_reach_the_slate(
    model: Model, one: int, other: int
) -> None:
    likes = [*subject_rows(one)[:5], *subject_rows(other)[:5]]
    count = Counter(row // 12 for row in rows(slate(model, Profile.of(likes))))
    assert min(count[one], count[other]) >= 3


def test_a_small_second_subject_is_not_blurred_away(model: Model) -> None:
    likes = [*subject_rows(0)[:8], *subject_rows(2)[:2]]
    count = Counter(row // 12 for row in rows(slate(model, Profile.of(likes))))
    assert count[2] >= 2


def test_several_interests_get_their_share(model: Model) -> None:
    profiles = {
        "me/a": (Profile.of([0, 1]), 3.0),
        "me/b": (Profile.of([12, 13]), 1.0),
        "me/new": (Profile.of(), 5.0),
        "me/off": (Profile.of([24, 25]), 0.0),
    }
    found = pipeline.rank(model, profiles, n=8, now=NOW)
    assert Counter(c.interest_id for c in found) == {"me/a": 6, "me/b": 2}
    assert all((c.paper_index < 12) == (c.interest_id == "me/a") for c in found)
    assert found[0].interest_id == "me/a"
    assert "me/b" in [c.interest_id for c in found[:4]]


def test_a_paper_judged_in_one_interest_is_not_shown_for_another(model: Model) -> None:
    profiles = {"a": (Profile.of([0, 1]), 1.0), "b": (Profile.of([2], [3]), 1.0)}
    found = pipeline.rank(model, profiles, n=48, now=NOW)
    assert set(rows(found)).isdisjoint({0, 1, 2, 3})
    assert len(set(rows(found))) == len(found)


def test_an_interest_that_runs_out_leaves_its_places_to_the_others(model: Model) -> None:
    profiles = {"a": (Profile.of([0]), 1.0), "b": (Profile.of([12]), 1.0)}
    found = pipeline.rank(model, profiles, n=10, pool=np.arange(1, 12), now=NOW)
    assert len(found) == 10


@pytest.mark.parametrize(
    "profile", [Profile.of(), Profile.of({5: 0.2}), Profile.of([10**6])],
    ids=["no events", "one paper opened", "unknown paper liked"],
)  # fmt: skip
def test_without_feedback_the_slate_is_recent_and_spread(model: Model, profile: Profile) -> None:
    first = slate(model, profile, 4)
    assert {row // 12 for row in rows(first)} == {0, 1, 2, 3}
    assert all(set(c.parts) == {"recency"} for c in first)
    assert [c.interest_id for c in first] == [None] * 4
    assert slate(model, profile, 4) == first


def test_skips_alone_turn_the_opening_away(model: Model) -> None:
    turned_down = Profile.of([], subject_rows(0)[:4])
    assert all(row >= 12 for row in rows(slate(model, turned_down, 3)))


def test_no_interest_at_all_is_no_feedback(model: Model) -> None:
    assert len(pipeline.rank(model, {}, n=5, now=NOW)) == 5


def test_near_duplicates_never_share_a_slate() -> None:
    papers = world_papers(2, 12)
    twins = [
        Paper(p.title, p.paper_id + "-again", p.abstract, published_at=p.published_at)
        for p in papers[2:8]
    ]
    features = Features.of_papers([*papers, *twins])
    model = pipeline.build(features, no_readers(30), OPTIONS)
    for profile in (Profile.of([0, 1]), Profile.of()):
        titles = [(papers + twins)[row].title for row in rows(slate(model, profile, 30))]
        assert len(titles) == len(set(titles))
        assert len(titles) >= 20


def test_papers_since_the_fit_are_ranked_like_the_others(model: Model) -> None:
    new = [p for p in world_papers(4, 13, seed=9) if p.paper_id.endswith("-12")]
    grown = pipeline.extend(model, model.features.with_papers(new))
    first = slate(grown, Profile.of([12, 13, 14]), 10)
    assert 49 in rows(first)  # the new paper of the second subject
    liked_new = slate(grown, Profile.of([49]), 10)
    assert sum(row in subject_rows(1) for row in rows(liked_new)) >= 9


def test_saved_and_loaded_it_gives_the_same_slate(model: Model) -> None:
    stored = {name: np.array(array) for name, array in model.arrays().items()}
    loaded = Model.from_arrays(stored)
    for profile in (Profile.of(), Profile.of([0, 14], [30])):
        assert slate(loaded, profile) == slate(model, profile)


FROM_FEATURES = (
    "known",
    "by_column",
    "cells",
    "likes",
    "lenders",
    "_starts",
    "_hashes",
    "_numbers",
)


def test_a_model_of_an_older_version_without_the_derived_arrays_gives_the_same_slate(
    model: Model,
) -> None:
    sparse = ("paper_terms_", "paper_authors_", "liked_by_", "to_papers_", "to_readers_")
    older = {
        name: array
        for name, array in model.arrays().items()
        if any(x in name for x in sparse) or not any(x in name for x in FROM_FEATURES)
    }
    assert len(older) < len(model.arrays()) - 15
    loaded = Model.from_arrays(older)
    grown = loaded.features.with_papers([world_papers(4, 13, seed=9)[12]])
    for profile in (Profile.of(), Profile.of([0, 14], [30])):
        assert slate(loaded, profile) == slate(model, profile)
        in_line = pipeline.extend(loaded, grown), pipeline.extend(model, grown)
        assert slate(in_line[0], profile) == slate(in_line[1], profile)


def test_papers_that_come_one_by_one_or_together_are_ranked_alike(model: Model) -> None:
    new = [p for p in world_papers(4, 13, seed=9) if p.paper_id.endswith("-12")]
    together = pipeline.extend(model, model.features.with_papers(new))
    one_by_one = model
    for paper in new:
        one_by_one = pipeline.extend(one_by_one, one_by_one.features.with_papers([paper]))
    for profile in (Profile.of(), Profile.of([0, 14, 49], [30])):
        assert rows(slate(one_by_one, profile, 20)) == rows(slate(together, profile, 20))


def test_exploring_draws_one_in_ten_and_says_so(model: Model) -> None:
    explored = slate(model, Profile.of([0, 1]), options=SlateOptions(explore=0.1))
    assert [c.explored for c in explored] == [False] * 9 + [True]
    assert explored[9].propensity == pytest.approx(1 / 37)  # 46 in line, 9 of them in order
    assert explored == slate(model, Profile.of([0, 1]), options=SlateOptions(explore=0.1))


def test_similar_papers_are_of_the_same_subject(model: Model) -> None:
    near = pipeline.similar(model, 12, n=8, exclude={13})
    assert set(rows(near)) <= set(range(14, 24))
    assert len(near) == 8


def test_two_builds_with_one_seed_are_alike() -> None:
    one, other = (
        pipeline.build(world_features(), world_readers(), OPTIONS, seed=4) for _ in range(2)
    )
    for name, array in one.arrays().items():
        np.testing.assert_array_equal(array, other.arrays()[name])


@pytest.mark.parametrize("n_papers", [1, 2, 5])
def test_a_tiny_library_works(n_papers: int) -> None:
    model = pipeline.build(world_features(1, n_papers), no_readers(n_papers), OPTIONS)
    assert len(slate(model, Profile.of())) == n_papers
    assert len(slate(model, Profile.of([0]))) == n_papers - 1
    assert len(slate(model, Profile.of([0], [1]))) == max(n_papers - 2, 0)
