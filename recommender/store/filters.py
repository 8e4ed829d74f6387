"""Which papers a filter leaves: those of a source, of a time, or that mention a word.

Answers are sets of ids and hold no order; nothing is ranked here.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select

from recommender.store.catalogue import search
from recommender.store.catalogue.recency import is_new
from recommender.store.database import Database
from recommender.store.models import LISTING, PAPER


class Filters:
    """Finds the papers that a reader's filters let through or hide."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def mentioning(self, phrase: str) -> frozenset[str]:
        """Return the papers that mention a word, or words side by side, in any inflection.

        Looked at are title and abstract. A phrase without a letter or digit is
        mentioned nowhere.
        """
        with self._database.read() as connection:
            return frozenset(search.mentioning(connection, phrase))

    def sources(self) -> list[str]:
        """Return the names of the sources that have listed a paper, in order."""
        query = select(LISTING.c.source).distinct().order_by(LISTING.c.source)
        with self._database.read() as connection:
            return list(connection.scalars(query))

    def listed_by(self, source: str) -> frozenset[str]:
        """Return the papers that a source has listed."""
        listed = select(LISTING.c.paper).where(LISTING.c.source == source)
        return self._ids(select(PAPER.c.paper_id).where(PAPER.c.id.in_(listed)))

    def appeared(self, since: datetime, until: datetime) -> frozenset[str]:
        """Return the papers that are new from `since` to before `until`, as `recency` says."""
        return self._ids(select(PAPER.c.paper_id).where(is_new(since, until)))

    def _ids(self, query: Select[tuple[str]]) -> frozenset[str]:
        with self._database.read() as connection:
            return frozenset(connection.scalars(query))
