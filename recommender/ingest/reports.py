"""What an import or a fetch says afterwards. Plain values, for a person and for ``--json``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from recommender.sources import Refusal


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file.

    Parameters
    ----------
    path
        The file as it was named.
    format
        A name of `sources.FORMATS`; empty where none was found.
    read
        Papers that were whole: `new` and `merged` together.
    new
        Papers the library did not have.
    merged
        Papers it had, whether or not the file had something to add to them.
    refused
        The entries that were not taken, by line; line 0 is the file as a whole.
    notes
        Sentences about the file that are no complaint.
    paper_ids
        The papers read, once each, in the order of the file; of a very long one the
        first 50,000.
    """

    path: str
    format: str
    read: int = 0
    new: int = 0
    merged: int = 0
    refused: tuple[Refusal, ...] = ()
    notes: tuple[str, ...] = ()
    paper_ids: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """True when nothing was refused."""
        return not self.refused


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of every file, in the order they were named."""

    files: tuple[FileReport, ...]

    @property
    def ok(self) -> bool:
        """True when nothing was refused in any file."""
        return all(file.ok for file in self.files)


@dataclass(frozen=True, slots=True)
class FetchReport:
    """What became of one query of a network source.

    Parameters
    ----------
    source, query
        The source's name, and what it was asked for in words.
    read, new, merged, refused, paper_ids
        As of a file; this run's only. A refusal's line is one of the answer's.
    total
        How many records the source says the whole query has; None: it does not.
    withdrawn
        Identifiers that the source has deleted. Nothing here is deleted for it.
    unchanged
        True where the source says that there is nothing new.
    unfinished
        True where the next run goes on with what this one left.
    error
        Why it failed, in a sentence that says what to do; empty where it did not.
    retry_at
        When the source may be asked again, where it said so (UTC).
    judged
        Papers that this run made likes or saves of the reader, where it was to.
    """

    source: str
    query: str
    read: int = 0
    new: int = 0
    merged: int = 0
    refused: tuple[Refusal, ...] = ()
    total: int | None = None
    withdrawn: tuple[str, ...] = ()
    unchanged: bool = False
    unfinished: bool = False
    error: str = ""
    retry_at: datetime | None = None
    paper_ids: tuple[str, ...] = ()
    judged: int = 0

    @property
    def ok(self) -> bool:
        """True when the source did not fail and nothing was refused."""
        return not self.error and not self.refused
