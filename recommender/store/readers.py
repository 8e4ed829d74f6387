"""Skeleton; see the signatures."""

from __future__ import annotations

import builtins
from datetime import datetime

from recommender.domain import Interest, Reader
from recommender.store.database import Database


class Readers:
    """The readers and their interests; a reader has at least one interest."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self) -> builtins.list[Reader]:
        """Return every reader, oldest first."""
        raise NotImplementedError

    def get(self, name_or_id: str) -> Reader:
        """Return a reader by id or name; raises UnknownReader."""
        raise NotImplementedError

    def ensure(self, name: str, now: datetime) -> Reader:
        """Return the reader of this name or id, made if there is none."""
        raise NotImplementedError

    def add(self, name: str, now: datetime) -> Reader:
        """Make a reader with the interest General; raises NameTaken."""
        raise NotImplementedError

    def rename(self, reader_id: str, name: str) -> Reader:
        """Rename a reader, whose id stays; raises NameTaken."""
        raise NotImplementedError

    def forget(self, reader_id: str) -> int:
        """Really delete a reader and everything of theirs; returns the number of events."""
        raise NotImplementedError

    def interests(self, reader_id: str) -> builtins.list[Interest]:
        """Return the reader's interests, oldest first."""
        raise NotImplementedError

    def interest(self, reader_id: str, name_or_id: str) -> Interest:
        """Return one interest by id, slug or name; raises UnknownInterest."""
        raise NotImplementedError

    def ensure_interest(self, reader_id: str, name: str) -> Interest:
        """Return the reader's interest of this name, made if there is none."""
        raise NotImplementedError

    def rename_interest(self, interest_id: str, name: str) -> Interest:
        """Rename an interest, whose id stays; raises NameTaken."""
        raise NotImplementedError

    def set_share(self, interest_id: str, share: float) -> Interest:
        """Set the share of the slate, 0 to 1."""
        raise NotImplementedError
