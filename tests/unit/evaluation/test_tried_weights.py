"""Weights tried on past sessions: noise gains nothing, a wrong weight is found at a price."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from recommender.domain import Event, EventKind, Recommendation, Slate
from recommender.evaluation.tried_weights import (
    BUDGET,
    MIN_SESSIONS,
    PastSession,
    past_sessions,
    try_weights,
)
from recommender.insights.shown_answers import shown_answers

PARTS = ("als", "authors", "embedding", "ridge", "tfidf")
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def sessions(n: int, seed: int, signal: float = 0.0) -> list[PastSession]:
    """Sessions of ten papers; only `tfidf` tells what is liked, and `als` drowns it."""
    rng, found = np.random.default_rng(seed), []
    for _ in range(n):
        liked = np.arange(10) < 4
        parts = {name: rng.normal(size=10) for name in PARTS}
        parts["tfidf"] = parts["tfidf"] + signal * liked
        parts["als"] = 3 * parts["als"]
        found.append(PastSession(parts, liked))
    return found


def test_accuracy_of_known_scores() -> None:
    session = PastSession(
        {"als": np.array([2.0, 1.0, 0.0]), "tfidf": np.array([0.0, 0.0, 3.0])},
        np.array([True, False, False]),
    )
    assert session.accuracy({}) == 0.5
    assert session.accuracy({"tfidf": 0.0}) == 1.0
    assert session.accuracy({"als": 0.0}) == 0.25  # one tie, one pair wrong


@pytest.mark.parametrize("seed", range(5))
def test_nothing_is_gained_where_there_is_no_signal(seed: int) -> None:
    found = try_weights(sessions(300, seed), seed)
    assert found.n_asked > 20
    assert not found.better
    assert "may be luck" in found.summary()


@pytest.mark.slow
def test_a_wrong_weight_is_found_and_its_price_is_said() -> None:
    found = try_weights(sessions(600, 1, signal=1.5), 1)
    assert found.better
    assert found.factors.get("als", 1.0) < 1 or found.factors.get("tfidf", 1.0) > 1
    assert found.gain == pytest.approx(found.gain_on_train, abs=found.resolution)
    assert found.n_spent <= BUDGET
    assert f"budget of {BUDGET}" in found.summary()
    assert json.loads(found.json())["better"] is True


def test_few_sessions_say_how_many_are_missing() -> None:
    found = try_weights(sessions(30, 0))
    assert found.needed == MIN_SESSIONS - 30
    assert f"{MIN_SESSIONS - 30} more" in found.summary()
    assert json.loads(found.json())["gain"] is None


def test_sessions_are_days_with_a_like_and_another_verdict() -> None:
    def slate(day: int, *papers: str, first: bool = False) -> Slate:
        part = "recency" if first else "als"
        items = tuple(
            Recommendation(i, x, x, 1.0, {part: float(i)}, interest_id="me/general")
            for i, x in enumerate(papers, 1)
        )
        at = START + timedelta(days=day)
        return Slate(f"s{day}", "me", None, "app", "model", at, items)

    def event(day: int, paper: str, kind: EventKind) -> Event:
        at = START + timedelta(days=day, hours=1)
        key = f"{paper}{kind}"
        return Event(key, "me", "me/general", paper, kind, at, event_id=10 * day + len(key))

    slates = [slate(0, "a", "b", first=True), slate(1, "c", "d"), slate(2, "e", "f")]
    events = [
        event(0, "a", EventKind.like),
        event(0, "b", EventKind.skip),
        event(1, "c", EventKind.like),
        event(1, "d", EventKind.dislike),
        event(2, "e", EventKind.like),
    ]
    (found,) = past_sessions(shown_answers(events, slates))
    assert found.parts["als"].tolist() == [1.0, 2.0]
    assert found.liked.tolist() == [True, False]
