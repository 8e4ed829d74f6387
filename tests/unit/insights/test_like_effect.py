"""What one like does is what changes without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from libraries import NOW, make_library, papers_on_all

from recommender.config import Settings
from recommender.domain import Event, EventKind
from recommender.insights.like_effect import LikeEffect, _risen, like_effect
from recommender.recommend.recommender import Recommender
from recommender.store import Store

BEES, BRIDGES, GLACIERS = (
    [f"doi:10.5555/{x}.{i}" for i in range(12)] for x in ("bees", "bridges", "glaciers")
)


@pytest.fixture
def mine(tmp_path: Path) -> Iterator[tuple[Store, Recommender, Settings]]:
    library = make_library(tmp_path / "library", papers_on_all())
    store = library.open()
    store.readers.ensure("me", NOW)
    yield store, Recommender(store, library.settings), library.settings
    store.close()


def act(store: Store, kind: EventKind, *ids: str, interest: str = "me/general") -> None:
    for x in ids:
        store.feedback.append(Event(f"{kind}{x}", "me", interest, x, kind, NOW))


def effect_of(mine: tuple[Store, Recommender, Settings], paper_id: str) -> LikeEffect | None:
    store, recommender, settings = mine
    return like_effect(store, recommender, settings, "me", paper_id, NOW)


def test_the_like_of_another_subject_raises_that_subject(
    mine: tuple[Store, Recommender, Settings],
) -> None:
    act(mine[0], EventKind.like, *BEES[:4], GLACIERS[0])
    effect = effect_of(mine, GLACIERS[0])
    assert effect is not None
    assert (effect.interest.name, effect.n_others) == ("General", 4)
    assert effect.nearest in BEES[:4]
    assert effect.risen
    subjects = [x.paper_id.partition("/")[2].partition(".")[0] for x in effect.risen]
    assert subjects.count("glaciers") > len(subjects) / 2, effect.risen
    assert all(x.place < x.place_without for x in effect.risen)
    assert not {x.paper_id for x in effect.risen} & {*BEES[:4], GLACIERS[0]}
    assert effect.words


def test_the_papers_that_rose_fall_when_the_like_is_undone(
    mine: tuple[Store, Recommender, Settings],
) -> None:
    store, recommender, _ = mine
    act(store, EventKind.like, *BEES[:4], GLACIERS[0])
    effect = effect_of(mine, GLACIERS[0])
    assert effect is not None
    pool = [x for x in store.catalogue.ids() if x not in {*BEES[:4], GLACIERS[0]}]
    before = recommender.scores("me", pool, NOW)
    act(store, EventKind.undo, GLACIERS[0])
    after = recommender.scores("me", pool, NOW)
    for risen in effect.risen[:3]:
        assert place(before, risen.paper_id) < place(after, risen.paper_id)
    assert effect_of(mine, GLACIERS[0]) is None


def place(scores: dict[str, float], paper_id: str) -> int:
    return sorted(scores, key=lambda x: -scores[x]).index(paper_id)


def test_the_only_like_of_an_interest_is_told(mine: tuple[Store, Recommender, Settings]) -> None:
    mine[0].readers.ensure_interest("me", "Ice")
    act(mine[0], EventKind.like, *BEES[:2])
    act(mine[0], EventKind.save, GLACIERS[0], interest="me/ice")
    effect = effect_of(mine, GLACIERS[0])
    assert effect is not None
    assert (effect.interest.name, effect.n_others, effect.risen) == ("Ice", 0, ())


def test_a_paused_interest_is_explained_and_a_reset_like_does_not_count(
    mine: tuple[Store, Recommender, Settings],
) -> None:
    act(mine[0], EventKind.like, *BEES[:4], GLACIERS[0])
    served = effect_of(mine, GLACIERS[0])
    mine[0].readers.pause("me/general")
    paused = effect_of(mine, GLACIERS[0])
    assert served is not None
    assert paused == replace(served, interest=replace(served.interest, paused=True))
    mine[0].readers.reset("me/general")
    reset = effect_of(mine, GLACIERS[0])
    assert reset is not None
    assert (reset.counts, reset.risen) == (False, ())


def test_what_is_not_liked_does_nothing(mine: tuple[Store, Recommender, Settings]) -> None:
    act(mine[0], EventKind.like, BEES[0])
    act(mine[0], EventKind.skip, BEES[1])
    for x in (BEES[1], BEES[2], "doi:10.1/none"):
        assert effect_of(mine, x) is None


def test_a_rise_is_of_places_and_nothing_unknown_takes_part() -> None:
    rows = np.arange(5)
    scores = np.array([5.0, 4.0, 3.0, np.nan, 1.0], dtype=np.float32)
    without = np.array([1.0, 4.0, 3.0, 9.0, 2.0], dtype=np.float32)
    assert _risen(rows, scores, without) == [(0, 1, 4)]
    assert _risen(rows[:0], scores[:0], without[:0]) == []
