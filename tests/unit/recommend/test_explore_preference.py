"""Drawn positions from the preference to the stored impression, and their probabilities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from libraries import NOW, make_library, papers_on
from worlds import SMALL_ALS, no_readers, world_features

from recommender.domain import Event, EventKind
from recommender.features.interactions import Profile
from recommender.ranking import pipeline
from recommender.recommend.exploration import EXPLORE, explored_share
from recommender.recommend.recommender import Recommender
from recommender.store import Store

N_DRAWS = 600


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[tuple[Store, Recommender]]:
    library = make_library(tmp_path, [*papers_on("bees"), *papers_on("bridges")])
    store = library.open()
    for i in range(3):
        paper_id = f"doi:10.5555/bees.{i}"
        store.feedback.append(Event(f"k{i}", "me", "me/general", paper_id, EventKind.like, NOW))
    yield store, Recommender(store, library.settings)
    store.close()


@pytest.mark.slow
def test_stored_probabilities_agree_with_how_often_papers_are_drawn() -> None:
    features = world_features(n_each=20)
    model = pipeline.build(features, no_readers(len(features)), pipeline.BuildOptions(SMALL_ALS))
    profile = Profile.of([0, 1, 2], [40])
    shown: Counter[tuple[int, int]] = Counter()
    stated: dict[tuple[int, int], float] = {}
    for seed in range(N_DRAWS):
        slate = pipeline.rank(
            model,
            {"me": (profile, 1.0)},
            n=10,
            now=NOW,
            seed=seed,
            options=pipeline.SlateOptions(explore=0.1),
        )
        for position, candidate in enumerate(slate):
            shown[position, candidate.paper_index] += 1
            stated[position, candidate.paper_index] = candidate.propensity
    certain = [shown[key] for key, chance in stated.items() if chance == 1.0]
    assert certain == [N_DRAWS] * 9
    drawn = {key: chance for key, chance in stated.items() if chance < 1.0}
    assert sum(drawn.values()) == pytest.approx(1.0)
    observed = np.array([shown[key] / N_DRAWS for key in drawn])
    spread = np.sqrt(np.array([p * (1 - p) / N_DRAWS for p in drawn.values()]))
    assert (np.abs(observed - np.array(list(drawn.values()))) < 4.5 * spread).all()


def test_nothing_is_drawn_unless_the_reader_wants_it(desk: tuple[Store, Recommender]) -> None:
    store, recommender = desk
    slate = recommender.recommend("me", n=10, now=NOW)
    assert {x.propensity for x in slate.items} == {1.0}
    store.preferences.set("me", EXPLORE, 0.1)
    drawn = recommender.recommend("me", n=10, now=NOW)
    assert [x.propensity < 1.0 for x in drawn.items] == [False] * 9 + [True]
    assert drawn.items[9].reasons[0].kind == "explored"
    kept = store.feedback.slate(drawn.slate_id)
    assert kept is not None
    assert [x.propensity for x in kept.items] == [x.propensity for x in drawn.items]
    assert [x.drawn_from for x in kept.items] == [x.drawn_from for x in drawn.items]
    last = kept.items[9]
    assert len(last.drawn_from) == round(1 / last.propensity)
    assert last.drawn_from[last.paper_id] == last.score
    assert recommender.recommend("me", n=10, now=NOW).items == drawn.items


def test_a_preference_that_makes_no_sense_draws_nothing(desk: tuple[Store, Recommender]) -> None:
    store, _ = desk
    for chosen in ("often", True, None, -3, [0.1]):
        store.preferences.set("me", EXPLORE, chosen)
        assert explored_share(store, "me") == 0.0


def test_a_digest_draws_nothing(desk: tuple[Store, Recommender]) -> None:
    store, recommender = desk
    store.preferences.set("me", EXPLORE, 0.5)
    assert {x.propensity for x in recommender.recommend("me", now=NOW).items} != {1.0}
    week = recommender.recommend("me", now=NOW, surface="digest", record=False)
    assert {x.propensity for x in week.items} == {1.0}
