"""Chances against what happened, on simulated readers whose curve is known."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.evaluation.datasets import Dataset
from recommender.evaluation.reliability import reliability
from recommender.evaluation.run import evaluate
from recommender.insights.reliability import calibration_error
from recommender.ranking.calibration import CalibrationCurve, ScoredVerdicts


def session(seed: int, curve: CalibrationCurve) -> list[ScoredVerdicts]:
    rng = np.random.default_rng(seed)
    scores = rng.normal(3.0, 1.5, (10, 10))
    return [ScoredVerdicts(s, rng.random(10) < curve.chances(s)) for s in scores]


def test_true_chances_are_reliable_and_beat_the_rate() -> None:
    found = reliability([session(seed, CalibrationCurve(-2.5, 0.8)) for seed in range(60)])
    assert found["ece"] < 0.04
    assert found["brier"] < found["brier of rate"] - 0.01
    assert found["n told"] > 1000


def test_readers_below_the_floor_are_told_nothing() -> None:
    never = [[ScoredVerdicts(np.arange(10.0), np.zeros(10, dtype=bool))] * 10] * 4
    assert reliability(never) == {}


def test_the_error_of_chances_that_are_off_by_a_tenth() -> None:
    chances = np.linspace(0.2, 0.8, 1000)
    liked = np.random.default_rng(0).random(1000) < chances - 0.1
    assert calibration_error(chances, liked) == pytest.approx(0.1, abs=0.03)


@pytest.mark.slow
def test_the_loop_reports_it_for_the_product_only(two_topics: Dataset) -> None:
    report = evaluate(two_topics, "loop", rankers=["paperloop", "tfidf-mean"])
    other = report.as_json()["rankers"]["tfidf-mean"]
    assert "brier" not in other
    assert set(report.ranker("paperloop").overall) >= {"coverage", "gini"}
