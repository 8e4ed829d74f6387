"""Answers to papers that a slate had shown, each with that slate. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from recommender.domain import Event, Recommendation, Slate
from recommender.domain.history import JUDGING, active_events, fold


class ShownAnswer(NamedTuple):
    """The first answer to a paper, the slate that had shown it last, and what holds today.

    `liked` is what the reader thinks of the paper after all answers.
    """

    event: Event
    slate: Slate
    item: Recommendation
    liked: bool


def shown_answers(events: Sequence[Event], slates: Sequence[Slate]) -> list[ShownAnswer]:
    """Return one reader's answers to papers that were shown, one a paper, oldest first.

    A paper that no slate showed before it was judged is left out.

    Parameters
    ----------
    events
        All that counts of the reader's log, oldest first; what an undo has cancelled does not.
    slates
        Oldest first.
    """
    states = fold(events)
    by_id = {slate.slate_id: slate for slate in slates}
    of_paper: dict[str, list[tuple[Slate, Recommendation]]] = {}
    for slate in slates:
        for item in slate.items:
            of_paper.setdefault(item.paper_id, []).append((slate, item))
    shown: list[ShownAnswer] = []
    seen: set[str] = set()
    for event in active_events(events):
        if event.kind not in JUDGING or event.paper_id in seen:
            continue
        seen.add(event.paper_id)
        before = [
            (slate, item)
            for slate, item in of_paper.get(event.paper_id, ())
            if slate.created_at <= event.created_at
        ]
        named = by_id.get(event.slate_id or "")
        match = next((x for x in before if x[0] is named), before[-1] if before else None)
        if match is not None:
            shown.append(ShownAnswer(event, *match, states[event.paper_id].liked))
    return shown
