"""All that a digest is, and all that any rendering of it may depend on. Pure.

As JSON a manifest has sorted keys and no number that JSON cannot hold, so the
same manifest is the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from math import isfinite
from typing import Any

from recommender.domain import Reason
from recommender.errors import DigestError

VERSION = 1
"""Raised when the fields change; `from_json` reads this version only."""


@dataclass(frozen=True, slots=True)
class DigestItem:
    """One paper of a digest, as it was on the day of composing.

    Parameters
    ----------
    date
        ISO day or only the year of publication; empty where unknown.
    listed
        ISO day on which `listed_by` featured it, both empty if nobody did.
    abstract
        Its first sentences, ``" …"`` where more follows; empty where unknown.
    abstract_is_summary
        True when the abstract is a summary by paperloop.
    parts
        What `score` is the sum of; a part that could not be computed is left out.
    propensity
        Probability (0-1) with which the policy showed the paper here.
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


@dataclass(frozen=True, slots=True)
class Manifest:
    """One reader's digest of one week.

    Parameters
    ----------
    starts_at, ends_at
        The window, end excluded; it ends at `composed_at` in a running week.
    model, seed
        What ranked; `model` is empty when nothing had to be ranked.
    bar
        Score that a paper had to reach; None when no bar was held.
    size
        Most papers that were wanted.
    likes, judged
        Papers that stood as liked or saved, and all with a standing verdict.
    library_size
        Papers in the library.
    candidates
        Papers of the window; every one is an item or counted in `left_out`.
    left_out
        Papers left out by reason, see `wording.REASONS`.
    best_below
        Best score that missed the bar, if any did.
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
    version: int = VERSION

    def as_dict(self) -> dict[str, Any]:
        """Return the manifest as plain JSON values, times in ISO 8601."""
        plain = asdict(self)
        for name in _TIMES:
            plain[name] = plain[name].isoformat()
        return plain

    def to_json(self) -> str:
        """Return the manifest as one JSON document, the same bytes every time.

        Raises
        ------
        DigestError
            A score is no number.
        """
        try:
            return json.dumps(
                self.as_dict(), ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False
            )
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
            if version == VERSION:
                return _manifest(plain)
        except (ValueError, TypeError, KeyError) as error:
            raise DigestError("The stored digest is damaged; restore it from a backup.") from error
        raise DigestError(
            f"The stored digest has version {version!r} and this program reads {VERSION};"
            " install the version of paperloop that wrote it or a newer one."
        )


_TIMES = ("starts_at", "ends_at", "composed_at")


def finite(parts: Mapping[str, float]) -> dict[str, float]:
    """Return the parts of a score that could be computed, as plain numbers."""
    return {name: float(x) for name, x in parts.items() if isfinite(x)}


def _manifest(plain: dict[str, Any]) -> Manifest:
    times = {name: datetime.fromisoformat(plain[name]) for name in _TIMES}
    items = tuple(_item(x) for x in plain["items"])
    return Manifest(**plain | times | {"items": items})


def _item(plain: dict[str, Any]) -> DigestItem:
    reasons = tuple(Reason(**x | {"words": tuple(x["words"])}) for x in plain["reasons"])
    return DigestItem(**plain | {"authors": tuple(plain["authors"]), "reasons": reasons})
