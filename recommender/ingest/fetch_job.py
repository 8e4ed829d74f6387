"""The fetch job: pages of a network source in, papers in the catalogue, a report out.

Runs when a person or a timer calls it, never by itself. A page's papers
are stored, and after them the state from which the next run goes on, so that a
break costs a page at most: a page stored twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from recommender.errors import ConfigError, FetchError, SourceError, StoreError, TryLater
from recommender.ingest.import_job import MANY, ImportJob
from recommender.ingest.imported_feedback import ImportedFeedback
from recommender.ingest.query_text import in_words
from recommender.ingest.reports import FetchReport
from recommender.sources import Entry
from recommender.sources.client import PoliteClient
from recommender.sources.rate_limit import RateLimiter, SystemClock
from recommender.sources.registry import (
    SOURCES,
    FetchedPage,
    FetchState,
    SourceQuery,
    SourceSettings,
    open_source,
)
from recommender.store import Fetch, Origin, Store

if TYPE_CHECKING:  # not loaded by an import of files
    from recommender.config import Settings

FetchProgress = Callable[[str, int, int | None], None]
"""Called with what is fetched, records so far, and how many there will be, if that is known."""


def fetch(
    store: Store,
    settings: Settings,
    query: SourceQuery,
    *,
    now: datetime,
    judgements: ImportedFeedback | None = None,
    progress: FetchProgress | None = None,
    client: PoliteClient | None = None,
) -> FetchReport:
    """Ask one source; go on where its last run broke off, if it did.

    Parameters
    ----------
    settings
        Says who asks, with which keys, and where the sources are.
    now
        When the papers came to the library.
    judgements
        Make them likes or saves of a reader; None for the catalogue alone.
    client
        Asks the hosts; None is one of this call's own.

    Returns
    -------
    FetchReport
        What was stored, and why it failed if it did: a source or a store that fails raises
        nothing, and the pages before are kept.

    Raises
    ------
    ConfigError
        The settings name a source that there is not.
    """
    (report,) = fetch_all(
        store,
        settings,
        [query],
        now=now,
        judgements=judgements,
        progress=progress,
        client=client,
    )
    return report


def fetch_all(
    store: Store,
    settings: Settings,
    queries: Sequence[SourceQuery],
    *,
    now: datetime,
    judgements: ImportedFeedback | None = None,
    progress: FetchProgress | None = None,
    client: PoliteClient | None = None,
) -> tuple[FetchReport, ...]:
    """Ask one source after the other, as `fetch`; one that fails does not stop the others."""
    known = source_settings(settings)
    asking = client or polite_client(settings)
    try:
        return tuple(_Run(store, q, now, progress, judgements).of(known, asking) for q in queries)
    finally:
        if client is None:
            asking.close()


def run_once(
    store: Store,
    query: SourceQuery,
    now: datetime,
    settings: SourceSettings,
    client: PoliteClient,
    progress: FetchProgress | None = None,
) -> FetchReport:
    """Ask one source, as `fetch`, for something that is not kept as a query to go on with."""
    return _Run(store, query, now, progress, kept=False).of(settings, client)


def polite_client(settings: Settings) -> PoliteClient:
    """Return a client that shares its pauses with every process on this library."""
    clock = SystemClock()
    rate_limiter = RateLimiter(clock, settings.data_dir / "pauses")
    return PoliteClient(
        contact=settings.contact,
        clock=clock,
        rate_limiter=rate_limiter,
        allow_private_networks=settings.fetch_private_networks,
    )


def source_settings(settings: Settings) -> SourceSettings:
    """Return what the settings say of sources; raises ConfigError on a name that is none."""
    named = {*settings.source_keys, *settings.source_urls, *settings.source_pauses}
    if unknown := sorted(named - set(SOURCES)):
        known = ", ".join(SOURCES)
        raise ConfigError(f"The settings name a source {unknown[0]!r}; there are {known}.")
    return SourceSettings(
        contact=settings.contact,
        base_urls=settings.source_urls,
        keys={name: key.get_secret_value() for name, key in settings.source_keys.items()},
        pauses=settings.source_pauses,
    )


@dataclass
class _Run:
    """One query while it is asked; `state` is where it stands."""

    store: Store
    query: SourceQuery
    now: datetime
    progress: FetchProgress | None
    judgements: ImportedFeedback | None = None
    kept: bool = True
    state: FetchState = field(default_factory=FetchState)
    total: int | None = None
    withdrawn: list[str] = field(default_factory=list)
    unchanged: bool = False
    pages: int = 0

    def __post_init__(self) -> None:
        self.words = in_words(self.query)
        origin = Origin(self.query.source, self.words)
        self.job = ImportJob(self.store, self.now, self.words, self.judgements, origin=origin)
        self.judged = self.judgements.logged if self.judgements else 0

    def of(self, settings: SourceSettings, client: PoliteClient) -> FetchReport:
        """Ask, store, and say what happened; also where the store failed."""
        try:
            return self._ask(settings, client)
        except StoreError as error:
            return self._report(str(error))

    def _ask(self, settings: SourceSettings, client: PoliteClient) -> FetchReport:
        before = self.store.fetches.get(self.query.key()) if self.kept else None
        self.state = FetchState.from_json(before.state) if before else FetchState()
        ok_at = before.last_ok_at if before else None
        try:
            source = open_source(self.query.source, settings)
            for page in source.fetch(self.query, client, self.state):
                self._store(page, ok_at)
        except SourceError as error:
            said = _sentence(error, self.state.unfinished)
            # A query that makes no sense to its source is not worth keeping; one that is kept
            # already must say so, or it would be due again at once.
            if self.pages or before or isinstance(error, FetchError):
                self._keep(ok_at, said)
            return self._report(said, error.retry_at if isinstance(error, TryLater) else None)
        self._keep(self.now)
        if self.job.new >= MANY:
            self.store.catalogue.settle()
        return self._report()

    def _store(self, page: FetchedPage, ok_at: datetime | None) -> None:
        for refusal in page.refusals:
            self.job.refuse(refusal)
        self.job.store_all(Entry(0, paper) for paper in page.records)
        self.state = page.next_state
        self.total = page.total if page.total is not None else self.total
        self.withdrawn.extend(page.withdrawn)
        self.unchanged = page.unchanged
        self.pages += 1
        self._keep(ok_at)
        if self.progress:
            self.progress(self.query.source, self.job.read, self._expected())

    def _expected(self) -> int | None:
        bounds = [x for x in (self.total, self.query.limit) if x is not None]
        expected = min(bounds, default=0)
        return expected if self.total is not None and expected >= self.job.read else None

    def _keep(self, ok_at: datetime | None, error: str = "") -> None:
        if not self.kept:
            return
        kept = Fetch(
            key=self.query.key(),
            source=self.query.source,
            query=self.words,
            state=self.state.to_json(),
            last_run_at=self.now,
            last_ok_at=ok_at,
            new=self.job.new,
            merged=self.job.read - self.job.new,
            refused=self.job.refused,
            error=error,
        )
        self.store.fetches.save(kept)

    def _report(self, error: str = "", retry_at: datetime | None = None) -> FetchReport:
        stored = self.job.report(self.query.source)
        return FetchReport(
            source=self.query.source,
            query=self.words,
            read=stored.read,
            new=stored.new,
            merged=stored.merged,
            refused=stored.refused,
            total=self.total,
            withdrawn=tuple(self.withdrawn),
            unchanged=self.unchanged,
            unfinished=self.state.unfinished,
            error=error,
            retry_at=retry_at,
            paper_ids=stored.paper_ids,
            judged=self.judgements.logged - self.judged if self.judgements else 0,
        )


def _sentence(error: SourceError, unfinished: bool) -> str:
    """Return why a source failed and, where that may help, when to ask it again."""
    said = "".join(c if c.isprintable() else " " for c in str(error))
    if not isinstance(error, FetchError) or not error.passing:
        return said
    if isinstance(error, TryLater):
        return said + (" The next fetch goes on where this one stopped." if unfinished else "")
    return said + (" Fetch again later; it goes on there." if unfinished else " Try again later.")
