"""Following an author: a saved query that brings what they publish, and a section of the digest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recommender.ingest.saved_queries import keep
from recommender.sources.registry import SourceQuery
from recommender.store import Store
from recommender.store.saved_searches import SavedSearch

if TYPE_CHECKING:  # not loaded by an import of files
    from recommender.config import Settings

SOURCE = "openalex"
EVERY_HOURS = 24 * 7
MOST = 50


def follow(store: Store, settings: Settings, reader_id: str, name: str) -> None:
    """Follow an author: OpenAlex is asked every week, and the digest says what is new.

    Nothing is asked now; the schedule does it. Following twice changes nothing.

    Raises
    ------
    UnknownReader
        There is no such reader.
    SourceError, StoreError
        The name cannot be asked for or kept.
    """
    name = " ".join(name.split())
    query = SourceQuery(SOURCE, authors=(name,), limit=MOST)
    # First what may be refused; then the query, which the digest can do without.
    store.saved_searches.save(reader_id, SavedSearch(name, author=True, source_key=query.key()))
    key = keep(store, settings, query)
    kept = store.fetches.get(key)
    if kept is not None and kept.every_hours is None:
        store.fetches.plan(key, EVERY_HOURS, MOST)


def unfollow(store: Store, reader_id: str, name: str) -> None:
    """Follow no longer; papers stay, and so does the query while another reader follows too."""
    gone = store.saved_searches.remove(reader_id, name)
    if gone is not None and gone.source_key and not store.saved_searches.uses(gone.source_key):
        store.fetches.forget(gone.source_key)
