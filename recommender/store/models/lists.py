"""Reading lists and what stands in them; how a reader has marked papers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from recommender.store.column_types import SortedText, UTCDateTime


class ReadingListRow(SQLModel, table=True):
    """A reading list of a reader."""

    __tablename__ = "reading_list"
    __table_args__ = (UniqueConstraint("reader_id", "name_key"),)
    number: int | None = Field(default=None, primary_key=True)
    list_id: str = Field(unique=True, sa_type=Text)
    reader_id: str = Field(foreign_key="reader.reader_id", ondelete="CASCADE", sa_type=Text)
    name: str = Field(sa_type=Text)
    name_key: str = Field(sa_type=Text)
    about: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": text("''")})
    created_at: datetime = Field(sa_type=UTCDateTime)


class ReadingListEntryRow(SQLModel, table=True):
    """A paper in a list; two entries that became one paper count once, at the first."""

    __tablename__ = "reading_list_entry"
    list: int = Field(primary_key=True, foreign_key="reading_list.number", ondelete="CASCADE")
    paper_id: str = Field(primary_key=True, foreign_key="alias.alias", sa_type=SortedText)
    position: int
    note: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": text("''")})
    added_at: datetime = Field(sa_type=UTCDateTime)


class MarkRow(SQLModel, table=True):
    """A reader's mark on a paper; `tags` is a JSON list. Two that became one paper count once."""

    __tablename__ = "mark"
    __table_args__ = (
        CheckConstraint("status IN ('', 'to-read', 'reading', 'read')", name="status_known"),
    )
    reader_id: str = Field(
        primary_key=True, foreign_key="reader.reader_id", ondelete="CASCADE", sa_type=Text
    )
    paper_id: str = Field(primary_key=True, foreign_key="alias.alias", sa_type=SortedText)
    status: str = Field(sa_type=Text)
    tags: str = Field(sa_type=Text)
    note: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": text("''")})
    changed_at: datetime = Field(sa_type=UTCDateTime)
