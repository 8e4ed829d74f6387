"""What a person asks a network source for, as a query and as words again. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from recommender.errors import SourceError
from recommender.sources.error_pages import redacted_url
from recommender.sources.registry import SourceQuery, SourceSettings, open_source

_FIRST = ("text", "period", "categories", "url")
_MAX_NAMED = 3


def query_of(source: str, words: str = "", **fields: Any) -> SourceQuery:
    """Return the query that `words` and other fields of `SourceQuery` make.

    `words` are what the source takes first: words to search for where it can
    search, else a period (``hf-daily``), categories separated by commas, or the
    address of a feed; a list of feeds may be a file on this disk.

    Raises
    ------
    SourceError
        No source has this name, or it is asked for two addresses at once.
    """
    accepts = open_source(source, SourceSettings()).accepts
    words = _as_address(source, words)
    query = SourceQuery(source, **fields)
    name = next(x for x in _FIRST if x in accepts)
    if not words.strip():
        return query
    if name == "categories":
        named = [x.strip() for x in words.split(",") if x.strip()]
        return replace(query, categories=(*named, *query.categories))
    if getattr(query, name):
        raise SourceError(f"{source} is asked for one {name} at a time; leave out one of the two.")
    change: dict[str, Any] = {name: words.strip()}
    return replace(query, **change)


def _as_address(source: str, words: str) -> str:
    """Return the address of a list of feeds that is named by its path on this disk."""
    path = Path(words.strip()).expanduser()
    is_file = source == "opml" and words.strip() and "://" not in words and path.is_file()
    return path.resolve().as_uri() if is_file else words


def in_words(query: SourceQuery) -> str:
    """Return what is asked for on one line, for a person; may be empty."""
    parts = [query.text, query.period, *query.categories]
    parts += [f"by {x}" for x in query.authors]
    parts += query.ids if len(query.ids) <= _MAX_NAMED else [f"{len(query.ids)} ids"]
    parts += _bounds(query)
    if query.url:
        # Without the query of the address, which may hold a reader's token.
        parts.append(redacted_url(query.url))
    return _one_line(parts)


def _bounds(query: SourceQuery) -> list[str]:
    days = (("since", query.since), ("until", query.until))
    return [f"{name} {day.isoformat()}" for name, day in days if day]


def _one_line(parts: Sequence[str]) -> str:
    line = ", ".join(x for x in parts if x)
    return " ".join("".join(c if c.isprintable() else " " for c in line).split())[:500]
