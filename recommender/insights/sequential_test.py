"""Which of two rankers that share slates wins: an always-valid sequential test. Pure.

Of each slate in which papers of a team were answered, the credit is

    likes of the candidate's papers + other answers to the served one's
    − likes of the served one's papers − other answers to the candidate's

Where both rankers are equally good, its sign is + or − with probability 1/2, whatever came before.
With ``n₊`` and ``n₋`` such slates the mixture

    M = 2ⁿ B(a + n₊, a + n₋) / B(a, a)

is a martingale that begins at 1, so that it ever reaches 1/α with probability α at most (Ville
1939; Robbins 1970): a reader may look after every answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln

from recommender.domain import Event, SharedPaper
from recommender.domain.history import JUDGING, active_events, fold
from recommender.ranking.rerank.interleaving import CANDIDATE

ALPHA = 0.05
PRIOR = 10.0
"""How near to 1/2 the mixture expects a win to be."""
MAX_COUNTED = 1_000_000
"""Slates up to which `answers_needed` looks for an end."""


@dataclass(frozen=True, slots=True)
class TrialResult:
    """How a trial stands.

    Parameters
    ----------
    won, lost
        Slates in which the candidate did better than the ranker that serves, and worse.
    evidence
        The greatest value that the martingale has reached.
    decided_at
        Time of the slate that decided, None while nothing is.
    candidate_wins
        Whether the candidate won; None while nothing is decided.
    """

    won: int
    lost: int
    evidence: float
    decided_at: datetime | None
    candidate_wins: bool | None


def martingale(wins: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the value after each of ``(..., n)`` slates with a credit."""
    n = np.arange(1, wins.shape[-1] + 1)
    won = np.cumsum(wins, axis=-1)
    return np.asarray(np.exp(_log_martingale(n, won)))


def _log_martingale(n: NDArray[Any] | int, won: NDArray[Any] | float) -> Any:
    """Return the logarithm after `n` slates with a credit, `won` of them won."""
    return n * np.log(2) + betaln(PRIOR + won, PRIOR + n - won) - betaln(PRIOR, PRIOR)


def trial_result(events: Sequence[Event], shared: Iterable[SharedPaper]) -> TrialResult:
    """Return how one reader's trial stands; what was undone does not count.

    Parameters
    ----------
    shared
        The papers that the rankers shared, of **every** slate of the trial: the promise of the
        test holds only then. Those without an answer may be left out.
    """
    credits = _credits(events, shared)
    wins = np.array([x > 0 for _, x in credits], dtype=bool)
    values = martingale(wins)
    reached = np.flatnonzero(values >= 1 / ALPHA)
    if not reached.size:
        evidence = float(values.max(initial=1.0))
        return TrialResult(int(wins.sum()), int((~wins).sum()), evidence, None, None)
    end = int(reached[0]) + 1
    won = int(wins[:end].sum())
    return TrialResult(won, end - won, float(values[end - 1]), credits[end - 1][0], 2 * won > end)


def _credits(events: Sequence[Event], shared: Iterable[SharedPaper]) -> list[tuple[datetime, int]]:
    """Return time and credit of each slate whose credit is not 0, oldest first."""
    states = fold(events)
    answered: dict[str, str] = {}
    for event in active_events(events):
        if event.slate_id and event.kind in JUDGING:
            answered.setdefault(event.paper_id, event.slate_id)
    credits: dict[tuple[datetime, str], int] = {}
    for x in shared:
        if answered.get(x.paper_id) == x.slate_id:
            won = states[x.paper_id].liked == (x.team == CANDIDATE)
            slate = x.created_at, x.slate_id
            credits[slate] = credits.get(slate, 0) + (1 if won else -1)
    return [(at, credit) for (at, _), credit in sorted(credits.items()) if credit]


def answers_needed(share: float) -> int | None:
    """Return after about how many slates with a credit a winner of this share is found.

    Parameters
    ----------
    share
        Part of the slates that the better ranker wins, above 0.5; None at 0.5 or below.
    """
    if share <= 0.5:
        return None
    n = 1
    while n < MAX_COUNTED:
        if _log_martingale(n, share * n) >= np.log(1 / ALPHA):
            return n
        n = max(n + 1, ceil(1.02 * n))
    return None


def describe_trial(result: TrialResult) -> str:
    """Say in a sentence or two how a trial stands."""
    n = result.won + result.lost
    if result.candidate_wins is not None and result.decided_at is not None:
        day = result.decided_at.date().isoformat()
        who = "What you try wins" if result.candidate_wins else "What served before wins"
        return f"{who}: since {day} that is sure, from {n} slates with answers (error 5 % at most)."
    if not n:
        return "No paper of the trial has been answered yet."
    lead = max(result.won, result.lost) / n
    ahead = "what you try" if result.won > result.lost else "what served before"
    needed = answers_needed(lead)
    more = "" if needed is None or needed <= n else f" If it goes on so, about {needed} decide."
    if 2 * result.won == n:
        return f"Nothing is decided: after {n} slates with answers both are level."
    return f"Nothing is decided: after {n} slates with answers {ahead} leads in {lead:.0%}.{more}"
