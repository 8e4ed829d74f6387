"""The tables. Rows stay inside this package; everybody else sees records.

Three choices shape them:

- `alias` knows every id a paper ever had, and which paper it is today. Events,
  impressions, list entries and digest entries keep the id they were made with,
  which is a foreign key to `alias`. A merge re-points aliases and so moves all
  of them without touching one: the log stays append-only, a merge can be undone.
- Triggers (made by the migrations) refuse any change of an event, and its
  deletion while its reader exists. Forgetting a reader deletes the reader, and
  the events go with it by cascade.
- Enumerations are text with a named check, times are UTC, nested values JSON.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Table, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from recommender.domain import EventKind
from recommender.store.columns import NAMING_CONVENTION, SortedText, UTCDateTime

SQLModel.metadata.naming_convention = NAMING_CONVENTION

_KINDS = ", ".join(f"'{kind}'" for kind in EventKind)


class SettingRow(SQLModel, table=True):
    """A fact about the library itself, such as its random `library_id`."""

    __tablename__ = "setting"
    key: str = Field(primary_key=True, sa_type=Text)
    value: str = Field(sa_type=Text)


class PaperRow(SQLModel, table=True):
    """One paper; `revision` is the library's count of changes when it last changed."""

    __tablename__ = "paper"
    __table_args__ = {"sqlite_autoincrement": True}
    id: int | None = Field(default=None, primary_key=True)
    paper_id: str = Field(unique=True, sa_type=SortedText)
    title: str = Field(sa_type=Text)
    title_key: str = Field(index=True, sa_type=Text)
    abstract: str = Field(sa_type=Text)
    abstract_is_summary: bool
    authors: str = Field(sa_type=Text)
    year: int | None
    published_at: datetime | None = Field(index=True, sa_type=UTCDateTime)
    venue: str = Field(sa_type=Text)
    url: str = Field(sa_type=Text)
    kind: str = Field(sa_type=Text)
    added_at: datetime = Field(index=True, sa_type=UTCDateTime)
    revision: int = Field(index=True)


class AliasRow(SQLModel, table=True):
    """An id that names a paper: canonical, former, or one of its identifiers."""

    __tablename__ = "alias"
    alias: str = Field(primary_key=True, sa_type=SortedText)
    paper: int = Field(foreign_key="paper.id", index=True)


class ListingRow(SQLModel, table=True):
    """One time a source featured a paper."""

    __tablename__ = "listing"
    id: int | None = Field(default=None, primary_key=True)
    paper: int = Field(foreign_key="paper.id", index=True)
    source: str = Field(sa_type=Text)
    listed_at: datetime | None = Field(index=True, sa_type=UTCDateTime)
    byline: str = Field(sa_type=Text)
    origin: str = Field(sa_type=Text)
    upvotes: int | None


