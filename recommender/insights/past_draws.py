"""The drawn places of past slates and how they were answered, from the log. Pure.

A draw counts once its reader has judged the drawn paper in the slate that showed it. Draws
without an answer are left out: as the queue is ranked again after every answer, most drawn
papers are never reached.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from recommender.domain import Event, Slate
from recommender.domain.history import JUDGING, active_events, fold
from recommender.insights.off_policy import Floats


@dataclass(frozen=True, slots=True)
class Draw:
    """One drawn place that was answered.

    Parameters
    ----------
    at
        When the slate was made; what came later is not to be used.
    papers, scores
        The reserve, and ``(n,)`` scores of the ranker that served.
    shown
        Place of the drawn paper within the reserve.
    propensity
        Probability with which it was drawn, 0 to 1.
    liked
        Whether it is liked or saved.
    """

    reader_id: str
    interest_id: str
    at: datetime
    papers: tuple[str, ...]
    scores: Floats
    shown: int
    propensity: float
    liked: bool


def draws_of(events: Sequence[Event], slates: Sequence[Slate]) -> list[Draw]:
    """Return one reader's answered draws, oldest first; one a paper.

    Draws of before the reserve was kept, and papers merged away since, are left out.
    """
    active, states = active_events(events), fold(events)
    by_id = {slate.slate_id: slate for slate in slates}
    draws: dict[str, Draw] = {}
    for event in active:
        slate = by_id.get(event.slate_id or "")
        if slate is None or event.kind not in JUDGING or event.paper_id in draws:
            continue
        item = next((x for x in slate.items if x.paper_id == event.paper_id), None)
        if item is None or item.paper_id not in item.drawn_from:
            continue
        papers = tuple(item.drawn_from)
        draws[event.paper_id] = Draw(
            slate.reader_id,
            item.interest_id or "",
            slate.created_at,
            papers,
            np.array([item.drawn_from[x] for x in papers]),
            papers.index(item.paper_id),
            item.propensity,
            states[event.paper_id].liked,
        )
    return sorted(draws.values(), key=lambda x: x.at)


def n_drawn(slates: Sequence[Slate]) -> int:
    """Return how many places were drawn, answered or not."""
    return sum(bool(x.drawn_from) for slate in slates for x in slate.items)


def rewards_of(draws: Sequence[Draw]) -> Floats:
    """Return ``(n,)``: 1 for a like or save, else 0."""
    return np.array([x.liked for x in draws], dtype=np.float64)


def shown_of(draws: Sequence[Draw]) -> NDArray[np.intp]:
    """Return ``(n,)`` places of the shown papers within their reserves."""
    return np.array([x.shown for x in draws], dtype=np.intp)
