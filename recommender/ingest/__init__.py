"""The import job: files in, papers in the catalogue and likes in the log, a report out.

Runs when a person asks for it. Papers are stored in batches, each in one
transaction, so that an interrupted import leaves whole batches behind and can
simply be started again: what is there already is recognised.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from recommender.ingest.enrichment import FILLERS, FillReport, fill
from recommender.ingest.fetch_job import FetchProgress, fetch, fetch_all
from recommender.ingest.import_job import Job, Progress
from recommender.ingest.imported_feedback import Judgements, Role
from recommender.ingest.query_text import query_of
from recommender.ingest.reports import FetchReport, FileReport, ImportReport
from recommender.ingest.saved_queries import (
    SourceForm,
    Trial,
    due,
    forms,
    keep,
    query_of_key,
    try_out,
    unfinished,
)
from recommender.sources import Entry, load, read_starter
from recommender.sources.files.starter import NAME as STARTER
from recommender.sources.registry import SourceQuery
from recommender.store import Store

__all__ = [
    "FILLERS",
    "FetchProgress",
    "FetchReport",
    "FileReport",
    "FillReport",
    "ImportReport",
    "Judgements",
    "Progress",
    "Role",
    "SourceForm",
    "SourceQuery",
    "Trial",
    "due",
    "fetch",
    "fetch_all",
    "fill",
    "forms",
    "import_paths",
    "import_starter",
    "keep",
    "query_of",
    "query_of_key",
    "try_out",
    "unfinished",
]


def import_paths(
    store: Store,
    paths: Sequence[Path],
    *,
    now: datetime,
    role: Role = "catalogue",
    reader_id: str | None = None,
    interest_id: str | None = None,
    format: str | None = None,
    called: Mapping[Path, str] | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Import files one after the other; a file that fails does not stop the others.

    Parameters
    ----------
    paths
        Files of the formats in `sources.FORMATS`, also packed with gzip.
    now
        When the papers came to the library, and when they were liked or saved.
    role
        ``liked`` and ``saved`` also log one event a paper, once for ever: not
        again on the next import, nor after the reader has undone it.
    reader_id, interest_id
        Whose likes or saves; the interest defaults to the reader's first.
    format
        The format to read every file as; by default its content tells.
    called
        What files are called in the report and in the provenance, where not by their path.
    progress
        Called with path and papers read so far, after every batch.

    Returns
    -------
    ImportReport
        One report a file, in the order of `paths`.

    Raises
    ------
    UnknownFormat
        `format` is no format.
    UnknownReader, UnknownInterest
        `role` needs a reader, and there is none of this id.
    StoreError
        The store failed; the batches before are kept.
    """
    if format is not None:
        load(format)
    judgements = Judgements.of(store, role, reader_id, interest_id, now)
    names = called or {}
    jobs = ((x, Job(store, now, names.get(x, str(x)), judgements, progress)) for x in paths)
    return ImportReport(tuple(job.import_file(path, format) for path, job in jobs))


def import_starter(store: Store, now: datetime) -> FileReport:
    """Import the packaged starter catalogue; a second time changes nothing."""
    job = Job(store, now, STARTER)
    job.store_all(Entry(line, paper) for line, paper in enumerate(read_starter(), 1))
    return job.report(STARTER)
