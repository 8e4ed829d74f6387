"""Which papers may be shown, and the first slate of a reader nothing is known about."""

from __future__ import annotations

import numpy as np
import pytest
from worlds import NOW, world_features, world_papers

from recommender.domain import Paper
from recommender.features import Features
from recommender.features.paper_features import days_of
from recommender.ranking import cold_start
from recommender.ranking.candidates import eligible
from recommender.ranking.cold_start import cold_start_slate

TODAY = days_of(NOW)
EVERYTHING = np.arange(48)


def chosen(features: Features, rows: np.ndarray, n: int, **more: np.ndarray) -> list[int]:
    return [x.paper_index for x in cold_start_slate(features, rows, n, TODAY, **more)]


@pytest.mark.parametrize(
    ("pool", "exclude", "left"),
    [
        (None, [], [0, 1, 2, 3]),
        (None, [1, 9, -2], [0, 2, 3]),
        ([3, 0, 3, 7, -1], [0], [3]),
        ([], [], []),
        ([2], [2], []),
    ],
)
def test_eligible_rows(pool: list[int] | None, exclude: list[int], left: list[int]) -> None:
    rows = None if pool is None else np.array(pool, dtype=np.intp)
    assert eligible(4, rows, exclude).tolist() == left


def test_the_opening_covers_every_subject() -> None:
    first = chosen(world_features(), EVERYTHING, 4)
    assert {row // 12 for row in first} == {0, 1, 2, 3}


def test_the_opening_prefers_the_newest_of_a_subject() -> None:
    ages = [row % 12 for row in chosen(world_features(), EVERYTHING, 8)]
    assert max(ages) <= 9
    assert np.mean(ages) < 4.5  # weeks; 5.5 would be a blind draw


def test_scores_do_not_rise() -> None:
    scores = [x.score for x in cold_start_slate(world_features(), EVERYTHING, 48, TODAY)]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > 0


def test_the_opening_is_always_the_same() -> None:
    assert chosen(world_features(), EVERYTHING, 10) == chosen(world_features(), EVERYTHING, 10)


def test_papers_near_what_was_turned_down_wait() -> None:
    features = world_features()
    rows = np.setdiff1d(EVERYTHING, [0, 1, 2])
    first = chosen(features, rows, 3, avoid=np.array([0, 1, 2]))
    assert {row // 12 for row in first} == {1, 2, 3}


def test_old_papers_follow_when_the_recent_ones_run_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cold_start, "N_RECENT", 5)
    features = world_features()
    everything = chosen(features, EVERYTHING, 60)
    assert sorted(everything) == EVERYTHING.tolist()
    newest = np.argsort(-features.newest_days)
    assert set(everything[:5]) == set(newest[:5].tolist())
    assert everything[5:] == newest[5:].tolist()


def test_undated_papers_count_as_the_oldest() -> None:
    dated = world_papers(2, 6)
    undated = [Paper(p.title, p.paper_id + "-undated", p.abstract) for p in dated]
    order = chosen(Features.of_papers([*undated, *dated]), np.arange(24), 24)
    assert all(order.index(row + 12) < order.index(row) for row in range(12) if row % 6 != 5)


def test_without_any_date_the_opening_still_covers_the_subjects() -> None:
    bare = [Paper(p.title, p.paper_id, p.abstract) for p in world_papers()]
    first = chosen(Features.of_papers(bare), EVERYTHING, 4)
    assert {row // 12 for row in first} == {0, 1, 2, 3}


def test_a_date_to_come_counts_as_today() -> None:
    papers = world_papers(1, 8)
    later = Paper("qabkou qablou", "title:later", published_at=NOW.replace(year=2090))
    items = cold_start_slate(Features.of_papers([*papers, later]), np.arange(9), 9, TODAY)
    assert len(items) == 9
    assert all(0 <= x.score <= 1 for x in items)


@pytest.mark.parametrize("rows", [[], [7]], ids=["none", "one"])
def test_few_papers_are_not_padded(rows: list[int]) -> None:
    assert chosen(world_features(), np.array(rows, dtype=np.intp), 10) == rows


def test_papers_without_words_are_opened_with_last() -> None:
    features = Features.of_papers([Paper("", "title:a"), *world_papers(2, 6)])
    assert chosen(features, np.arange(13), 13)[-1] == 0
