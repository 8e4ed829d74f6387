"""A simulated year: what a digest holds, what learning is worth, and what the report says."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from topics import Seer, Silence
from weekly_world import PER_SUBJECT, SUBJECTS, make_weeks

from recommender.errors import EvaluationError
from recommender.evaluation.datasets import Dataset, open_dataset
from recommender.evaluation.html_report import html
from recommender.evaluation.protocols import simulated_year
from recommender.evaluation.protocols.base import Options
from recommender.evaluation.protocols.simulated_year import SimulatedYear, simulate_year
from recommender.evaluation.protocols.weekly_simulation import (
    run_weekly_simulation,
    weeks_to_recover,
)
from recommender.evaluation.reader_history import FROZEN, NO_DISLIKES
from recommender.evaluation.report import EvaluationReport
from recommender.evaluation.run import evaluate
from recommender.evaluation.weekly_report import WIDTH, weekly_table

N_READERS, N_BEFORE, N_WEEKS = 8, 10, 8
ALL_WEEKS = N_BEFORE + N_WEEKS


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return make_weeks(ALL_WEEKS)


@pytest.fixture(scope="module")
def report(dataset: Dataset) -> EvaluationReport:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simulated_year, "N_READERS", N_READERS)
        return evaluate(dataset, "weeks", seed=1, rankers=["paperloop"], n_weeks=N_WEEKS)


@pytest.fixture
def year(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> SimulatedYear:
    monkeypatch.setattr(simulated_year, "N_READERS", N_READERS)
    return simulate_year(dataset, Options(n_weeks=N_WEEKS))


@pytest.mark.slow
def test_no_digest_is_empty_while_ten_papers_of_the_week_are_wanted(
    report: EvaluationReport,
) -> None:
    own = report.ranker("paperloop")
    assert own.value("digests with ten wanted") > N_READERS * N_WEEKS / 2
    assert own.value("empty digests with ten wanted") == 0


@pytest.mark.slow
def test_learning_beats_frozen_from_week_5_on(report: EvaluationReport) -> None:
    gain = report.ranker(FROZEN).behind["from week 5"]
    assert gain.low > 0
    assert "Learning week by week beats" in report.learning


@pytest.mark.slow
def test_every_week_is_reported_and_measures_are_shares(report: EvaluationReport) -> None:
    assert {r.name for r in report.rankers} == {"paperloop", FROZEN, NO_DISLIKES}
    for ranker in json.loads(report.json())["rankers"].values():
        weekly = ranker["weekly"]
        assert {len(x) for x in weekly.values()} == {N_WEEKS}
        assert weekly["readers"][0] == N_READERS
        shares = [x for name, v in weekly.items() if name != "readers" for x in v if x is not None]
        assert all(0 <= x <= 1 for x in shares)


@pytest.mark.slow
def test_the_text_is_at_most_80_columns_wide(report: EvaluationReport) -> None:
    text = weekly_table(report)
    assert max(map(len, text.splitlines())) <= WIDTH == 80
    assert text.count("\n8 ") >= 1
    assert "of them empty: 0" in text


@pytest.mark.slow
def test_the_page_shows_the_weeks_as_a_curve(report: EvaluationReport) -> None:
    page = html(report)
    assert "likes per shown by week" in page
    assert page.count("<polyline") == len(report.rankers)


def test_papers_come_in_their_weeks_and_earlier_ones_are_there(
    dataset: Dataset, year: SimulatedYear
) -> None:
    per_week = PER_SUBJECT * len(SUBJECTS)
    assert [len(x) for x in year.weeks] == [per_week] * N_WEEKS
    assert len(year.start) == N_BEFORE * per_week
    assert np.nanmax(dataset.appeared_day[year.start]) < np.nanmin(
        dataset.appeared_day[year.weeks[0]]
    )
    assert year.likes_before(2).day.max() < np.nanmin(dataset.appeared_day[year.weeks[2]])


def test_half_of_the_readers_change_to_the_interests_of_another(year: SimulatedYear) -> None:
    drifting = [x for x in year.readers if x.drifts]
    everything = np.arange(len(year.known(N_WEEKS)))
    assert len(drifting) == N_READERS // 2
    n_before = sorted(x.before.wanted(everything).sum() for x in drifting)
    assert n_before == sorted(x.after.wanted(everything).sum() for x in drifting)
    for reader in drifting:
        assert (reader.before.wanted(everything) != reader.after.wanted(everything)).any()
        assert reader.after.wanted(reader.found).all()
        assert not reader.before.wanted(reader.found).any()


@pytest.mark.slow
def test_nothing_is_shown_on_holiday_and_no_paper_twice(
    dataset: Dataset, year: SimulatedYear, monitor: Silence
) -> None:
    options = Options(n_weeks=N_WEEKS)
    outcome = run_weekly_simulation(dataset, options, [Seer(dataset)], monitor).outcomes["seer"]
    away = np.array([x.away for x in year.readers])
    assert away.any()
    assert outcome.weekly["readers"] == tuple((~away).sum(axis=0))
    n_readings = (~away).sum()
    assert len(outcome.shown) == n_readings


@pytest.mark.parametrize("n_readers", [1, 3])
def test_as_many_readers_as_asked_live_through_the_weeks(dataset: Dataset, n_readers: int) -> None:
    year = simulate_year(dataset, Options(n_weeks=N_WEEKS, n_readers=n_readers))
    assert len(year.readers) == n_readers
    assert not any(x.drifts for x in year.readers)


@pytest.mark.slow
def test_one_reader_has_no_verdict_on_learning(dataset: Dataset) -> None:
    report = evaluate(dataset, "weeks", rankers=["paperloop"], n_weeks=3, n_readers=1)
    assert report.n_readers == 1
    assert report.learning.startswith("One reader is too few")
    json.loads(report.json())


@pytest.mark.slow
def test_papers_without_dates_are_dealt_at_random_and_it_is_said(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulated_year, "N_READERS", N_READERS)
    nowhen = np.full(len(dataset.papers), np.nan)
    undated = replace(dataset, appeared_day=nowhen)
    first, again, other = (
        simulate_year(undated, Options(seed=s, n_weeks=N_WEEKS)) for s in (1, 1, 2)
    )
    assert "no dates and were dealt at random to 8 weeks" in first.notes[0]
    dealt = np.concatenate([first.start, *first.weeks])
    assert np.array_equal(np.sort(dealt), np.arange(len(dataset.papers)))
    assert all(np.array_equal(a, b) for a, b in zip(first.weeks, again.weeks, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(first.weeks, other.weeks, strict=True))


def test_large_libraries_are_wanted_and_their_readers_hidden(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulated_year, "MIN_LIBRARY", ALL_WEEKS)
    monkeypatch.setattr(simulated_year, "MIN_LIBRARIES", 4)
    year, other_part = (
        simulate_year(dataset, Options(n_weeks=N_WEEKS, part=part)) for part in ("test", "valid")
    )
    rows = {x.row for x in year.readers}
    assert len(rows) == len(SUBJECTS) // 2
    assert not rows & set(year.likes.reader.tolist())
    assert not rows & {x.row for x in other_part.readers}


@pytest.mark.parametrize(
    ("n_weeks", "says"), [(1, "at least 2 weeks"), (ALL_WEEKS, "has papers of 18 weeks; ask for")]
)
def test_too_few_or_too_many_weeks_are_refused(dataset: Dataset, n_weeks: int, says: str) -> None:
    with pytest.raises(EvaluationError, match=says):
        simulate_year(dataset, Options(n_weeks=n_weeks))


def test_a_world_without_subjects_is_refused(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulated_year, "MIN_REPEATS", 9)
    with pytest.raises(EvaluationError, match="Readers cannot be invented: only 0 words"):
        simulate_year(dataset, Options(n_weeks=3))


def test_recovery_is_counted_from_the_drift() -> None:
    shown = np.full(16, 10.0)
    wanted = np.array([5.0] * 8 + [1, 2, 4, 4, 4, 4, 4, 4])
    assert weeks_to_recover(wanted, shown, 8) == 2
    assert weeks_to_recover(np.full(16, 5.0), shown, 8) == 0
    assert math.isnan(weeks_to_recover(np.array([5.0] * 8 + [1.0] * 8), shown, 8))
    assert math.isnan(weeks_to_recover(np.zeros(16), shown, 8))


@pytest.mark.long
def test_a_year_of_real_papers(shared: Path) -> None:
    dataset = open_dataset(shared / "data" / "hf-daily")
    report = evaluate(dataset, "weeks", rankers=["paperloop", "tfidf-rocchio"])
    own = report.ranker("paperloop")
    assert own.value("digests with ten wanted") > 200
    assert own.value("empty digests with ten wanted") == 0
    assert report.ranker(FROZEN).behind["from week 5"].low > 0
    assert report.ranker(NO_DISLIKES).behind["from week 5"].low > 0
    assert report.ranker("tfidf-rocchio").behind["likes per shown"].mean > 0
