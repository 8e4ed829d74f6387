"""Which papers a filter leaves: those of a source, of a time, or that mention a word.

Answers are sets of ids and hold no order; nothing is ranked here.
"""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import Connection, Select, or_, select, text

from recommender.store.database import Database
from recommender.store.models import LISTING, PAPER

_WORD = re.compile(r"[^\W_]+")
_SQLITE = text(
    "SELECT paper.paper_id FROM paper_search JOIN paper ON paper.id = paper_search.rowid"
    " WHERE paper_search MATCH :words"
)
_POSTGRESQL = text(
    "SELECT paper.paper_id FROM paper_search JOIN paper ON paper.id = paper_search.id"
    " WHERE paper_search.words @@ phraseto_tsquery('english', paper_search_text(:words))"
)


class Filters:
    """Finds the papers that a reader's filters let through or hide."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def mentioning(self, phrase: str) -> frozenset[str]:
        """Return the papers that mention a word, or words side by side, in any inflection.

        Looked at are title and abstract (on PostgreSQL the authors too). A
        phrase without a letter or digit is mentioned nowhere.
        """
        words = _WORD.findall(phrase)
        if not words:
            return frozenset()
        with self._database.read() as connection:
            return frozenset(_mentioning(connection, words))

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
        """Return the papers published or listed from `since` to before `until`."""
        listed = select(LISTING.c.paper).where(
            LISTING.c.listed_at >= since, LISTING.c.listed_at < until
        )
        published = (PAPER.c.published_at >= since) & (PAPER.c.published_at < until)
        return self._ids(select(PAPER.c.paper_id).where(or_(published, PAPER.c.id.in_(listed))))

    def _ids(self, query: Select[tuple[str]]) -> frozenset[str]:
        with self._database.read() as connection:
            return frozenset(connection.scalars(query))


def _mentioning(connection: Connection, words: list[str]) -> list[str]:
    if connection.dialect.name == "sqlite":
        phrase = " ".join(words)
        expression = f'{{title abstract}} : "{phrase}"'
        return list(connection.scalars(_SQLITE, {"words": expression}))
    return list(connection.scalars(_POSTGRESQL, {"words": " ".join(words)}))
