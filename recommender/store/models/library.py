"""What the library holds: papers under all their names, where they were listed, fetches."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from recommender.domain.status import CLEARED, RECORD_TYPES, STATUSES
from recommender.store.column_types import SortedText, UTCDateTime

_SAID = ", ".join(f"'{x}'" for x in (*STATUSES, *RECORD_TYPES, CLEARED))


class SettingRow(SQLModel, table=True):
    """A fact about the library itself, such as its random `library_id`."""

    __tablename__ = "setting"
    key: str = Field(primary_key=True, sa_type=Text)
    value: str = Field(sa_type=Text)


class PaperRow(SQLModel, table=True):
    """One paper; `revision` is the library's count of changes when it last changed.

    `details` is JSON with the filled fields of `domain.Details`, empty where there are none.
    `main_title_key` stands for the title without its subtitle, and is null without one.
    `versions` holds all versions of the work as JSON, the shown one first, and is null where
    only one is known.
    """

    __tablename__ = "paper"
    __table_args__ = {"sqlite_autoincrement": True}
    id: int | None = Field(default=None, primary_key=True)
    paper_id: str = Field(unique=True, sa_type=SortedText)
    title: str = Field(sa_type=Text)
    title_key: str = Field(index=True, sa_type=Text)
    main_title_key: str | None = Field(index=True, sa_type=Text)
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
    citation_key: str = Field(
        default="", index=True, sa_type=Text, sa_column_kwargs={"server_default": text("''")}
    )
    version: int | None
    versions: str | None = Field(sa_type=Text)
    citations: int | None
    details: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": text("''")})


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


class StatusRow(SQLModel, table=True):
    """What a source says about the status of a work, or about the kind of a record.

    `subject` is any id of the work, which need not be in the library yet: the
    statement holds for the paper that has this id now. `link` is the notice, or for
    a notice the work that it concerns.
    """

    __tablename__ = "paper_status"
    __table_args__ = (
        UniqueConstraint("subject", "says", "source", "link"),
        CheckConstraint(f"says IN ({_SAID})", name="says_known"),
        {"sqlite_autoincrement": True},
    )
    number: int | None = Field(default=None, primary_key=True)
    subject: str = Field(sa_type=SortedText)
    says: str = Field(sa_type=Text)
    source: str = Field(sa_type=Text)
    link: str = Field(sa_type=Text)
    said_at: datetime | None = Field(sa_type=UTCDateTime)
    recorded_at: datetime = Field(sa_type=UTCDateTime)


class FetchRow(SQLModel, table=True):
    """One query of a network source: `state` is where it stands, then its last run and its plan."""

    __tablename__ = "fetch"
    __table_args__ = (
        CheckConstraint("new >= 0 AND merged >= 0 AND refused >= 0", name="counts_range"),
        CheckConstraint("every_hours IS NULL OR every_hours > 0", name="every_hours_range"),
    )
    number: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, sa_type=Text)
    source: str = Field(sa_type=Text)
    query: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    last_run_at: datetime | None = Field(sa_type=UTCDateTime)
    last_ok_at: datetime | None = Field(sa_type=UTCDateTime)
    new: int
    merged: int
    refused: int
    error: str = Field(sa_type=Text)
    every_hours: int | None
    most: int | None
