"""Sets of papers that many requests ask for, read once for each state of the catalogue."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from datetime import datetime

from recommender.errors import UnknownVenue
from recommender.store import Store

_HELD = 32


class CataloguePools:
    """Reads sets of paper ids and keeps the newest `_HELD`; threads may share it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._revision = -1
        self._held: dict[Hashable, frozenset[str]] = {}

    def papers_of(
        self, source: str | None, venue: str | None, year: int | None, revision: int
    ) -> frozenset[str] | None:
        """Return the papers of a source and a venue; None for all papers.

        None are left where the venue has none any more.
        """
        if source is None and venue is None:
            return None
        return self._get((source, venue, year), revision, lambda: self._read(source, venue, year))

    def _read(self, source: str | None, venue: str | None, year: int | None) -> frozenset[str]:
        filters, papers = self._store.filters, []
        if source is not None:
            papers.append(filters.listed_by(source))
        if venue is not None:
            try:
                papers.append(filters.of_venue(venue, year))
            except UnknownVenue:
                return frozenset()
        return frozenset.intersection(*papers)

    def appeared(self, first: datetime, end: datetime, revision: int) -> frozenset[str]:
        """Return the papers published or listed from `first` until before `end`."""
        key = (first, end)
        return self._get(key, revision, lambda: self._store.filters.appeared(first, end))

    def _get(
        self, key: Hashable, revision: int, read: Callable[[], frozenset[str]]
    ) -> frozenset[str]:
        with self._lock:
            if revision > self._revision:
                self._held.clear()
                self._revision = revision
            held = self._held.get(key)
        if held is not None:
            return held
        papers = read()
        with self._lock:
            if revision == self._revision:
                while len(self._held) >= _HELD:
                    self._held.pop(next(iter(self._held)))
                self._held[key] = papers
        return papers
