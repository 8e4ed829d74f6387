"""The queries a library keeps: what a source takes, tried once, kept, and due again.

`try_out` asks the network when a person asks for it and stores nothing; the
rest touches the store only.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from recommender.domain import Paper
from recommender.errors import SourceError
from recommender.ingest.fetch_job import polite_client, source_settings
from recommender.ingest.query_text import in_words
from recommender.sources import Refusal
from recommender.sources.client import PoliteClient
from recommender.sources.protocol import check_query
from recommender.sources.registry import (
    SOURCES,
    FetchState,
    SourceQuery,
    SourceSettings,
    open_source,
)
from recommender.store import Fetch, Store

if TYPE_CHECKING:  # not loaded by an import of files
    from recommender.config import Settings

MAX_TRIED = 10
"""Records that a trial asks for."""


@dataclass(frozen=True, slots=True)
class SourceForm:
    """What a source can be asked by: fields of `SourceQuery`; and how often it may be asked."""

    name: str
    accepts: frozenset[str]
    host: str
    pause_seconds: float


@dataclass(frozen=True, slots=True)
class Trial:
    """What one page of a query would bring; `total` is of the whole query, None if unsaid."""

    records: tuple[Paper, ...] = ()
    refused: tuple[Refusal, ...] = ()
    total: int | None = None
    unchanged: bool = False


def forms(settings: Settings) -> tuple[SourceForm, ...]:
    """Return every source with what it takes; raises ConfigError as `source_settings`."""
    known = source_settings(settings)
    return tuple(_form(name, known) for name in SOURCES)


def _form(name: str, settings: SourceSettings) -> SourceForm:
    source = open_source(name, settings)
    endpoint = source.default
    host = settings.base_urls.get(name, endpoint.url).partition("://")[2].partition("/")[0]
    return SourceForm(name, source.accepts, host, endpoint.rate_limit.seconds)


def try_out(settings: Settings, query: SourceQuery, *, client: PoliteClient | None = None) -> Trial:
    """Ask for the first page of a query, a few records of it, and store nothing.

    Raises
    ------
    SourceError
        The query makes no sense to the source, or (FetchError) its host did
        not answer as agreed.
    """
    source = open_source(query.source, source_settings(settings))
    few = replace(query, limit=min(query.limit or MAX_TRIED, MAX_TRIED))
    asking = client or polite_client(settings)
    try:
        for page in source.fetch(few, asking, FetchState()):
            records = page.records[:MAX_TRIED]
            return Trial(records, page.refusals, page.total, page.unchanged)
        return Trial()
    finally:
        if client is None:
            asking.close()


def keep(store: Store, settings: Settings, query: SourceQuery) -> str:
    """Keep a query to be asked later; return its key. One that is kept already stays.

    Raises
    ------
    SourceError
        The query makes no sense to the source.
    """
    source = open_source(query.source, source_settings(settings))
    check_query(query, source.accepts)
    if query == SourceQuery(query.source, limit=query.limit) and "period" not in source.accepts:
        wanted = ", ".join(sorted(source.accepts))
        raise SourceError(f"{query.source} has to be asked for something: {wanted}.")
    key = query.key()
    if store.fetches.get(key) is None:
        store.fetches.save(Fetch(key, query.source, in_words(query), "", None))
    kept = store.fetches.get(key)
    store.fetches.plan(key, kept.every_hours if kept else None, query.limit)
    return key


def query_of_key(key: str, limit: int | None = 100) -> SourceQuery:
    """Return the query that a key stands for.

    Raises
    ------
    SourceError
        The key is none that `SourceQuery.key` writes.
    """
    names = {f.name for f in fields(SourceQuery)} - {"source", "limit"}
    try:
        source, given = json.loads(key)
        known: dict[str, Any] = {x: _value(x, y) for x, y in given.items() if x in names}
        return SourceQuery(str(source), **known, limit=limit)
    except (ValueError, TypeError, AttributeError) as error:
        raise SourceError("What is kept of this query cannot be read; add it again.") from error


def _value(name: str, value: object) -> object:
    if name in ("since", "until"):
        return date.fromisoformat(str(value))
    return tuple(map(str, value)) if isinstance(value, list) else str(value)


def due(store: Store, now: datetime) -> Sequence[SourceQuery]:
    """Return the queries that the reader wants asked by themselves and whose time has come.

    One that cannot be read keeps that as its error and does not stop the others.
    """
    queries = []
    for kept in store.fetches.list():
        if not kept.due(now):
            continue
        try:
            queries.append(query_of_key(kept.key, kept.most))
        except SourceError as error:
            note_failed(store, kept.key, now, str(error))
    return queries


def note_failed(store: Store, key: str, now: datetime, error: str) -> None:
    """Keep why a run of a saved query failed, where the run itself could not.

    Else it would be due again at once.
    """
    kept = store.fetches.get(key)
    if kept is not None and (kept.last_run_at is None or kept.last_run_at < now):
        store.fetches.save(replace(kept, last_run_at=now, error=error))


def unfinished(kept: Fetch) -> bool:
    """Return whether the next run of a query goes on where its last one broke off."""
    return bool(kept.state) and FetchState.from_json(kept.state).unfinished
