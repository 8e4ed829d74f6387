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
class Details:
    """What a reference list says of a paper besides what papers are found and ranked by.

    Kept for exports, as plain text; ``""`` is unknown.

    Parameters
    ----------
    month
        ``1`` to ``12``, or a part of a year in the source's words (``Spring``, ``Nov-Dec``).
    genre
        The kind of a thesis or report in words (``Master's thesis``).
    place
        Where the publisher is.
    keywords
        Those of the source; a reader's tags are another thing.
    note
        What the reference list notes, such as ``Accepted``.
    files
        Where the owner of the list keeps the text: paths or addresses.
    """

    month: str = ""
    volume: str = ""
    number: str = ""
    pages: str = ""
    publisher: str = ""
    place: str = ""
    series: str = ""
    edition: str = ""
    genre: str = ""
    issn: str = ""
    isbn: str = ""
    keywords: tuple[str, ...] = ()
    note: str = ""
    files: tuple[str, ...] = ()

    @property
    def of_issue(self) -> tuple[str, ...]:
        """The fields that say where and when it was published, without the reader's own."""
        return (
            *(self.month, self.volume, self.number, self.pages, self.publisher, self.place),
            *(self.series, self.edition, self.genre, self.issn, self.isbn),
        )


NO_DETAILS = Details()
"""Nothing is known."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A research paper as the catalogue knows it: one work, in the version that is shown.

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
    citation_key
        The key by which a reference list names it; empty where there is none of its own.
    details
        Volume, pages, keywords and the like.
    version
        The number its source gives the version (2 for arXiv's ``v2``), None where it gives none.
    related
        In a record from a source: identifiers of other versions of the work, as the source
        says. A store keeps them for matching and returns none.
    versions
        All versions of the work, each with its own fields and identifiers, the one that is
        shown first; empty where only one is known. A version has no versions, listings,
        citations or `paper_id` of its own.
    citations
        How many works cite it: the largest number that a source has counted, None where
        none has.
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
    citation_key: str = ""
    details: Details = NO_DETAILS
    version: int | None = None
    related: tuple[str, ...] = ()
    versions: tuple[Paper, ...] = ()
    citations: int | None = None

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
    def upvotes(self) -> int | None:
        """The most upvotes that a source has counted, or None where none counts them."""
        return max((x.upvotes for x in self.listings if x.upvotes is not None), default=None)

    @property
    def newest_at(self) -> datetime | None:
        """The newest of publication and listing; what "recent" goes by.

        The day of another version where that of the shown one is not known.
        """
        published = self.published_at or max(
            (x.published_at for x in self.versions if x.published_at is not None), default=None
        )
        days = [d for d in (published, self.listed_at) if d is not None]
        return max(days, default=None)

    def identifier(self, scheme: str) -> str:
        """Return the bare identifier of a scheme (``"arxiv"``), or ``""``.

        Of several the one of the version that is shown.
        """
        prefix = scheme + ":"
        shown = self.versions[0].identifiers if self.versions else ()
        known = (*shown, self.paper_id, *self.identifiers)
        return next((x.removeprefix(prefix) for x in known if x.startswith(prefix)), "")
