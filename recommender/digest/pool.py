"""Which papers a week's digest chooses from, and why the others are not among them.

Runs when a digest is composed; reads the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from recommender.digest.manifest import Manifest
from recommender.digest.schedule import previous_week, week_bounds
from recommender.domain import EventKind, Paper
from recommender.errors import DigestError
from recommender.history import PaperState, fold
from recommender.store import Store


@dataclass(frozen=True, slots=True)
class Pool:
    """The papers of a window and what stood between them and the reader.

    `papers` are all of the window by id, `open_ids` those still to be ranked;
    `judged` and `shown` count the others. `likes` and `verdicts` are what the
    reader has given so far, over all papers.
    """

    starts_at: datetime
    ends_at: datetime
    papers: Mapping[str, Paper]
    open_ids: tuple[str, ...]
    judged: int
    shown: int
    likes: int
    verdicts: int


def pool_of(store: Store, reader_id: str, week: str, now: datetime, zone: str) -> Pool:
    """Gather the papers published, listed or added in the week.

    In a running week `ends_at` is `now`, and the next digest begins there;
    papers that bear a later day of the week already count.

    Raises
    ------
    DigestError
        There is no such week, or it has not begun.
    """
    start, end = week_bounds(week, zone)
    if now <= start:
        raise DigestError(
            f"Week {week} has not begun in {zone}; choose this week or an earlier one."
        )
    start = min(start, _rest_of_last_week(store, reader_id, week) or start)
    papers = {x.paper_id: x for x in store.catalogue.dated_between(start, end)}
    states = fold(store.feedback.events(reader_id)).values()
    verdicts = [x.paper_id for x in states if x.judged]
    judged = set(store.catalogue.resolve(verdicts).values())
    shown = store.digests.shown(reader_id)
    unjudged = [x for x in papers if x not in judged]
    unseen = [x for x in unjudged if x not in shown]
    return Pool(
        starts_at=start,
        ends_at=min(end, now),
        papers=papers,
        open_ids=tuple(unseen),
        judged=len(papers) - len(unjudged),
        shown=len(unjudged) - len(unseen),
        likes=sum(map(_is_liked, states)),
        verdicts=len(judged),
    )


def _rest_of_last_week(store: Store, reader_id: str, week: str) -> datetime | None:
    """Return where last week's digest ended: one made early left the days after it to this one."""
    before = store.digests.get(reader_id, previous_week(week))
    return None if before is None else Manifest.from_json(before).ends_at


def _is_liked(state: PaperState) -> bool:
    return state.signal in (EventKind.like, EventKind.save)
