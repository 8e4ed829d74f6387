"""Fetching in a process of its own, so that a hostile answer cannot hold up who asked for it.

    report = fetch_in_child(settings, query, now=now, progress=tell)
    reports = fetch_all_in_child(settings, queries, now=now, progress=tell)
    report = fill_in_child(settings, now=now, n=200, sources=("crossref",), progress=tell)
    trial = try_in_child(settings, query)

Parsing holds Python's lock, as in an import (`subprocess_import`), and feeds come from strangers.
The child reads its task, which may hold keys, as one line of JSON from its standard input. One
that computes too long is ended by the system; the queries after that one are then asked by a
new child.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from recommender.config import Settings
from recommender.errors import RecommenderError, SourceError
from recommender.ingest.cancellation import Cancellation
from recommender.ingest.enrichment import FillReport, fill
from recommender.ingest.fetch_job import FetchProgress, fetch
from recommender.ingest.imported_feedback import ImportedFeedback, Role
from recommender.ingest.query_text import in_words
from recommender.ingest.reports import FetchReport
from recommender.ingest.saved_queries import Trial, try_out
from recommender.ingest.subprocess_import import (
    MAX_PROCESSOR_SECONDS,
    ChildStopped,
    child_messages,
    limit_processor_time,
    send_message,
)
from recommender.sources.registry import SourceQuery
from recommender.store import Store

_QUERIES = TypeAdapter(tuple[SourceQuery, ...])
_REPORT = TypeAdapter(FetchReport)
_FILL = TypeAdapter(FillReport)
_TRIAL = TypeAdapter(Trial)
CANCELLED = "Cancelled; what was fetched before is kept."
_STOPPED = "The fetch was stopped; what it has stored is kept. Fetch again."
_MODULE = "recommender.ingest.subprocess_fetch"


def fetch_in_child(
    settings: Settings,
    query: SourceQuery,
    *,
    now: datetime,
    progress: FetchProgress | None = None,
    cancellation: Cancellation | None = None,
) -> FetchReport:
    """Fetch as `fetch_job.fetch` does, in another process; raises as `fetch_all_in_child`."""
    (report,) = fetch_all_in_child(
        settings, [query], now=now, progress=progress, cancellation=cancellation
    )
    return report


def fetch_all_in_child(
    settings: Settings,
    queries: Sequence[SourceQuery],
    *,
    now: datetime,
    role: Role = "catalogue",
    reader_id: str | None = None,
    interest_id: str | None = None,
    progress: FetchProgress | None = None,
    cancellation: Cancellation | None = None,
) -> tuple[FetchReport, ...]:
    """Fetch as `fetch_job.fetch_all` does, in another process; `role` is as in an import.

    A query whose answer cannot be read in time, or whose process is killed, is reported as
    failed, and the others are asked all the same. After `cancellation` none is.

    Raises
    ------
    RecommenderError
        What `fetch_all` raises, as its sentence.
    """
    reports: list[FetchReport] = []
    while len(reports) < len(queries):
        rest = tuple(queries[len(reports) :])
        task = {
            "do": "fetch",
            "queries": _QUERIES.dump_python(rest, mode="json"),
            "role": role,
            "reader_id": reader_id,
            "interest_id": interest_id,
        }
        why = _STOPPED
        try:
            for found in _results(settings, task, now, progress, cancellation):
                reports.append(_REPORT.validate_python(found))
        except ChildStopped as stopped:
            why = _why(stopped)
        if cancellation is not None and cancellation.cancelled:
            left = queries[len(reports) :]
            reports += [FetchReport(x.source, in_words(x), error=CANCELLED) for x in left]
        if len(reports) < len(queries):
            query = queries[len(reports)]
            reports.append(FetchReport(query.source, in_words(query), error=why))
    return tuple(reports)


def fill_in_child(
    settings: Settings,
    *,
    now: datetime,
    n: int,
    sources: Sequence[str],
    progress: FetchProgress | None = None,
) -> FillReport:
    """Fill gaps as `enrichment.fill` does, in another process.

    Raises
    ------
    RecommenderError
        What `fill` raises, as its sentence; or the process was ended.
    """
    task = {"do": "fill", "n": n, "sources": list(sources)}
    return _FILL.validate_python(_only(settings, task, now, progress))


def try_in_child(settings: Settings, query: SourceQuery) -> Trial:
    """Ask for one page as `saved_queries.try_out` does, in another process; raises as above."""
    task = {"do": "try", "queries": _QUERIES.dump_python((query,), mode="json")}
    return _TRIAL.validate_python(_only(settings, task, None, None))


def _only(
    settings: Settings, task: dict[str, Any], now: datetime | None, progress: FetchProgress | None
) -> Any:
    try:
        with closing(_results(settings, task, now, progress)) as results:
            return next(results)
    except ChildStopped as stopped:
        raise SourceError(_why(stopped)) from stopped


def _results(
    settings: Settings,
    task: dict[str, Any],
    now: datetime | None,
    progress: FetchProgress | None,
    cancellation: Cancellation | None = None,
) -> Generator[Any, None, None]:
    """Yield the results that a child sends; raises ChildStopped if it ends without its last."""
    whole = task | {
        "settings": {
            "data_dir": str(settings.data_dir),
            "database_url": settings.url,
            "contact": settings.contact,
            "source_keys": {k: v.get_secret_value() for k, v in settings.source_keys.items()},
            "source_urls": settings.source_urls,
            "source_pauses": settings.source_pauses,
            "fetch_private_networks": settings.fetch_private_networks,
        },
        "now": now and now.isoformat(),
    }
    for message in child_messages(_MODULE, whole, cancellation):
        if "result" in message:
            yield message["result"]
        elif progress is not None:
            progress(message["source"], message["read"], message["total"])


def _why(stopped: ChildStopped) -> str:
    if stopped.too_long:
        return (
            f"Reading an answer took more than {MAX_PROCESSOR_SECONDS} s of computing, so it was "
            "ended; what was stored before is kept. The source may be broken or hostile."
        )
    return _STOPPED


def main() -> None:
    """Do the task on standard input; write progress and the results to standard output."""
    task = json.loads(sys.stdin.readline())
    limit_processor_time()
    settings = Settings(**task["settings"])
    try:
        if task["do"] == "try":
            (query,) = _QUERIES.validate_python(task["queries"])
            _send(_TRIAL, try_out(settings, query))
            return
        now = datetime.fromisoformat(task["now"])
        with _open(settings) as store:
            if task["do"] == "fill":
                done = fill(
                    store, settings, now=now, n=task["n"], sources=task["sources"], progress=_tell
                )
                _send(_FILL, done)
                return
            judgements = ImportedFeedback.of(
                store, task["role"], task["reader_id"], task["interest_id"], now
            )
            for query in _QUERIES.validate_python(task["queries"]):
                report = fetch(
                    store, settings, query, now=now, judgements=judgements, progress=_tell
                )
                _send(_REPORT, report)
    except RecommenderError as error:
        send_message({"error": str(error)})


@contextmanager
def _open(settings: Settings) -> Iterator[Store]:
    store = Store(settings.url)
    try:
        yield store
    finally:
        store.close()


def _tell(source: str, read: int, total: int | None) -> None:
    send_message({"source": source, "read": read, "total": total})


def _send(kind: TypeAdapter[Any], result: object) -> None:
    send_message({"result": kind.dump_python(result, mode="json")})


if __name__ == "__main__":
    main()
