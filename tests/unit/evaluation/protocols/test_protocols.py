"""What is learnt, what is asked and what is found, with a contestant that knows the answer."""

from __future__ import annotations

import numpy as np
import pytest
from topics import N_PAPERS, N_READERS, Seer, Silence, make_two_topics, table

from recommender.errors import EvaluationError
from recommender.evaluation.datasets import Dataset
from recommender.evaluation.protocols import PROTOCOLS
from recommender.evaluation.protocols.base import Options, Result
from recommender.evaluation.protocols.temporal_windows import week_of, weeks_of
from recommender.evaluation.reader_history import FROZEN
from recommender.evaluation.simulated_reader import LIKES_AND_SKIPS
from recommender.evaluation.splits import TEST, split_libraries, split_papers
from recommender.evaluation.systems import PAPERLOOP
from recommender.evaluation.train_view import TrainView


def learnt_pairs(view: TrainView) -> set[tuple[int, int]]:
    """Return what the collaborative part was shown, in rows of the data set."""
    reader_of = {row: reader for reader, row in enumerate(view.reader_row) if row >= 0}
    cells = view.reader_papers.tocoo()
    return {(reader_of[r], int(view.order[p])) for r, p in zip(cells.row, cells.col, strict=True)}


def as_pairs(dataset: Dataset, mask: np.ndarray) -> set[tuple[int, int]]:
    likes = dataset.likes.only(mask)
    return set(zip(likes.reader.tolist(), likes.paper.tolist(), strict=True))


def test_warm_learns_everything_but_the_test_part(two_topics: Dataset, monitor: Silence) -> None:
    seer = Seer(two_topics)
    result = PROTOCOLS["warm"](two_topics, Options(seed=1), [seer], monitor)
    held = split_libraries(two_topics.likes, 1) == TEST
    assert learnt_pairs(seer.learnt[0]) == as_pairs(two_topics, ~held)
    assert result.n_readers == N_READERS
    assert result.outcomes["seer"].values["recall@20"].tolist() == [1.0] * N_READERS
    assert result.outcomes["seer"].values["ndcg@20"].tolist() == [1.0] * N_READERS


def test_warm_counts_readers_with_few_papers_out(monitor: Silence, two_topics: Dataset) -> None:
    keep = (two_topics.likes.reader != 3) | (two_topics.likes.paper % 4 == 1)
    fewer = two_topics.likes.only(keep)
    assert 0 < fewer.per_reader()[3] < 5
    dataset = two_topics.__class__(**{**fields(two_topics), "likes": fewer})
    result = PROTOCOLS["warm"](dataset, Options(), [Seer(dataset)], monitor)
    assert result.n_readers == N_READERS - 1
    assert result.left_out == {"fewer than 5 papers": 1}


def fields(dataset: Dataset) -> dict[str, object]:
    return {name: getattr(dataset, name) for name in Dataset.__slots__}


def test_a_trained_reader_is_named_to_the_model(two_topics: Dataset, monitor: Silence) -> None:
    seer = Seer(two_topics)
    PROTOCOLS["warm"](two_topics, Options(), [seer], monitor)
    rows = seer.learnt[0].reader_papers
    for profile in seer.asked:
        assert profile.reader_index is not None
        assert set(rows[profile.reader_index].indices) == set(profile.liked)


@pytest.mark.slow
def test_without_other_readers_nothing_collaborative_is_learnt(
    two_topics: Dataset, monitor: Silence
) -> None:
    for protocol in ("warm", "cold", "loop", "time"):
        seer = Seer(two_topics)
        PROTOCOLS[protocol](two_topics, Options(other_readers=0), [seer], monitor)
        assert all(k.reader_papers.shape[0] == 0 for k in seer.learnt), protocol
        assert all(p.reader_index is None for p in seer.asked), protocol


def test_cold_papers_are_unknown_and_ranked_alone(two_topics: Dataset, monitor: Silence) -> None:
    seer = Seer(two_topics)
    result = PROTOCOLS["cold"](two_topics, Options(seed=5), [seer], monitor)
    new = np.flatnonzero(split_papers(N_PAPERS, 5) == TEST)
    view = seer.learnt[0]
    assert view.features.n_fitted == N_PAPERS - len(new)
    assert set(view.order[view.features.n_fitted :]) == set(new)
    assert not {p for _, p in learnt_pairs(view)} & set(new.tolist())
    outcome = result.outcomes["seer"]
    assert set(outcome.shown[outcome.shown >= 0]) <= set(new.tolist())
    assert outcome.values["recall@20"].tolist() == [1.0] * result.n_readers


@pytest.fixture(scope="module")
def looped() -> tuple[Seer, Result]:
    dataset = make_two_topics()
    seer = Seer(dataset)
    return seer, PROTOCOLS["loop"](dataset, Options(), [seer], Silence())


@pytest.mark.slow
def test_loop_readers_are_hidden_from_the_others_data(looped: tuple[Seer, Result]) -> None:
    seer, result = looped
    assert learnt_pairs(seer.learnt[0]) == set()
    assert "No reader has 20 papers; those with 6 or more were taken." in result.notes


