"""Imports files into the library: each is read, checked and stored batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from math import inf
from pathlib import Path
from time import process_time

from recommender.errors import SourceError, StoreError
from recommender.ingest.imported_feedback import ImportedFeedback, Role
from recommender.ingest.reports import FileReport, ImportReport
from recommender.ingest.unread_notes import UnreadNotes
from recommender.sources import Document, Entry, Refusal, Unread, detect, load, read_starter
from recommender.sources.files.starter import NAME as STARTER
from recommender.store import AddResult, Origin, Store

BATCH = 500
"""Papers stored in one transaction."""

MANY = 500
"""New papers after which the database looks at what came in."""

MAX_REFUSED = 10_000
"""Refusals kept a file; more are counted only."""

MAX_NAMED = 50_000
"""Papers named in a report; memory stays flat in the length of a file."""

Progress = Callable[[str, int], None]
"""Called with the path and the number of papers read so far."""


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
    max_minutes: float | None = None,
) -> ImportReport:
    """Import files one after the other; a file that fails does not stop the others.

    Parameters
    ----------
    paths
        Files of the formats in `sources.FORMATS`, also packed with gzip.
    now
        When the papers came to the library, and when they were liked or saved.
    role
        ``liked`` and ``saved`` also log one event a paper, once: not again on the
        next import, nor after the reader has undone it.
    reader_id, interest_id
        Whose likes or saves; the interest defaults to the reader's first.
    format
        The format to read every file as; by default its content tells.
    called
        What files are called in the report and in the provenance, where not by their path.
    progress
        Called with path and papers read so far, after every batch.
    max_minutes
        Minutes of processor time for one file; what was stored until then is kept. None: no
        limit.

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
    judgements = ImportedFeedback.of(store, role, reader_id, interest_id, now)
    names = called or {}
    jobs = (
        (
            x,
            ImportJob(
                store, now, names.get(x, str(x)), judgements, progress, max_minutes=max_minutes
            ),
        )
        for x in paths
    )
    report = ImportReport(tuple(job.import_file(path, format) for path, job in jobs))
    if sum(x.new for x in report.files) >= MANY:
        store.catalogue.settle()
    return report


def import_starter(store: Store, now: datetime) -> FileReport:
    """Import the packaged starter catalogue; a second time changes nothing."""
    job = ImportJob(store, now, STARTER)
    job.store_all(Entry(line, paper) for line, paper in enumerate(read_starter(), 1))
    return job.report(STARTER)


@dataclass
class ImportJob:
    """The import of one source of papers while it runs.

    `stored` is told of each batch and what became of its entries.
    """

    store: Store
    now: datetime
    path: str
    judgements: ImportedFeedback | None = None
    progress: Progress | None = None
    origin: Origin | None = None
    stored: Callable[[Sequence[Entry], Sequence[AddResult]], None] | None = None
    max_minutes: float | None = None
    _outcomes: dict[str, int] = field(default_factory=dict)
    _paper_ids: dict[str, None] = field(default_factory=dict)
    _refused: list[Refusal] = field(default_factory=list)
    _surplus: int = 0
    _unread: UnreadNotes = field(default_factory=UnreadNotes)

    def import_file(self, path: Path, format: str | None) -> FileReport:
        """Read a file to its end, store what is whole, name what is not."""
        document = Document(path)
        try:
            name = format or detect(document.path)
        except SourceError as error:
            return FileReport(self.path, "", refused=(Refusal(0, str(error)),))
        self.origin = Origin(name, self.path)
        logged = self.judgements.logged if self.judgements else 0
        self.store_all(self._entries(document, name))
        for line, why in document.damaged.items():
            self.refuse(Refusal(line, why))
        if not self._outcomes and not self._refused:
            self.refuse(Refusal(0, "no papers were found in it"))
        if self.judgements:
            new = self.judgements.logged - logged
            document.notes.append(f"Newly {self.judgements.role}: {new}.")
        return self.report(name, (*document.notes, *self._unread.sentences()))

    def store_all(self, entries: Iterable[Entry]) -> None:
        """Store entries, a batch in one transaction; those the store refuses are named."""
        origin = self.origin or Origin(self.path)
        valid = filter(None, map(self._validated, entries))
        while batch := list(islice(valid, BATCH)):
            papers, lines = [x.paper for x in batch], [x.line for x in batch]
            added = self.store.catalogue.add(papers, self.now, origin, lines, valid=True)
            self._count(added)
            self._note_other_keys(batch, added)
            if self.stored:
                self.stored(batch, added)
            if self.progress:
                self.progress(self.path, self.read)

    def refuse(self, refusal: Refusal) -> None:
        """Put an entry among those that were not taken."""
        if len(self._refused) < MAX_REFUSED:
            self._refused.append(refusal)
        else:
            self._surplus += 1

    @property
    def read(self) -> int:
        """How many papers were stored so far, new or not."""
        return sum(self._outcomes.values())

    @property
    def new(self) -> int:
        """How many of them the library did not have."""
        return self._outcomes.get("new", 0)

    @property
    def refused(self) -> int:
        """How many entries were not taken."""
        return len(self._refused) + self._surplus

    def report(self, format: str, notes: Sequence[str] = ()) -> FileReport:
        """Return what happened so far."""
        refused = sorted(self._refused, key=lambda refusal: refusal.line)
        if self._surplus:
            refused.append(Refusal(0, f"{self._surplus:,} more entries were refused"))
        return FileReport(
            path=self.path,
            format=format,
            read=self.read,
            new=self.new,
            merged=self.read - self.new,
            refused=tuple(refused),
            notes=tuple(notes),
            paper_ids=tuple(self._paper_ids),
        )

    def _entries(self, document: Document, name: str) -> Iterator[Entry]:
        try:
            end = process_time() + 60 * (self.max_minutes or inf)
            for n, found in enumerate(load(name).read(document, self.now), 1):
                if isinstance(found, Refusal):
                    self.refuse(found)
                else:
                    yield found
                if n % BATCH == 0 and process_time() > end:
                    why = (
                        f"stopped after {self.max_minutes:g} minutes of processor time; what "
                        "stands up to this line is kept, the rest is not read. If you trust the "
                        "file, raise the setting import_minutes and import it again"
                    )
                    # Said even where more is refused than is named.
                    self._refused.append(Refusal(found.line, why))
                    return
        except SourceError as error:
            self.refuse(Refusal(0, str(error)))

    def _validated(self, entry: Entry) -> Entry | None:
        try:
            valid = self.store.catalogue.validate(entry.paper)
        except StoreError as error:
            self.refuse(Refusal(entry.line, str(error)))
            return None
        self._unread.add(entry.line, entry.unread)
        return Entry(entry.line, valid)

    def _note_other_keys(self, batch: Sequence[Entry], added: Sequence[AddResult]) -> None:
        """Note the citation keys that another paper has, or in whose place the paper has one."""
        for entry, one in zip(batch, added, strict=True):
            key = entry.paper.citation_key
            if key and key != one.citation_key:
                self._unread.add(entry.line, (Unread("key", key),))

    def _count(self, added: Sequence[AddResult]) -> None:
        for one in added:
            self._outcomes[one.outcome] = self._outcomes.get(one.outcome, 0) + 1
            if len(self._paper_ids) < MAX_NAMED:
                self._paper_ids[one.paper_id] = None
        if self.judgements:
            self.judgements.log([one.paper_id for one in added])
