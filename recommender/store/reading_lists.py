"""Skeleton; see the signatures."""

from __future__ import annotations

import builtins
from dataclasses import dataclass
from datetime import datetime

from recommender.store.database import Database


@dataclass(frozen=True, slots=True)
class ReadingList:
    """A named, ordered list of papers of one reader."""

    list_id: str
    reader_id: str
    name: str
    created_at: datetime
    paper_ids: tuple[str, ...] = ()


class ReadingLists:
    """The reading lists of all readers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, reader_id: str) -> builtins.list[ReadingList]:
        """Return the reader's lists, oldest first."""
        raise NotImplementedError

    def get(self, reader_id: str, name_or_id: str) -> ReadingList:
        """Return one list by id or name; raises UnknownList."""
        raise NotImplementedError

    def create(self, reader_id: str, name: str, now: datetime) -> ReadingList:
        """Make an empty list; raises NameTaken."""
        raise NotImplementedError

    def add(self, list_id: str, paper_id: str, now: datetime) -> ReadingList:
        """Put a paper at the end; one that is there already stays where it is."""
        raise NotImplementedError

    def remove(self, list_id: str, paper_id: str) -> ReadingList:
        """Take a paper out; one that is not there changes nothing."""
        raise NotImplementedError

    def move(self, list_id: str, paper_id: str, position: int) -> ReadingList:
        """Move a paper to a position counted from 0, cut to the list's ends."""
        raise NotImplementedError

    def rename(self, list_id: str, name: str) -> ReadingList:
        """Rename a list, whose id stays; raises NameTaken."""
        raise NotImplementedError

    def delete(self, list_id: str) -> None:
        """Delete a list; its papers stay in the catalogue."""
        raise NotImplementedError
