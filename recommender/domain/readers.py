"""Readers, interests and the records of the event log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Reader:
    """A person who uses the library; everything learned belongs to one reader."""

    reader_id: str
    name: str
    created_at: datetime


def reader_of(interest_id: str) -> str:
    """Return the id of the reader whom an interest belongs to."""
    return interest_id.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Interest:
    """One subject of a reader, with its own likes and share of the slate (0–1).

    `about` is what the reader said it is about, in a sentence, or empty. A paused interest has no
    part in any slate. What was done in it up to the event `reset_after` is not learnt from; None
    where everything is.
    """

    interest_id: str
    reader_id: str
    name: str
    share: float = 1.0
    about: str = ""
    paused: bool = False
    reset_after: int | None = None

    @property
    def share_now(self) -> float:
        """The share of the slate, 0 while the interest is paused."""
        return 0.0 if self.paused else self.share


class EventKind(StrEnum):
    """What a reader did with a paper; member name equals value."""

    like = "like"
    skip = "skip"
    dislike = "dislike"
    save = "save"
    open = "open"
    undo = "undo"


SKIP_WEIGHT = -0.07
"""Preference weight of one skip, where a like is 1; the default of the settings."""


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
