"""Which file or query gave which field of a paper, and which papers were merged. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from recommender.domain import NO_DETAILS, Author, Details, Listing, Paper
from recommender.store.catalogue.matching import day_and_source
from recommender.store.catalogue.versions import (
    find_version,
    merge_versions,
    show_version,
    versions_of,
)

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
    "versions",
    "citations",
)
"""The fields of a paper that a record can give."""

_VALUES = attrgetter(*FIELDS)

MULTI_VALUED = ("identifiers", "listings", "versions")
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
    paper_id
        The id by which the record named the paper.
    """

    origin: Origin
    line: int
    at: datetime
    fields: tuple[str, ...]
    paper_id: str = ""


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
    own = {day_and_source(x) for x in before.listings}
    given = {day_and_source(x) for x in other.listings} - own
    listings = tuple(x for x in today.listings if day_and_source(x) not in given)
    if not (today.versions or after.versions):
        return replace(_without_filled(today, before, after), listings=listings)
    known, brought, then = versions_of(before), versions_of(other), versions_of(after)
    kept: list[Paper] = []
    for version in versions_of(today):
        place, past = find_version(version, known), find_version(version, then)
        if place is not None and past is not None:
            kept.append(_without_filled(version, known[place], then[past]))
        elif find_version(version, brought) is None:
            kept.append(version)
    left = show_version(today, merge_versions((), kept or known))
    given_key = before.citation_key != after.citation_key == today.citation_key
    key = (before if given_key else today).citation_key
    given_count = before.citations != after.citations == today.citations
    count = (before if given_count else today).citations
    return replace(left, listings=listings, citation_key=key, citations=count)


def _without_filled(today: Paper, before: Paper, after: Paper) -> Paper:
    """Return a version without the values that it got when `before` became `after`."""
    back = {
        x: getattr(before, x)
        for x in FIELDS
        if x not in MULTI_VALUED and getattr(before, x) != getattr(after, x) == getattr(today, x)
    }
    if "abstract" in back:
        back["abstract_is_summary"] = before.abstract_is_summary
    return replace(today, **back)


def paper_to_json(paper: Paper) -> str:
    """Return a paper as JSON, without statements: these are kept by id, and follow it."""
    return json.dumps(
        asdict(replace(paper, statements=())), ensure_ascii=False, default=datetime.isoformat
    )


def paper_from_json(text: str) -> Paper:
    """Return the paper that `paper_to_json` wrote."""
    return _paper(json.loads(text))


def versions_to_json(versions: Sequence[Paper]) -> str | None:
    """Return the versions of a paper as JSON without what they lack; None for none."""
    if not versions:
        return None
    filled = [_without_absent(asdict(x)) for x in versions]
    return json.dumps(filled, ensure_ascii=False, default=datetime.isoformat)


def versions_from_json(text: str | None) -> tuple[Paper, ...]:
    """Return the versions that `versions_to_json` wrote."""
    return tuple(_paper(x) for x in json.loads(text)) if text else ()


_ABSENT: tuple[object, ...] = ("", None, False, (), [], {})


def _without_absent(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is filled of the fields, and of the fields inside them."""
    inner = {k: _without_absent(v) if isinstance(v, dict) else v for k, v in fields.items()}
    return {k: v for k, v in inner.items() if v not in _ABSENT}


def _paper(given: Mapping[str, Any]) -> Paper:
    fields = dict(given)
    fields.pop("statements", None)
    for name in ("published_at", "added_at"):
        fields[name] = _time(fields.get(name))
    fields["authors"] = tuple(Author(**x) for x in fields.get("authors", ()))
    for name in ("identifiers", "related"):
        fields[name] = tuple(fields.get(name, ()))
    fields["listings"] = tuple(
        Listing(**{**x, "listed_at": _time(x["listed_at"])}) for x in fields.get("listings", ())
    )
    if details := fields.get("details"):
        many = {x: tuple(details.get(x, ())) for x in ("keywords", "files")}
        fields["details"] = Details(**{**details, **many})
    fields["versions"] = tuple(_paper(x) for x in fields.get("versions", ()))
    return Paper(**fields)


def _time(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None
