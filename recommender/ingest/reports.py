"""What an import says afterwards. Plain values, for a person and for ``--json``."""

from __future__ import annotations

from dataclasses import dataclass

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
        The papers read, once each, in the order of the file.
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
