"""What a paper is, and where it was listed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from recommender.domain.status import (
    NOT_SUGGESTED,
    RECORD_TYPES,
    STATUSES,
    StatusStatement,
    gravest,
    in_force,
)


@dataclass(frozen=True, slots=True)
class Author:
    """One author in order; `literal` stands alone for a corporate name."""

    family: str = ""
    given: str = ""
    literal: str = ""

    @property
    def name(self) -> str:
        """The name as a reader writes it, given name first."""
        return self.literal or f"{self.given} {self.family}".strip()


@dataclass(frozen=True, slots=True)
class Listing:
    """One time a source featured a paper; not the paper's own date."""

    source: str
    listed_at: datetime | None = None
    byline: str = ""
    origin: str = ""
    upvotes: int | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """A research paper as the catalogue knows it.

    Parameters
    ----------
    paper_id
        Canonical and version-less; empty in a record that no store has seen.
    abstract
        Plain text; mathematics stays TeX. Empty where unknown.
    published_at
        When it appeared, where the day is known; `year` is known more often.
    identifiers
        Every known identifier with its scheme (``arxiv:``, ``doi:``, …).
    listings
        Where and when sources featured it, oldest first.
    abstract_is_summary
        True while the abstract is a summary of ours; a real one replaces it.
    kind
        What it is, in CSL's words (``article-journal``, ``paper-conference``,
        ``book``, ``thesis`` …); empty where unknown.
    added_at
        When this library first met it; None in a record no store has seen.
    statements
        What sources say about its status and about what kind of record it is. In a
        record from a source, some may be about other works; see `StatusStatement`.
    """

    title: str
    paper_id: str = ""
    abstract: str = ""
    authors: tuple[Author, ...] = ()
    year: int | None = None
    published_at: datetime | None = None
    venue: str = ""
    url: str = ""
    kind: str = ""
    identifiers: tuple[str, ...] = ()
    listings: tuple[Listing, ...] = ()
    abstract_is_summary: bool = False
    added_at: datetime | None = None
    statements: tuple[StatusStatement, ...] = ()

    @property
    def status(self) -> str:
        """The gravest status in force, one of `status.STATUSES`, or ``""``."""
        return gravest(self.statements, STATUSES) if self.statements else ""

    @property
    def record_type(self) -> str:
        """What it is if it is no research paper, one of `status.RECORD_TYPES`, or ``""``."""
        return gravest(self.statements, RECORD_TYPES) if self.statements else ""

    @property
    def suggestible(self) -> bool:
        """Whether it may be suggested: a paper that nothing in force speaks against."""
        return NOT_SUGGESTED.isdisjoint(x.says for x in in_force(self.statements))

    @property
    def listed_at(self) -> datetime | None:
        """The newest day a source featured the paper, or None."""
        days = [x.listed_at for x in self.listings if x.listed_at is not None]
        return max(days, default=None)

    @property
    def newest_at(self) -> datetime | None:
        """The newest of publication and listing; what "recent" goes by."""
        days = [d for d in (self.published_at, self.listed_at) if d is not None]
        return max(days, default=None)

    def identifier(self, scheme: str) -> str:
        """Return the bare identifier of a scheme (``"arxiv"``), or ``""``."""
        prefix = scheme + ":"
        known = (self.paper_id, *self.identifiers)
        return next((x.removeprefix(prefix) for x in known if x.startswith(prefix)), "")