@pytest.mark.slow
def test_loop_feeds_likes_and_skips_back(two_topics: Dataset, monitor: Silence) -> None:
    seer = Seer(two_topics)
    result = PROTOCOLS["loop"](two_topics, Options(behaviour=LIKES_AND_SKIPS), [seer], monitor)
    first, second = seer.asked[0], seer.asked[1]
    assert (len(first.liked), len(first.rejected)) == (3, 0)
    assert len(second.liked) + len(second.rejected) == 13
    outcome = result.outcomes["seer"]
    assert outcome.values["likes@100"] == pytest.approx([5.0] * N_READERS)
    assert outcome.values["found@100"] == pytest.approx([1.0] * N_READERS)
    assert outcome.curve[0] > 0
    assert sum(outcome.curve) == pytest.approx(5.0)


@pytest.mark.slow
def test_loop_takes_as_many_readers_as_asked(two_topics: Dataset, monitor: Silence) -> None:
    parts = {
        part: PROTOCOLS["loop"](
            two_topics, Options(n_readers=2, part=part), [Seer(two_topics)], monitor
        )
        for part in ("valid", "test")
    }
    assert all(x.n_readers == 2 for x in parts.values())
    readers = [x.outcomes["seer"].readers.tolist() for x in parts.values()]
    assert not set(readers[0]) & set(readers[1])


@pytest.mark.slow
def test_loop_never_shows_a_paper_twice(looped: tuple[Seer, Result]) -> None:
    _, result = looped
    for shown in result.outcomes["seer"].shown:
        papers = shown[shown >= 0]
        assert len(set(papers.tolist())) == len(papers) <= N_PAPERS - 3


def test_weeks_hold_the_past_before_and_the_papers_of_the_week(two_topics: Dataset) -> None:
    weeks = weeks_of(two_topics, Options())
    assert weeks
    for week in weeks:
        assert (week_of(week.past.likes.day) < week.past.week).all()
        assert (week_of(two_topics.appeared_day[week.past.papers]) < week.past.week).all()
        assert set(week.held.paper.tolist()) <= set(week.papers.tolist())


def test_valid_weeks_end_where_test_weeks_begin(two_topics: Dataset) -> None:
    valid, test = (weeks_of(two_topics, Options(part=part)) for part in ("valid", "test"))
    assert max(w.past.week for w in valid) < min(w.past.week for w in test)
    first_test_day = min(w.past.week for w in test)
    assert all((week_of(w.held.day) < first_test_day).all() for w in valid)


def test_time_learns_each_week_and_the_frozen_system_does_not(
    two_topics: Dataset, monitor: Silence
) -> None:
    own = Seer(two_topics, name=PAPERLOOP)
    result = PROTOCOLS["time"](two_topics, Options(), [own], monitor)
    *weekly, frozen = own.learnt
    sizes = [k.reader_papers.nnz for k in weekly]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1]
    assert frozen.reader_papers.nnz == sizes[0]
    assert set(result.outcomes) == {PAPERLOOP, FROZEN}
    assert result.outcomes[PAPERLOOP].values["recall@20"].tolist() == [1.0] * result.n_readers


def test_given_uses_the_files_as_they_are(two_topics: Dataset, monitor: Silence) -> None:
    train = table([(0, 0), (0, 2), (1, 1)], N_READERS, N_PAPERS)
    test = table([(0, 4)], N_READERS, N_PAPERS)
    seer = Seer(two_topics)
    options = Options(train=train, test=test)
    result = PROTOCOLS["given"](two_topics, options, [seer], monitor)
    assert learnt_pairs(seer.learnt[0]) == {(0, 0), (0, 2), (1, 1)}
    assert result.n_readers == 1
    assert result.left_out == {"nothing in the test file": 1}
    assert "recall@300" in result.outcomes["seer"].values


@pytest.mark.parametrize("protocol", ["warm", "cold", "loop", "time", "given"])
def test_a_data_set_that_cannot_be_split_says_why(
    two_topics: Dataset, monitor: Silence, protocol: str
) -> None:
    first = np.arange(len(two_topics.likes)) == 0
    likes = two_topics.likes.only(first)
    likes.day[:] = np.nan
    dataset = Dataset(**{**fields(two_topics), "likes": likes})
    with pytest.raises(EvaluationError):
        PROTOCOLS[protocol](dataset, Options(), [Seer(dataset)], monitor)


def test_the_watch_hears_the_last_list(two_topics: Dataset, monitor: Silence) -> None:
    PROTOCOLS["warm"](two_topics, Options(), [Seer(two_topics)], monitor)
    assert monitor.heard[-1] == ("seer", N_READERS, N_READERS)


@pytest.mark.slow
def test_a_lone_reader_plays_many_sessions_and_counts_once(
    two_topics: Dataset, monitor: Silence
) -> None:
    likes = two_topics.likes.only(two_topics.likes.reader == 0)
    dataset = Dataset(**{**fields(two_topics), "likes": likes})
    outcome = PROTOCOLS["loop"](
        dataset, Options(behaviour=LIKES_AND_SKIPS), [Seer(dataset)], monitor
    ).outcomes["seer"]
    assert outcome.readers.tolist() == [0]
    assert len(outcome.shown) == 60
    assert len({tuple(shown) for shown in outcome.shown.tolist()}) > 1
    assert outcome.values["likes@100"] == pytest.approx([5.0])