class ReaderRow(SQLModel, table=True):
    """A reader; `name_key` is the name without case, unique."""

    __tablename__ = "reader"
    number: int | None = Field(default=None, primary_key=True)
    reader_id: str = Field(unique=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    name_key: str = Field(unique=True, sa_type=Text)
    created_at: datetime = Field(sa_type=UTCDateTime)


class InterestRow(SQLModel, table=True):
    """One interest of a reader, in the order they were made."""

    __tablename__ = "interest"
    __table_args__ = (
        UniqueConstraint("reader_id", "name_key"),
        CheckConstraint("share >= 0 AND share <= 1", name="share_range"),
    )
    number: int | None = Field(default=None, primary_key=True)
    interest_id: str = Field(unique=True, sa_type=Text)
    reader_id: str = Field(foreign_key="reader.reader_id", ondelete="CASCADE", sa_type=Text)
    name: str = Field(sa_type=Text)
    name_key: str = Field(sa_type=Text)
    share: float


class EventRow(SQLModel, table=True):
    """One action. `slate_id` is where it came from and may name a slate not kept here."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("reader_id", "client_key"),
        CheckConstraint(f"kind IN ({_KINDS})", name="kind_known"),
        CheckConstraint("(kind = 'undo') = (undoes IS NOT NULL)", name="undo_names_event"),
        Index(None, "reader_id", "event_id"),
        Index(None, "reader_id", "paper_id"),
        {"sqlite_autoincrement": True},
    )
    event_id: int | None = Field(default=None, primary_key=True)
    client_key: str = Field(sa_type=Text)
    reader_id: str = Field(foreign_key="reader.reader_id", ondelete="CASCADE", sa_type=Text)
    interest_id: str = Field(foreign_key="interest.interest_id", index=True, sa_type=Text)
    paper_id: str = Field(foreign_key="alias.alias", sa_type=SortedText)
    kind: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=UTCDateTime)
    slate_id: str | None = Field(sa_type=Text)
    undoes: int | None = Field(foreign_key="event.event_id", unique=True)


class SlateRow(SQLModel, table=True):
    """What a reader was shown at one time."""

    __tablename__ = "slate"
    __table_args__ = (Index(None, "reader_id", "number"), {"sqlite_autoincrement": True})
    number: int | None = Field(default=None, primary_key=True)
    slate_id: str = Field(unique=True, sa_type=Text)
    reader_id: str = Field(foreign_key="reader.reader_id", ondelete="CASCADE", sa_type=Text)
    interest_id: str | None = Field(foreign_key="interest.interest_id", index=True, sa_type=Text)
    surface: str = Field(sa_type=Text)
    model: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=UTCDateTime)


class ImpressionRow(SQLModel, table=True):
    """One paper of a slate; `parts` and `reasons` are JSON, a NaN part is null."""

    __tablename__ = "impression"
    __table_args__ = (
        CheckConstraint("propensity >= 0 AND propensity <= 1", name="propensity_range"),
    )
    slate: int = Field(primary_key=True, foreign_key="slate.number", ondelete="CASCADE")
    position: int = Field(primary_key=True)
    paper_id: str = Field(foreign_key="alias.alias", sa_type=SortedText)
    interest_id: str | None = Field(sa_type=Text)
    score: float
    parts: str = Field(sa_type=Text)
    propensity: float
    reasons: str = Field(sa_type=Text)


class ReadingListRow(SQLModel, table=True):
    """A reading list of a reader."""

    __tablename__ = "reading_list"
    __table_args__ = (UniqueConstraint("reader_id", "name_key"),)
    number: int | None = Field(default=None, primary_key=True)
    list_id: str = Field(unique=True, sa_type=Text)
    reader_id: str = Field(foreign_key="reader.reader_id", ondelete="CASCADE", sa_type=Text)
    name: str = Field(sa_type=Text)
    name_key: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=UTCDateTime)


class ReadingListEntryRow(SQLModel, table=True):
    """A paper in a list; two entries that became one paper count once, at the first."""

    __tablename__ = "reading_list_entry"
    list: int = Field(primary_key=True, foreign_key="reading_list.number", ondelete="CASCADE")
    paper_id: str = Field(primary_key=True, foreign_key="alias.alias", sa_type=SortedText)
    position: int
    added_at: datetime = Field(sa_type=UTCDateTime)


class DigestRow(SQLModel, table=True):
    """One week's digest of a reader; `manifest` is kept character for character."""

    __tablename__ = "digest"
    __table_args__ = (UniqueConstraint("reader_id", "week"),)
    number: int | None = Field(default=None, primary_key=True)
    reader_id: str = Field(foreign_key="reader.reader_id", ondelete="CASCADE", sa_type=Text)
    week: str = Field(sa_type=SortedText)
    manifest: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=UTCDateTime)


class DigestEntryRow(SQLModel, table=True):
    """A paper that stood in a digest."""

    __tablename__ = "digest_entry"
    digest: int = Field(primary_key=True, foreign_key="digest.number", ondelete="CASCADE")
    paper_id: str = Field(primary_key=True, foreign_key="alias.alias", sa_type=SortedText)


class FetchRow(SQLModel, table=True):
    """One query of a network source: `state` is where it stands, the rest its last run."""

    __tablename__ = "fetch"
    __table_args__ = (
        CheckConstraint("new >= 0 AND merged >= 0 AND refused >= 0", name="counts_range"),
    )
    number: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, sa_type=Text)
    source: str = Field(sa_type=Text)
    query: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    last_run_at: datetime = Field(sa_type=UTCDateTime)
    last_ok_at: datetime | None = Field(sa_type=UTCDateTime)
    new: int
    merged: int
    refused: int
    error: str = Field(sa_type=Text)


def _table(name: str) -> Table:
    return SQLModel.metadata.tables[name]


SETTING = _table("setting")
PAPER = _table("paper")
ALIAS = _table("alias")
LISTING = _table("listing")
READER = _table("reader")
INTEREST = _table("interest")
EVENT = _table("event")
SLATE = _table("slate")
IMPRESSION = _table("impression")
READING_LIST = _table("reading_list")
READING_LIST_ENTRY = _table("reading_list_entry")
DIGEST = _table("digest")
DIGEST_ENTRY = _table("digest_entry")
FETCH = _table("fetch")
