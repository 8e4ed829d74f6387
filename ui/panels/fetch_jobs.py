"""Fetching from the Sources page: in the background, for the library and not one reader."""

from __future__ import annotations

from functools import partial

from recommender.ingest import FetchReport, SourceQuery, Trial, note_failed, query_of_key
from recommender.ingest.cancellation import Cancellation
from recommender.ingest.subprocess_fetch import fetch_in_child, try_in_child
from recommender.store import Fetch
from recommender.training.fit import refit_if_due
from ui import app_state, background_jobs

LIBRARY = ""
"""Whose jobs these are: everybody's."""

TRIAL = "try"
_FETCH = "fetch "


def job_name(fetch: Fetch) -> str:
    """Return the name of the job that asks a kept query."""
    return _FETCH + fetch.key


def start(kept: Fetch) -> bool:
    """Begin to fetch a kept query; False while it runs already."""
    query, cancellation = query_of_key(kept.key, kept.most), Cancellation()
    work = partial(_fetch, app_state.library(), query, cancellation)
    return background_jobs.all_jobs().start(
        LIBRARY, job_name(kept), f"Fetching {kept.source}", work, cancellation.cancel
    )


def start_trial(query: SourceQuery) -> bool:
    """Begin to ask for one page of a query, of which nothing is stored."""
    work = partial(_try, app_state.library(), query)
    return background_jobs.all_jobs().start(
        LIBRARY, TRIAL, f"Asking {query.source} for a page", work
    )


def _fetch(
    library: app_state.Library,
    query: SourceQuery,
    cancellation: Cancellation,
    tell: background_jobs.ProgressCallback,
) -> FetchReport:
    store, settings, now = library.store, library.settings, app_state.now()
    report = fetch_in_child(settings, query, now=now, progress=tell, cancellation=cancellation)
    if report.error:
        note_failed(store, query.key(), now, report.error)
    if store.catalogue.count():
        library.recommender.ensure_model(now)
        refit_if_due(store, settings)
    return report


def _try(
    library: app_state.Library, query: SourceQuery, tell: background_jobs.ProgressCallback
) -> tuple[SourceQuery, Trial]:
    return query, try_in_child(library.settings, query)
