"""The library on disk: the only package that speaks SQL.

    store = Store("sqlite:////path/to/paperloop.sqlite3")
    store.database.upgrade()

`Store` opens nothing until it is asked for something, may be shared by
threads, and hands out frozen records only; rows never leave this package.
"""

from __future__ import annotations

from sqlalchemy import func, select

from recommender.store.annotations import STATUSES, Annotation, Annotations
from recommender.store.api_tokens import ApiToken, ApiTokens
from recommender.store.catalogue.catalogue import AddResult, Catalogue
from recommender.store.catalogue.provenance import Contribution, Merge, Origin
from recommender.store.catalogue.search import SearchResult
from recommender.store.catalogue.unmerge import UndoneMerge
from recommender.store.database import Database
from recommender.store.deliveries import Deliveries, Delivery
from recommender.store.digests import Digests
from recommender.store.event_log_cache import EventLogCache
from recommender.store.feed_tokens import FeedToken, FeedTokens
from recommender.store.feedback import Feedback
from recommender.store.fetches import Fetch, Fetches
from recommender.store.filters import Filters
from recommender.store.idempotency_keys import IdempotencyKeys
from recommender.store.models import EVENT, PAPER, READER, SLATE
from recommender.store.paper_cache import PaperCache
from recommender.store.preferences import Preferences
from recommender.store.readers import Readers
from recommender.store.reading_lists import ListEntry, ReadingList, ReadingLists
from recommender.store.saved_searches import SavedSearch, SavedSearches
from recommender.store.scheduler_runs import SchedulerRuns
from recommender.store.synced_collections import SyncedCollection, SyncedCollections
from recommender.store.told_alarms import ToldAlarms

__all__ = [
    "STATUSES",
    "AddResult",
    "Annotation",
    "Annotations",
    "ApiToken",
    "ApiTokens",
    "Catalogue",
    "Contribution",
    "Database",
    "Deliveries",
    "Delivery",
    "Digests",
    "EventLogCache",
    "FeedToken",
    "FeedTokens",
    "Feedback",
    "Fetch",
    "Fetches",
    "Filters",
    "IdempotencyKeys",
    "ListEntry",
    "Merge",
    "Origin",
    "PaperCache",
    "Preferences",
    "Readers",
    "ReadingList",
    "ReadingLists",
    "SavedSearch",
    "SavedSearches",
    "SchedulerRuns",
    "SearchResult",
    "Store",
    "SyncedCollection",
    "SyncedCollections",
    "ToldAlarms",
    "UndoneMerge",
]


class Store:
    """Everything a library holds, behind one database URL.

    Parameters
    ----------
    url
        ``sqlite:///<path>`` (relative) or ``sqlite:////<path>`` (absolute), or
        ``postgresql://user:password@host/name``. Never printed.
    """

    def __init__(self, url: str) -> None:
        self.database = Database(url)
        self.catalogue = Catalogue(self.database)
        self.paper_cache = PaperCache(self.database, self.catalogue)
        self.feedback = Feedback(self.database)
        self.event_logs = EventLogCache(self.database, self.catalogue, self.feedback)
        self.readers = Readers(self.database)
        self.reading_lists = ReadingLists(self.database)
        self.digests = Digests(self.database)
        self.deliveries = Deliveries(self.database)
        self.feed_tokens = FeedTokens(self.database)
        self.api_tokens = ApiTokens(self.database)
        self.idempotency_keys = IdempotencyKeys(self.database)
        self.fetches = Fetches(self.database)
        self.scheduler_runs = SchedulerRuns(self.database)
        self.told_alarms = ToldAlarms(self.database)
        self.preferences = Preferences(self.database)
        self.saved_searches = SavedSearches(self.preferences)
        self.synced_collections = SyncedCollections(self.preferences)
        self.filters = Filters(self.database)
        self.annotations = Annotations(self.database)

    def counts(self) -> dict[str, int]:
        """Return how many ``papers``, ``events``, ``readers`` and ``slates`` there are."""
        tables = {"papers": PAPER, "events": EVENT, "readers": READER, "slates": SLATE}
        with self.database.read() as connection:
            return {
                name: connection.scalar(select(func.count()).select_from(table)) or 0
                for name, table in tables.items()
            }

    def close(self) -> None:
        """Close every connection; the store opens again when it is asked for something."""
        self.database.close()
