"""The seed's scores as of their day, against the ranker itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import isnan

import numpy as np
import pytest
from libraries import papers_on

from recommender.config import Settings
from recommender.domain import Event, EventKind, Paper
from recommender.domain.history import fold, preference_weights
from recommender.features import Features
from recommender.features.interactions import profile_of
from recommender.insights.seed_replay import ShownPaper, seed_scores
from recommender.ranking.content.rocchio import TfidfRanker

START = datetime(2026, 11, 16, tzinfo=UTC)
MEANINGS = Settings().meanings
KINDS = (EventKind.like, EventKind.skip, EventKind.save, EventKind.open, EventKind.dislike)


@pytest.fixture(scope="module")
def features() -> Features:
    papers = [
        Paper(title=x.title, abstract=x.abstract, paper_id=f"p{i}")
        for i, x in enumerate([*papers_on("bees"), *papers_on("glaciers")])
    ]
    return Features.of_papers(papers)


def at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


def event(n: int, paper: int, kind: EventKind, interest: str = "me/general") -> Event:
    return Event(f"k{n}", "me", interest, f"p{paper}", kind, at(n), event_id=n)


def test_a_replay_scores_as_the_ranker_does_at_every_moment(features: Features) -> None:
    rng = np.random.default_rng(3)
    events = [event(n, int(rng.integers(12)), KINDS[int(rng.integers(5))]) for n in range(1, 40)]
    questions = [ShownPaper(f"p{12 + n % 12}", "me/general", at(n)) for n in range(1, 40, 3)]
    found = seed_scores(
        questions, events, features.paper_terms, features.vocabulary.index, MEANINGS
    )
    ranker = TfidfRanker().extended(features)
    for question, score in zip(questions, found, strict=True):
        states = fold([e for e in events if e.created_at <= question.at])
        profile = profile_of(preference_weights(states, MEANINGS, question.at), features.vocabulary)
        row = features.vocabulary.index(question.paper_id)
        expected = ranker.score(profile, np.array([row]))[0]
        assert score == pytest.approx(float(expected), abs=1e-5, nan_ok=True)


def test_events_after_the_slate_do_not_count(features: Features) -> None:
    questions = [ShownPaper("p3", "me/general", at(0))]
    events = [event(1, 1, EventKind.like)]
    (score,) = seed_scores(
        questions, events, features.paper_terms, features.vocabulary.index, MEANINGS
    )
    assert isnan(score)


def test_likes_of_another_interest_do_not_count(features: Features) -> None:
    questions = [ShownPaper("p3", "me/other", at(5))]
    events = [event(1, 1, EventKind.like)]
    (score,) = seed_scores(
        questions, events, features.paper_terms, features.vocabulary.index, MEANINGS
    )
    assert isnan(score)
