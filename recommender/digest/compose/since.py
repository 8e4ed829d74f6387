"""What happened between two issues, so that the second can say what changed. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from recommender.digest.compose.entries import Before, Share
from recommender.digest.compose.manifest import Manifest
from recommender.domain.history import PaperState


def before_of(
    last: Manifest | None,
    states: Mapping[str, PaperState],
    muted: Sequence[str],
    interests: Sequence[Share],
) -> Before | None:
    """Return what a reader did with the issue before, and what else is new since.

    Parameters
    ----------
    last
        The issue before; None for the first.
    states
        What stands between the reader and every paper, today.
    """
    if last is None:
        return None
    shown = {x.paper_id for x in last.items}
    here = [states[x] for x in shown if x in states]
    since = [
        x for k, x in states.items() if k not in shown and x.judged and x.at >= last.composed_at
    ]
    known = {x.interest_id for x in last.interests}
    return Before(
        week=last.week,
        shown=len(shown),
        liked=sum(x.liked for x in here),
        skipped=sum(x.judged and not x.liked for x in here),
        liked_else=sum(x.liked for x in since),
        skipped_else=sum(not x.liked for x in since),
        model=last.model,
        bar=last.bar,
        size=last.size,
        muted=tuple(x for x in muted if x not in last.muted) if last.version > 1 else (),
        interests=tuple(x.name for x in interests if x.interest_id not in known) if known else (),
    )
