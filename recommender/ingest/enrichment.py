"""Filling gaps: what papers of the library lack, asked of sources by identifier.

Runs when a person asks for it. Papers that lack authors, a date or an abstract are
asked for, each only where it has an identifier that the source knows; what is known
stays (`store.catalogue.matching.merge_papers`). The status of papers with a DOI is asked
for again, of what readers like first. A source that fails does not stop the next one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from recommender.domain import Paper
from recommender.errors import SourceError
from recommender.ingest.fetch_job import FetchProgress, polite_client, run_once, source_settings
from recommender.ingest.reports import FetchReport
from recommender.sources.client import PoliteClient
from recommender.sources.registry import SourceQuery
from recommender.store import Store

if TYPE_CHECKING:  # not loaded by an import of files
    from recommender.config import Settings

FILLERS = {
    "semantic-scholar": ("doi", "arxiv", "acl", "pmid", "s2"),
    "openalex": ("doi", "arxiv", "openalex", "pmid"),
    "crossref": ("doi",),
}
"""Source to the schemes it is asked by, the likeliest first; in the order they are asked."""

STATUS_SOURCES = ("openalex", "crossref")
"""Sources that say whether a work is retracted, by its DOI."""

_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class FillReport:
    """What a run filled.

    Parameters
    ----------
    lacking
        Papers of the library that lacked something before, asked for or not.
    asked
        Papers that were asked for.
    filled
        Ids of those that got an abstract, authors or a date they had not.
    sources
        What became of each source's part; what a source does not know is no refusal.
    checked
        Papers whose status was asked for.
    marked
        Ids of those whose status or kind of record is another now.
    """

    lacking: int
    asked: int
    filled: tuple[str, ...]
    sources: tuple[FetchReport, ...]
    checked: int = 0
    marked: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """True when no source failed."""
        return not any(x.error for x in self.sources)


def fill(
    store: Store,
    settings: Settings,
    *,
    now: datetime,
    n: int = 200,
    sources: Sequence[str] = tuple(FILLERS),
    progress: FetchProgress | None = None,
    client: PoliteClient | None = None,
) -> FillReport:
    """Ask for what at most `n` papers lack, and for the status of as many, source by source.

    Which papers these are differs from day to day where more lack something,
    so that what no source knows does not stand before the rest for ever.

    Raises
    ------
    SourceError
        A name is none of `FILLERS`.
    StoreError
        The store failed; what was filled before is kept.
    """
    if unknown := [x for x in sources if x not in FILLERS]:
        raise SourceError(f"{unknown[0]!r} fills no gaps; {', '.join(FILLERS)} do.")
    everything = _lacking(store)
    drawn = sorted((x for x in everything if _ids_of(x, sources)), key=lambda x: _turn(x, now))[:n]
    gaps = {x.paper_id: gaps_of(x) for x in drawn}
    checked = _to_check(store, now, n) if set(STATUS_SOURCES) & set(sources) else {}
    stood = {x: _standing(y) for x, y in store.catalogue.get_many([*gaps, *checked]).items()}
    known, asking = source_settings(settings), client or polite_client(settings)
    reports = []
    try:
        for name in sources:
            today = store.catalogue.get_many(list(gaps)).values()
            ids = [_ids_of(x, [name])[0] for x in today if gaps_of(x) and _ids_of(x, [name])]
            if name in STATUS_SOURCES:
                ids += checked.values()
            if ids:
                query = SourceQuery(name, ids=tuple(dict.fromkeys(ids)), limit=None)
                reports.append(run_once(store, query, now, known, asking, progress))
    finally:
        if client is None:
            asking.close()
    after = store.catalogue.get_many(list(stood))
    filled = tuple(after[x].paper_id for x in gaps if x in after and gaps_of(after[x]) < gaps[x])
    marked = tuple(x.paper_id for asked, x in after.items() if _standing(x) != stood[asked])
    return FillReport(
        len(everything),
        len(gaps),
        filled,
        tuple(reports),
        len(checked),
        tuple(dict.fromkeys(marked)),
    )


def gaps_of(paper: Paper) -> frozenset[str]:
    """Return what a paper lacks of ``abstract``, ``authors`` and ``date``."""
    has = {
        "abstract": bool(paper.abstract) and not paper.abstract_is_summary,
        "authors": bool(paper.authors),
        "date": paper.published_at is not None or paper.year is not None,
    }
    return frozenset(x for x, there in has.items() if not there)


def _standing(paper: Paper) -> tuple[str, str]:
    return paper.status, paper.record_type


def _to_check(store: Store, now: datetime, n: int) -> dict[str, str]:
    """Return at most `n` papers with a DOI, by id: what readers like first, then by turns."""
    liked: set[str] = set()
    for reader in store.readers.list():
        states = store.event_logs.get(reader.reader_id).states.values()
        liked.update(x.paper_id for x in states if x.liked)
    known: list[Paper] = []
    after = ""
    while page := store.catalogue.papers(after, _PAGE):
        known += (x for x in page if x.identifier("doi"))
        after = page[-1].paper_id
    first = sorted(known, key=lambda x: (x.paper_id not in liked, _turn(x, now)))
    return {x.paper_id: f"doi:{x.identifier('doi')}" for x in first[:n]}


def _lacking(store: Store) -> list[Paper]:
    lacking: list[Paper] = []
    after = ""
    while page := store.catalogue.papers(after, _PAGE):
        lacking += (x for x in page if gaps_of(x))
        after = page[-1].paper_id
    return lacking


def _ids_of(paper: Paper, sources: Sequence[str]) -> list[str]:
    """Return the identifiers by which the sources can be asked for a paper, the best first."""
    schemes = [scheme for name in sources for scheme in FILLERS[name]]
    named = ((scheme, paper.identifier(scheme)) for scheme in schemes)
    return [f"{scheme}:{bare}" for scheme, bare in named if bare]


def _turn(paper: Paper, now: datetime) -> str:
    return hashlib.sha256(f"{now.date()}|{paper.paper_id}".encode()).hexdigest()
