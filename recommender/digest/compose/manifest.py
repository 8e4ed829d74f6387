"""All that a digest is, and all that any rendering of it may depend on. Pure.

As JSON a manifest has sorted keys and no number that JSON cannot hold, so the
same manifest is the same bytes. Version 1 knew no exclusions, links, changes or
interests; version 2 no bar of the reader's own; version 3 no status; version 4 no
saved searches; version 5 no papers that were drawn from, no teams. They are read with those empty.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from math import isfinite
from typing import Any

from recommender.domain import Reason
from recommender.errors import DigestError


@dataclass(frozen=True, slots=True)
class DigestItem:
    """One paper of a digest, as it was on the day of composing.

    Parameters
    ----------
    date
        ISO day or only the year of publication; empty where unknown.
    listed
        ISO day on which `listed_by` featured it, both empty if no source did.
    abstract
        Its first sentences, ``" …"`` where more follows; empty where unknown.
    abstract_is_summary
        True when the abstract is a summary by paperloop.
    parts
        What `score` is the sum of; a part that could not be computed is left out.
    propensity
        Probability (0-1) with which the policy showed the paper here.
    chance
        Probability (0-1) of a like, None while too little is known.
    explored
        True for the one paper that was drawn and not ranked here.
    team
        Which of two rankers that share the digest brought it in; empty where one ranks alone.
    drawn_from
        Paper id -> score of all papers that it was drawn from; empty for the others.
    below_bar
        True for a paper below the bar, offered because none reached it.
    status
        Its status in words (``Corrected``); empty for most.
    answers
        Action (``like``, ``skip``, ``save``) -> token of its link; may be empty.
    """

    rank: int
    paper_id: str
    title: str
    score: float
    authors: tuple[str, ...] = ()
    date: str = ""
    listed: str = ""
    listed_by: str = ""
    venue: str = ""
    url: str = ""
    abstract: str = ""
    abstract_is_summary: bool = False
    parts: Mapping[str, float] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = ()
    propensity: float = 1.0
    interest_id: str | None = None
    chance: float | None = None
    explored: bool = False
    below_bar: bool = False
    answers: Mapping[str, str] = field(default_factory=dict)
    status: str = ""
    drawn_from: Mapping[str, float] = field(default_factory=dict)
    team: str = ""


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A paper that the reader liked and that is retracted, withdrawn or in doubt since.

    `status` is in words; `notice` the address of the notice, or empty.
    """

    paper_id: str
    title: str
    status: str
    notice: str = ""


