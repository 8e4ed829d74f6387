"""The import job: files in, papers in the catalogue and likes in the log, a report out.

Runs when a person asks for it. Papers are stored in batches, each in one
transaction, so that an interrupted import leaves whole batches behind and can
simply be started again: what is there already is recognised.
"""

from __future__ import annotations

from recommender.ingest.enrichment import FILLERS, FillReport, fill
from recommender.ingest.fetch_job import FetchProgress, fetch, fetch_all
from recommender.ingest.import_job import Progress, import_paths, import_starter
from recommender.ingest.imported_feedback import ImportedFeedback, Role
from recommender.ingest.query_text import query_of
from recommender.ingest.reports import FetchReport, FileReport, ImportReport
from recommender.ingest.saved_queries import (
    SourceForm,
    Trial,
    due,
    forms,
    keep,
    note_failed,
    query_of_key,
    try_out,
    unfinished,
)
from recommender.sources.registry import SourceQuery

__all__ = [
    "FILLERS",
    "FetchProgress",
    "FetchReport",
    "FileReport",
    "FillReport",
    "ImportReport",
    "ImportedFeedback",
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
    "note_failed",
    "query_of",
    "query_of_key",
    "try_out",
    "unfinished",
]
