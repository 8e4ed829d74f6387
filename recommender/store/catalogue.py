"""Skeleton; see the signatures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from recommender.domain import Paper
from recommender.store.database import Database

Outcome = Literal["new", "merged", "unchanged"]


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one record: the paper it is now part of, and how."""

    paper_id: str
    outcome: Outcome


class Catalogue:
    """The papers of the library, each under one canonical id."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def validate(self, record: Paper) -> Paper:
        """Return the record as it would be stored; raises InvalidRecord with the reason."""
        raise NotImplementedError

    def add(self, records: Sequence[Paper], now: datetime) -> list[Added]:
        """Store records, merging those that are papers already held; all or none."""
        raise NotImplementedError

    def get(self, paper_id: str) -> Paper:
        """Return a paper by its id or any alias; raises UnknownPaper."""
        raise NotImplementedError

    def get_many(self, ids: Sequence[str]) -> dict[str, Paper]:
        """Return ``{asked id: paper}``, unknown ids left out."""
        raise NotImplementedError

    def resolve(self, ids: Iterable[str]) -> dict[str, str]:
        """Return ``{asked id: canonical id}``, unknown ids left out."""
        raise NotImplementedError

    def papers(self, after: str = "", limit: int | None = None) -> list[Paper]:
        """Return papers in the order of their ids, those after `after`."""
        raise NotImplementedError

    def ids(self) -> list[str]:
        """Return every canonical id, in order."""
        raise NotImplementedError

    def count(self) -> int:
        """Return how many papers there are."""
        raise NotImplementedError

    def revision(self) -> int:
        """Return a number that rises with every change of a paper."""
        raise NotImplementedError

    def added_since(self, revision: int) -> list[Paper]:
        """Return the papers that are new or changed after a revision, by id."""
        raise NotImplementedError

    def search(self, query: str, n: int = 20) -> list[tuple[str, float]]:
        """Return up to `n` ``(paper_id, score > 0)``, best first; any text is a safe query."""
        raise NotImplementedError

    def dated_between(self, start: datetime, end: datetime) -> list[Paper]:
        """Return papers published, listed or added in ``[start, end)``, by id."""
        raise NotImplementedError
