"""A fetch in a process of its own, so that a hostile answer cannot hold up the server.

    report = fetch_in_child(settings, query, now=now, progress=tell)
    trial = try_in_child(settings, query)

Parsing holds Python's lock, as in an import (`subprocess_import`), and feeds come from strangers.
The child reads its task, which may hold keys, as one line of JSON from its standard input.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from recommender.config import Settings
from recommender.errors import RecommenderError, SourceError
from recommender.ingest.fetch_job import FetchProgress, fetch
from recommender.ingest.reports import FetchReport
from recommender.ingest.saved_queries import Trial, try_out
from recommender.ingest.subprocess_import import child_messages, send_message
from recommender.sources.registry import SourceQuery
from recommender.store import Store

_QUERY = TypeAdapter(SourceQuery)
_REPORT = TypeAdapter(FetchReport)
_TRIAL = TypeAdapter(Trial)
_STOPPED = "The fetch was stopped; what it has stored is kept. Fetch again."


def fetch_in_child(
    settings: Settings,
    query: SourceQuery,
    *,
    now: datetime,
    progress: FetchProgress | None = None,
) -> FetchReport:
    """Fetch as `fetch_job.fetch` does, in another process.

    Raises
    ------
    RecommenderError
        What `fetch` raises, as its sentence; or the process was killed.
    """
    return _REPORT.validate_python(_result(settings, query, now, progress))


def try_in_child(settings: Settings, query: SourceQuery) -> Trial:
    """Ask for one page as `saved_queries.try_out` does, in another process; raises as above."""
    return _TRIAL.validate_python(_result(settings, query, None, None))


def _result(
    settings: Settings, query: SourceQuery, now: datetime | None, progress: FetchProgress | None
) -> Any:
    task = {
        "settings": {
            "data_dir": str(settings.data_dir),
            "database_url": settings.url,
            "contact": settings.contact,
            "source_keys": {k: v.get_secret_value() for k, v in settings.source_keys.items()},
            "source_urls": settings.source_urls,
            "source_pauses": settings.source_pauses,
            "fetch_private_networks": settings.fetch_private_networks,
        },
        "query": _QUERY.dump_python(query, mode="json"),
        "now": now.isoformat() if now else None,
    }
    for message in child_messages("recommender.ingest.subprocess_fetch", task):
        if "result" in message:
            return message["result"]
        if progress is not None:
            progress(message["source"], message["read"], message["total"])
    raise SourceError(_STOPPED)


def main() -> None:
    """Do the task on standard input; write progress and the result to standard output."""
    task = json.loads(sys.stdin.readline())
    settings = Settings(**task["settings"])
    query = _QUERY.validate_python(task["query"])
    try:
        if task["now"] is None:
            trial = try_out(settings, query)
            send_message({"result": _TRIAL.dump_python(trial, mode="json")})
        else:
            now = datetime.fromisoformat(task["now"])
            report = _fetch(settings, query, now)
            send_message({"result": _REPORT.dump_python(report, mode="json")})
    except RecommenderError as error:
        send_message({"error": str(error)})


def _fetch(settings: Settings, query: SourceQuery, now: datetime) -> FetchReport:
    def tell(source: str, read: int, total: int | None) -> None:
        send_message({"source": source, "read": read, "total": total})

    store = Store(settings.url)
    try:
        return fetch(store, settings, query, now=now, progress=tell)
    finally:
        store.close()


if __name__ == "__main__":
    main()
