"""Every error a caller of paperloop can meet.

    RecommenderError
    ├── ConfigError             a setting is missing, malformed or contradictory
    ├── MissingExtra            an optional package is needed and not installed
    ├── SourceError             a source could not be read at all
    │   ├── UnknownFormat       no reader recognises the file
    │   └── FetchError          a host did not answer as agreed
    │       └── TryLater        a host asks for a pause; says until when
    ├── StoreError              the database could not do what was asked
    │   ├── UnknownPaper        no paper has this id or alias
    │   ├── UnknownReader       no reader has this id or name
    │   ├── UnknownInterest     this reader has no such interest
    │   ├── UnknownList         this reader has no such reading list
    │   ├── UnknownMerge        no merge has this number
    │   ├── NameTaken           a reader, interest or list of this name exists
    │   ├── RequestRunning      the same request is being carried out
    │   ├── NothingToUndo       the reader has no active event on the paper, or a merge is undone
    │   ├── InvalidValue        a value that no database of ours takes, now or later
    │   ├── StoreUnavailable    the database cannot be reached or written just now
    │   │   └── StoreBusy       another process held the database for too long
    │   └── SchemaMismatch      the tables are older or newer than the program
    ├── ArtifactError           a fitted model cannot be used
    │   ├── NoModel             nothing has been fitted yet
    │   ├── ArtifactDamaged     a file of the model is missing or unreadable
    │   └── ArtifactMismatch    the model was fitted on another library or version
    ├── ClusterError            a Spark master, its workers or their folder cannot be used
    ├── EmptyLibrary            there are no papers to work with
    ├── ExportError             a reading list cannot be written
    ├── ArchiveError            an archive of a library cannot be written or read
    ├── TokenError              a link or a page's token is forged, incomplete or too old
    ├── EvaluationError         a data set cannot be evaluated in the way asked for
    └── DigestError             a digest cannot be composed or delivered

A message says what was wrong, which value, and what to do next; it never
holds a secret. The command line prints it as one sentence and exits with 1.
"""

from datetime import datetime


class RecommenderError(Exception):
    """Base of all errors that paperloop raises on purpose."""


class ConfigError(RecommenderError):
    """A setting is missing, malformed or contradicts another."""


class MissingExtra(RecommenderError):
    """An optional package is needed; the message holds the install command."""


class SourceError(RecommenderError):
    """A source could not be read at all (absent, unreadable, not a file)."""


class UnknownFormat(SourceError):
    """No reader recognises the content of a file."""


class FetchError(SourceError):
    """A host did not answer, or not with what was asked for.

    `status` is HTTP's, if any; `passing` is False where asking again is of no use.
    """

    def __init__(self, message: str, status: int | None = None, *, passing: bool = True) -> None:
        super().__init__(message)
        self.status = status
        self.passing = passing


class TryLater(FetchError):
    """A host asks for a longer pause; `retry_at` is when it may be asked again (UTC)."""

    def __init__(self, message: str, retry_at: datetime) -> None:
        super().__init__(message)
        self.retry_at = retry_at


class StoreError(RecommenderError):
    """The database could not do what was asked."""


class UnknownPaper(StoreError):
    """No paper has this id or alias."""


class UnknownReader(StoreError):
    """No reader has this id or name."""


class UnknownInterest(StoreError):
    """The reader has no interest of this id or name."""


class UnknownList(StoreError):
    """The reader has no reading list of this id or name."""


class UnknownVenue(StoreError):
    """No paper of the library is of this venue, or none of this year."""


class UnknownMerge(StoreError):
    """No merge of two papers has this number."""


class NameTaken(StoreError):
    """A reader, interest or reading list of this name exists already."""


class RequestRunning(StoreError):
    """The same request, by its key, is being carried out; its answer comes later."""


class NothingToUndo(StoreError):
    """The reader has no active event on the paper."""


class InvalidValue(StoreError):
    """A value cannot be stored, however often it is tried."""


class StoreUnavailable(StoreError):
    """The database cannot be reached or written just now: the same request may succeed later."""


class StoreBusy(StoreUnavailable):
    """Another process held the database for longer than the time-out."""


class SchemaMismatch(StoreError):
    """The tables are older or newer than the program."""


class ArtifactError(RecommenderError):
    """A fitted model cannot be used."""


class NoModel(ArtifactError):
    """Nothing has been fitted yet."""


class ArtifactDamaged(ArtifactError):
    """A file of the model is missing, truncated or unreadable."""


class ArtifactMismatch(ArtifactError):
    """The model was fitted on another library or by another version."""


class ClusterError(RecommenderError):
    """A Spark master cannot be reached, or its workers cannot do their tasks."""


class EmptyLibrary(RecommenderError):
    """There are no papers to work with."""


class ExportError(RecommenderError):
    """A reading list cannot be written in the format asked for."""


class ArchiveError(RecommenderError):
    """An archive of a whole library cannot be written or read."""


class TokenError(RecommenderError):
    """A token is missing, forged, incomplete or too old."""


class EvaluationError(RecommenderError):
    """A data set does not hold what a protocol needs, or a name is not known."""


class DigestError(RecommenderError):
    """A digest cannot be composed, rendered or delivered."""