@dataclass(frozen=True, slots=True)
class FoundPaper:
    """A paper that a saved search found; fields as of `DigestItem`."""

    paper_id: str
    title: str
    authors: tuple[str, ...] = ()
    date: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class SearchNews:
    """What is new in one saved search, or by an author who is followed (`author`).

    `total` is how many papers there are, of which `papers` are the newest.
    """

    name: str
    author: bool
    total: int
    papers: tuple[FoundPaper, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """An interest of the reader on that day, and its part of the digest (0-1)."""

    interest_id: str
    name: str
    share: float


@dataclass(frozen=True, slots=True)
class Before:
    """What happened since the issue before, to say what changed.

    Parameters
    ----------
    week, shown
        That issue, and how many papers it had.
    liked, skipped
        Of these papers, those that stand as liked or saved, and as turned down.
    liked_else, skipped_else
        Papers liked or saved, and turned down, elsewhere since it was composed.
    model, bar, size
        What held then.
    bar_kind
        What the bar was made from then, see `Manifest`.
    muted, interests
        Muted words, and names of interests, that are new since.
    """

    week: str
    shown: int
    liked: int = 0
    skipped: int = 0
    liked_else: int = 0
    skipped_else: int = 0
    model: str = ""
    bar: float | None = None
    size: int = 0
    muted: tuple[str, ...] = ()
    interests: tuple[str, ...] = ()
    bar_kind: str = "fixed"


def finite(parts: Mapping[str, float]) -> dict[str, float]:
    """Return the parts of a score that could be computed, as plain numbers."""
    return {name: float(x) for name, x in parts.items() if isfinite(x)}


VERSION = 6
"""Raised when the fields change; `from_json` reads this version and those before."""

FIXED, LIKES, CHANCE, WEEK = "fixed", "likes", "chance", "week"


@dataclass(frozen=True, slots=True)
class Manifest:
    """One reader's digest of one week, or of one day.

    Parameters
    ----------
    starts_at, ends_at
        The window, end excluded; it ends at `composed_at` in a running week.
    model, seed
        What ranked; `model` is empty when nothing had to be ranked.
    bar
        Score that a paper had to reach; None when no bar was held.
    bar_kind
        What the bar was made from: ``fixed`` (a score that was set), ``likes`` (the reader's
        likes, held out), ``chance`` (their answers and their likes) or ``week`` (one of these, but
        it came down to the best paper of the week, see `PersonalBar`).
    bar_chance
        Chance of a like at the bar (0-1), None where it is not known.
    size
        Most papers that were wanted.
    likes, judged
        Papers that were liked or saved, and all with an active verdict.
    library_size
        Papers in the library.
    candidates
        Papers of the window; every one is an item or counted in `left_out`.
    left_out
        Papers left out by reason, see `copy.REASONS`.
    best_below
        Best score that missed the bar, if any did.
    missed
        Earlier weeks without an issue, whose papers this one takes in.
    interests
        The reader's interests; a digest of one interest need not name it.
    muted, explore
        The words muted, and the part of the positions drawn (0-1), as chosen.
    before
        What happened since the issue before; None for the first.
    fates
        Why each paper of the window that is no item was left out, packed; see `exclusions`.
    base_url, expires_at
        Where the links of answers lead, empty for no links, and their end.
    unsubscribe
        Token that ends the mail.
    status_changes
        Liked papers with a graver status since the issue before.
    searches
        What is new in the reader's saved searches and by authors the reader follows.
    """

    reader_id: str
    reader: str
    week: str
    zone: str
    starts_at: datetime
    ends_at: datetime
    composed_at: datetime
    slate_id: str
    model: str
    seed: int
    bar: float | None
    size: int
    likes: int
    judged: int
    library_size: int
    candidates: int
    left_out: Mapping[str, int] = field(default_factory=dict)
    best_below: float | None = None
    items: tuple[DigestItem, ...] = ()
    missed: tuple[str, ...] = ()
    interests: tuple[Share, ...] = ()
    muted: tuple[str, ...] = ()
    explore: float = 0.0
    before: Before | None = None
    fates: str = ""
    base_url: str = ""
    expires_at: datetime | None = None
    unsubscribe: str = ""
    bar_kind: str = FIXED
    bar_chance: float | None = None
    status_changes: tuple[StatusChange, ...] = ()
    searches: tuple[SearchNews, ...] = ()
    version: int = VERSION

    @property
    def below_bar(self) -> bool:
        """Whether no paper reached the bar, so that the best below it are offered."""
        return bool(self.items) and all(x.below_bar for x in self.items)

    def as_dict(self) -> dict[str, Any]:
        """Return the manifest as plain JSON values, times in ISO 8601."""
        # Of papers there are many, and `asdict` copies whatever it meets.
        plain = {x.name: getattr(self, x.name) for x in fields(self)}
        plain["items"] = [_plain_item(x) for x in self.items]
        plain["interests"] = [asdict(x) for x in self.interests]
        plain["status_changes"] = [asdict(x) for x in self.status_changes]
        plain["searches"] = [asdict(x) for x in self.searches]
        plain["before"] = None if self.before is None else asdict(self.before)
        for name in (*_TIMES, "expires_at"):
            plain[name] = None if plain[name] is None else plain[name].isoformat()
        return plain

    def to_json(self) -> str:
        """Return the manifest as one JSON document, the same bytes every time.

        Raises
        ------
        DigestError
            A score is no number.
        """
        try:
            return indented(self.as_dict())
        except ValueError as error:
            raise DigestError(
                f"The digest of {self.week} holds a score that is no number."
            ) from error

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """Read what `to_json` wrote.

        Raises
        ------
        DigestError
            The text is damaged, or of a version that this program does not read.
        """
        try:
            plain = json.loads(text)
            version = plain["version"]
            if version in range(1, VERSION + 1):
                return _manifest(plain)
        except (ValueError, TypeError, KeyError) as error:
            raise DigestError("The stored digest is damaged; restore it from a backup.") from error
        raise DigestError(
            f"The stored digest has version {version!r} and this program reads {VERSION};"
            " install the version of paperloop that wrote it or a newer one."
        )


_encoded = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def indented(value: Any, before: str = "\n") -> str:
    """Return plain values as ``json.dumps`` does with sorted keys and an indent of 1, but sooner.

    There the standard library leaves its fast encoder. Keys are text.
    """
    within = f"{before} "
    if isinstance(value, Mapping) and value:
        cells = [f"{_encoded(x)}: {indented(value[x], within)}" for x in sorted(value)]
        return f"{{{within}{f',{within}'.join(cells)}{before}}}"
    if isinstance(value, list | tuple) and value:
        return f"[{within}{f',{within}'.join([indented(x, within) for x in value])}{before}]"
    return _encoded(value)


_TIMES = ("starts_at", "ends_at", "composed_at")


def _plain_item(item: DigestItem) -> dict[str, Any]:
    plain = {x.name: getattr(item, x.name) for x in fields(item)}
    return plain | {"reasons": [asdict(x) for x in item.reasons]}


def _manifest(plain: dict[str, Any]) -> Manifest:
    times = {name: datetime.fromisoformat(plain[name]) for name in _TIMES}
    expires, before = plain.get("expires_at"), plain.get("before")
    parts: dict[str, Any] = {
        "expires_at": None if expires is None else datetime.fromisoformat(expires),
        "items": tuple(_item(x) for x in plain["items"]),
        "interests": tuple(Share(**x) for x in plain.get("interests", ())),
        "status_changes": tuple(StatusChange(**x) for x in plain.get("status_changes", ())),
        "searches": tuple(_search(x) for x in plain.get("searches", ())),
        "before": None if before is None else Before(**_tuples(before, "muted", "interests")),
    }
    return Manifest(**_tuples(plain, "missed", "muted") | times | parts)


def _search(plain: dict[str, Any]) -> SearchNews:
    found = tuple(FoundPaper(**_tuples(x, "authors")) for x in plain["papers"])
    return SearchNews(**plain | {"papers": found})


def _item(plain: dict[str, Any]) -> DigestItem:
    reasons = tuple(Reason(**_tuples(x, "words")) for x in plain["reasons"])
    return DigestItem(**_tuples(plain, "authors") | {"reasons": reasons})


def _tuples(plain: dict[str, Any], *names: str) -> dict[str, Any]:
    return plain | {name: tuple(plain[name]) for name in names if name in plain}
