"""The papers that an issue may choose from, and from when to when. Reads the store.

An issue begins where the last one ended, so that neither the rest of a week that
was composed early nor a week without an issue is lost.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from recommender.digest.compose.manifest import Manifest
from recommender.digest.periods import first_day, in_order, n_days, previous_week, week_bounds
from recommender.domain import Paper
from recommender.errors import DigestError
from recommender.store import Store

MAX_DAYS = 56
"""Days before an issue's own beginning from which it still takes in papers."""

_KEPT = 8


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when an issue goes, and the papers of it.

    `ends_at` is `now` in a running week; papers dated later in the week
    already count. `missed` are the weeks (or days) before it that had no issue.
    """

    starts_at: datetime
    ends_at: datetime
    papers: Mapping[str, Paper]
    missed: tuple[str, ...] = ()


class WindowCache:
    """Reads the papers of a window once for all readers of one composing.

    What was read is forgotten as soon as the catalogue changes. Threads need
    one each.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._revision = -1
        self._size = 0
        self._papers: OrderedDict[tuple[datetime, datetime], dict[str, Paper]] = OrderedDict()

    @property
    def library_size(self) -> int:
        """How many papers there are."""
        self._catch_up()
        return self._size

    def papers(self, start: datetime, end: datetime) -> Mapping[str, Paper]:
        """Return the papers that are new in a stretch of time, by id."""
        self._catch_up()
        papers = self._papers.get((start, end))
        if papers is None:
            papers = {x.paper_id: x for x in self._store.catalogue.new_between(start, end)}
            self._papers[start, end] = papers
            while len(self._papers) > _KEPT:
                self._papers.popitem(last=False)
        return papers

    def _catch_up(self) -> None:
        revision = self._store.catalogue.revision()
        if revision != self._revision:
            self._revision, self._size = revision, self._store.catalogue.count()
            self._papers.clear()


def window_of(
    windows: WindowCache, last: Manifest | None, week: str, now: datetime, zone: str
) -> Window:
    """Return the window of an issue that follows `last`, the newest one of an earlier week.

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
    begins = start
    if last is not None:
        begins = max(min(start, last.ends_at), start - timedelta(days=MAX_DAYS))
    missed = _missed(last.week, week) if last is not None else ()
    return Window(begins, min(end, now), windows.papers(begins, end), missed)


def last_before(store: Store, reader_id: str, week: str) -> Manifest | None:
    """Return a reader's newest issue of a week (or day) that began before this one, or None."""
    first = first_day(week)
    earlier = [x for x in store.digests.weeks(reader_id) if first_day(x) < first]
    stored = store.digests.get(reader_id, in_order(earlier)[-1]) if earlier else None
    return None if stored is None else Manifest.from_json(stored)


def _missed(last: str, week: str) -> tuple[str, ...]:
    """Return the whole weeks (or days) between two issues, oldest first."""
    end, first = first_day(last) + timedelta(days=n_days(last)), first_day(week)
    missed: list[str] = []
    before = previous_week(week)
    while first_day(before) >= end and first - first_day(before) <= timedelta(days=MAX_DAYS):
        missed.append(before)
        before = previous_week(before)
    return tuple(reversed(missed))
