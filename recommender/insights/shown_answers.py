"""Answers to papers that a slate had shown, each with that slate. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from recommender.domain import Event, Recommendation, Slate
from recommender.domain.history import NEGATIVE, POSITIVE

_JUDGING = POSITIVE | NEGATIVE


def shown_before(
    active: Iterable[Event], slates: Sequence[Slate]
) -> list[tuple[Event, Slate, Recommendation]]:
    """Return the first judging event on each paper, with the slate that had shown it last.

    A paper that no slate showed before it was judged is left out.

    Parameters
    ----------
    active
        One reader's events that no undo has cancelled, oldest first.
    slates
        Oldest first.
    """
    by_id = {slate.slate_id: slate for slate in slates}
    of_paper: dict[str, list[tuple[Slate, Recommendation]]] = {}
    for slate in slates:
        for item in slate.items:
            of_paper.setdefault(item.paper_id, []).append((slate, item))
    shown: list[tuple[Event, Slate, Recommendation]] = []
    seen: set[str] = set()
    for event in active:
        if event.kind not in _JUDGING or event.paper_id in seen:
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
            shown.append((event, *match))
    return shown
