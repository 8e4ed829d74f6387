"""Skeleton; see the signatures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from recommender.store.database import Database


class Digests:
    """The digests as they were composed, never purged."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, reader_id: str, week: str) -> str | None:
        """Return the week's manifest exactly as stored, or None."""
        raise NotImplementedError

    def save(
        self, reader_id: str, week: str, manifest_json: str, paper_ids: Sequence[str], now: datetime
    ) -> str:
        """Store a digest unless the week has one; returns what is stored."""
        raise NotImplementedError

    def weeks(self, reader_id: str) -> list[str]:
        """Return the weeks that have a digest, oldest first."""
        raise NotImplementedError

    def shown(self, reader_id: str, before_week: str | None = None) -> set[str]:
        """Return the canonical ids of papers in the reader's digests of earlier weeks."""
        raise NotImplementedError
