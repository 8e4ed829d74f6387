"""The records that travel between the stages: frozen, plain, stdlib only.

Times are UTC and aware. Ids are text and never row numbers: `paper_id` is
canonical (see `identity`), `reader_id` is a slug, `interest_id` is
``<reader_id>/<slug>``. Row numbers live in a `Vocabulary` and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


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


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads; everything learned belongs to one reader."""

    reader_id: str
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Interest:
    """One subject of a reader, with its own likes and share of the slate (0–1)."""

    interest_id: str
    reader_id: str
    name: str
    share: float = 1.0


class EventKind(StrEnum):
    """What a reader did with a paper; member name equals value."""

    like = "like"
    skip = "skip"
    dislike = "dislike"
    save = "save"
    open = "open"
    undo = "undo"


@dataclass(frozen=True, slots=True)
class EventMeaning:
    """What one kind of event says about a taste.

    `weight` is the preference (+1 is one like); `half_life_days` is the time
    in which it loses half of that weight, None for never.
    """

    weight: float
    half_life_days: float | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One action of a reader, never edited or deleted by use.

    `client_key` is made where the action happened: one key is one event,
    however often it arrives. `event_id` is 0 until the store has numbered it;
    numbers rise in the order of arrival. `undoes` is the event an undo cancels.
    """

    client_key: str
    reader_id: str
    interest_id: str
    paper_id: str
    kind: EventKind
    created_at: datetime
    slate_id: str | None = None
    undoes: int | None = None
    event_id: int = 0


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a paper is suggested, in a sentence that the score bears out.

    `kind` is ``liked`` (near `paper_id`, which the reader liked), ``words``
    (shares `words` with the likes), ``recent`` or ``explored``.
    """

    kind: str
    text: str
    paper_id: str | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """One paper on its way to a slate, as a row number of one vocabulary.

    `parts` are the weighted contributions that add up to `score`; a part that
    cannot be computed is NaN and counts as nothing.
    """

    paper_index: int
    score: float
    parts: Mapping[str, float] = field(default_factory=dict)
    propensity: float = 1.0
    interest_id: str | None = None
    explored: bool = False


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One suggested paper, ready to be shown; `rank` counts from 1."""

    rank: int
    paper_id: str
    title: str
    score: float
    parts: Mapping[str, float] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = ()
    propensity: float = 1.0
    interest_id: str | None = None


@dataclass(frozen=True, slots=True)
class Impression:
    """That a slate showed a paper: where, by which score, how probably."""

    slate_id: str
    paper_id: str
    position: int
    score: float
    parts: Mapping[str, float]
    propensity: float


@dataclass(frozen=True, slots=True)
class Slate:
    """What one reader was shown at one time, best first; may be empty.

    `surface` is where (``app``, ``cli``, ``digest``), `model` the version of
    the artefact that ranked it.
    """

    slate_id: str
    reader_id: str
    interest_id: str | None
    surface: str
    model: str
    created_at: datetime
    items: tuple[Recommendation, ...] = ()

    @property
    def impressions(self) -> tuple[Impression, ...]:
        """The items as they are kept in the log, positions from 1."""
        return tuple(
            Impression(self.slate_id, x.paper_id, x.rank, x.score, x.parts, x.propensity)
            for x in self.items
        )


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Which text id is which row number; the order never changes."""

    ids: tuple[str, ...]
    _index: Mapping[str, int] = field(repr=False, compare=False)

    @classmethod
    def of(cls, ids: Iterable[str]) -> Vocabulary:
        """Number the ids in their order; raises ValueError on a repeat."""
        ordered = tuple(ids)
        index = {x: i for i, x in enumerate(ordered)}
        if len(index) != len(ordered):
            raise ValueError("a vocabulary holds every id once")
        return cls(ordered, index)

    def index(self, text_id: str) -> int | None:
        """Return the row number, or None for an id that is not held."""
        return self._index.get(text_id)

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    def __contains__(self, text_id: object) -> bool:
        return text_id in self._index
