"""What a manifest is made of: papers as they were on the day, interests, the issue before. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite

from recommender.domain import Reason


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
    answers: Mapping[str, str] = field(default_factory=dict)


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


def finite(parts: Mapping[str, float]) -> dict[str, float]:
    """Return the parts of a score that could be computed, as plain numbers."""
    return {name: float(x) for name, x in parts.items() if isfinite(x)}
