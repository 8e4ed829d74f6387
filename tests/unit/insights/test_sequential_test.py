"""Trials: false winners are rare however often one looks, and true ones are found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from recommender.domain import Event, EventKind, SharedPaper
from recommender.insights.sequential_test import (
    ALPHA,
    TrialResult,
    answers_needed,
    describe_trial,
    martingale,
    trial_result,
)
from recommender.ranking.rerank.interleaving import CANDIDATE, SERVED

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


def found(share: float, n_slates: int) -> float:
    """Return the part of 1,000 runs in which a winner is found, and it is the better one."""
    wins = np.random.default_rng(5).random((1_000, n_slates)) < share
    reached = martingale(wins) >= 1 / ALPHA
    first = reached.argmax(axis=1)
    won = np.take_along_axis(np.cumsum(wins, axis=1), first[:, None], axis=1)[:, 0]
    right = (2 * won > first + 1) if share > 0.5 else np.ones(1_000, dtype=bool)
    return float((reached.any(axis=1) & right).mean())


def test_a_false_winner_is_found_in_one_of_twenty_trials_at_most() -> None:
    assert found(0.5, 2_000) <= ALPHA


def test_a_clear_winner_is_found_within_200_slates() -> None:
    assert found(0.65, 200) >= 0.8


def test_a_ranker_a_tenth_better_takes_thousands() -> None:
    share = (1 + 0.44 - 0.40) / 2  # likes 44 % and 40 %, one answer a slate
    assert found(share, 200) < 0.1
    needed = answers_needed(share)
    assert needed is not None
    assert 3_000 < needed < 10_000


def shown(number: int, team: str, kind: EventKind) -> tuple[SharedPaper, Event]:
    paper_id, at = f"p{number}", NOW + timedelta(hours=number)
    paper = SharedPaper(f"s{number}", at, paper_id, team)
    event = Event(
        f"k{number}", "me", "i", paper_id, kind, at, slate_id=f"s{number}", event_id=number + 1
    )
    return paper, event


def test_likes_of_the_candidate_and_skips_of_the_other_count_for_it() -> None:
    pairs = [
        shown(i, CANDIDATE if i % 2 else SERVED, EventKind.like if i % 2 else EventKind.skip)
        for i in range(40)
    ]
    result = trial_result([e for _, e in pairs], [s for s, _ in pairs])
    assert result.candidate_wins
    assert result.lost == 0
    assert result.won < 20  # what came after the decision does not count
    assert result.decided_at is not None
    assert describe_trial(result).startswith("What you try wins")
    other = [shown(i, CANDIDATE, EventKind.dislike) for i in range(40)]
    lost = trial_result([e for _, e in other], [s for s, _ in other])
    assert lost.candidate_wins is False
    assert describe_trial(lost).startswith("What served before wins")


def test_an_undone_answer_does_not_count() -> None:
    paper, event = shown(0, CANDIDATE, EventKind.like)
    undo = Event("u", "me", "i", "p0", EventKind.undo, NOW, undoes=1, event_id=9)
    assert trial_result([event], [paper]).won == 1
    assert trial_result([event, undo], [paper]) == TrialResult(0, 0, 1.0, None, None)


@pytest.mark.parametrize(
    ("won", "lost", "said"),
    [
        (0, 0, "No paper of the trial"),
        (5, 5, "both are level"),
        (6, 4, "what you try leads in 60%"),
        (4, 6, "what served before leads in 60%. If it goes on so, about"),
    ],
)
def test_an_open_trial_says_how_it_stands(won: int, lost: int, said: str) -> None:
    assert said in describe_trial(TrialResult(won, lost, 1.0, None, None))


def test_a_ranker_that_is_not_better_is_never_found() -> None:
    assert answers_needed(0.5) is None
