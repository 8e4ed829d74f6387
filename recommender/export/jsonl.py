"""JSON lines with the fields our own import reads: nothing of a paper is lost.

One object a line; absent means unknown. Days and times are ISO 8601.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from recommender.domain import Author, Details, Listing, Paper, StatusStatement
from recommender.domain.status import in_force
from recommender.escaping import valid
from recommender.export.list_metadata import PLAIN, Heading
from recommender.export.paper_fields import date_text, month_of

# Characters at which a reader that splits text into lines would cut an object in two.
_LINE_ENDS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def write(papers: Sequence[Paper], heading: Heading = PLAIN) -> str:
    """Write one object a line, each line ended; "" for no papers."""
    return "".join(f"{_line(paper, heading)}\n" for paper in papers)


def _line(paper: Paper, heading: Heading) -> str:
    text = json.dumps(
        _without_empty(_object(paper) | _own_words(paper, heading)), ensure_ascii=False
    )
    return valid(text).translate(_LINE_ENDS)


def _object(paper: Paper) -> dict[str, Any]:
    return {
        "id": paper.paper_id,
        "title": paper.title,
        "abstract": paper.abstract,
        "abstract_is_summary": paper.abstract_is_summary,
        "authors": [_author(x) for x in paper.authors],
        "year": paper.year,
        "published": _published(paper),
        "venue": paper.venue,
        "kind": paper.kind,
        "url": paper.url,
        "identifiers": list(paper.identifiers),
        "version": paper.version,
        "versions": [_without_empty(_object(x)) for x in paper.versions],
        "listings": [_listing(x) for x in paper.listings],
        "citations": paper.citations,
        "publication_status": paper.status,
        "record_type": paper.record_type,
        "statements": [statement(x) for x in in_force(paper.statements)],
        "citation_key": paper.citation_key,
        **_details(paper.details),
    }


def _published(paper: Paper) -> str:
    """Return the time of publication, or year and month where only these are known."""
    if paper.published_at is not None:
        return paper.published_at.isoformat()
    return date_text(paper) if month_of(paper) else ""


def _details(details: Details) -> dict[str, Any]:
    """Return the details under the names of the import; `note` is the reader's own."""
    month = "" if details.month.isdecimal() else details.month
    values = {x.name: getattr(details, x.name) for x in fields(Details) if x.name != "note"}
    own = {"month": month, "source_note": details.note}
    return {x: list(y) if isinstance(y, tuple) else y for x, y in {**values, **own}.items()}


def _own_words(paper: Paper, heading: Heading) -> dict[str, Any]:
    return {"tags": heading.tags_of(paper), "note": heading.note(paper)}


def _author(author: Author) -> dict[str, str]:
    parts = {"family": author.family, "given": author.given, "literal": author.literal}
    return {part: value for part, value in parts.items() if value}


def statement(one: StatusStatement) -> dict[str, Any]:
    """Return what a source says of a paper's status as JSON."""
    at = one.at and one.at.isoformat()
    return _without_empty({"says": one.says, "source": one.source, "link": one.link, "at": at})


def _listing(listing: Listing) -> dict[str, Any]:
    return _without_empty(
        {
            "source": listing.source,
            "listed_at": listing.listed_at and listing.listed_at.isoformat(),
            "byline": listing.byline,
            "origin": listing.origin,
            "upvotes": listing.upvotes,
        }
    )


def _without_empty(values: dict[str, Any]) -> dict[str, Any]:
    return {
        k: v for k, v in values.items() if v is not None and v is not False and v not in ("", [])
    }
