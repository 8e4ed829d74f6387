"""Which file or query gave which field of a paper, and which papers were merged. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from operator import attrgetter

from recommender.domain import NO_DETAILS, Author, Details, Listing, Paper
from recommender.store.catalogue.matching import day_and_source

FIELDS = (
    "title",
    "abstract",
    "authors",
    "year",
    "published_at",
    "venue",
    "url",
    "kind",
    "identifiers",
    "listings",
    "citation_key",
    "details",
)
"""The fields of a paper that a record can give."""

_VALUES = attrgetter(*FIELDS)

MULTI_VALUED = ("identifiers", "listings")
"""Fields to which many records give a part; of the others one record gave the value."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A file or a query: the format or source by name, and the path or the query in words."""

    source: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one record gave to a paper.

    Parameters
    ----------
    line
        Where the record began in its file; 0 where it is not known.
    fields
        Names of `FIELDS` whose value, or a part of it, is this record's.
    """

    origin: Origin
    line: int
    at: datetime
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Merge:
    """One merge: a paper, or a record with ids of its own, became part of another paper.

    Parameters
    ----------
    paper_id
        The kept paper's current id.
    other_id, other_title
        What became part of it, as it was; the id of a record is the first that came with it.
    joined
        True for two papers of the library, False for a record that was no paper before.
    origin, line
        The record that made the two one.
    undone_at
        When the merge was undone, None while it holds.
    """

    number: int
    paper_id: str
    title: str
    other_id: str
    other_title: str
    joined: bool
    origin: Origin
    line: int
    merged_at: datetime
    undone_at: datetime | None


def filled_fields(paper: Paper) -> tuple[str, ...]:
    """Return the names of the fields that hold something, in the order of `FIELDS`."""
    values = _VALUES(paper)
    return tuple(
        x
        for x, value in zip(FIELDS, values, strict=True)
        if value not in ("", (), None, NO_DETAILS)
    )


def changed_fields(before: Paper, after: Paper) -> tuple[str, ...]:
    """Return the names of the fields in which two states of a paper differ."""
    return tuple(x for x in FIELDS if getattr(before, x) != getattr(after, x))


def remove_contribution(today: Paper, before: Paper, after: Paper, other: Paper) -> Paper:
    """Return the current paper without what `other` gave it when `before` became `after`.

    A field that has changed again since stays as it is, and so does a listing
    that the paper had by itself. Identifiers are not looked at.
    """
    single = [x for x in FIELDS if x not in MULTI_VALUED]
    back = {
        x: getattr(before, x)
        for x in single
        if getattr(before, x) != getattr(after, x) == getattr(today, x)
    }
    if "abstract" in back:
        back["abstract_is_summary"] = before.abstract_is_summary
    own = {day_and_source(x) for x in before.listings}
    given = {day_and_source(x) for x in other.listings} - own
    kept = tuple(x for x in today.listings if day_and_source(x) not in given)
    return replace(today, **back, listings=kept)


def paper_to_json(paper: Paper) -> str:
    """Return a paper as JSON, without statements: these are kept by id, and follow it."""
    return json.dumps(
        asdict(replace(paper, statements=())), ensure_ascii=False, default=datetime.isoformat
    )


def paper_from_json(text: str) -> Paper:
    """Return the paper that `paper_to_json` wrote."""
    fields = json.loads(text)
    fields.pop("statements", None)
    for name in ("published_at", "added_at"):
        fields[name] = _time(fields[name])
    fields["authors"] = tuple(Author(**x) for x in fields["authors"])
    fields["identifiers"] = tuple(fields["identifiers"])
    listings: Sequence[dict[str, object]] = fields["listings"]
    fields["listings"] = tuple(
        Listing(**{**x, "listed_at": _time(x["listed_at"])})  # type: ignore[arg-type]
        for x in listings
    )
    if details := fields.get("details"):
        many = {x: tuple(details[x]) for x in ("keywords", "files")}
        fields["details"] = Details(**{**details, **many})
    return Paper(**fields)


def _time(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None
