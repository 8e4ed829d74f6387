"""Readers, interests, events and preferences."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from recommender.domain import EventKind
from recommender.store.column_types import SortedText, UTCDateTime

_KINDS = ", ".join(f"'{kind}'" for kind in EventKind)


class ReaderRow(SQLModel, table=True):
    """A reader; `name_key` is the name without case, unique."""

    __tablename__ = "reader"
    number: int | None = Field(default=None, primary_key=True)
    reader_id: str = Field(unique=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    name_key: str = Field(unique=True, sa_type=Text)
    created_at: datetime = Field(sa_type=UTCDateTime)


class InterestRow(SQLModel, table=True):
    """One interest of a reader, in the order they were made; `about` is it in words, or empty.

    A paused one has no share. Events up to the one numbered `reset_after` do not count for learning
    in it; null where all count.
    """

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
    about: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": text("''")})
    paused: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    reset_after: int | None


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


class PreferenceRow(SQLModel, table=True):
    """One choice of a reader; `value` is JSON."""

    __tablename__ = "preference"
    reader_id: str = Field(
        primary_key=True, foreign_key="reader.reader_id", ondelete="CASCADE", sa_type=Text
    )
    name: str = Field(primary_key=True, sa_type=Text)
    value: str = Field(sa_type=Text)
