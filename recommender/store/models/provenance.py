"""Which record gave which field of a paper, and which papers a merge made one.

Like events, these rows name papers by the ids of their day: a merge re-points
aliases, and they follow without being touched.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from recommender.store.column_types import SortedText, UTCDateTime


class OriginRow(SQLModel, table=True):
    """A file or a query that records came from."""

    __tablename__ = "origin"
    __table_args__ = (UniqueConstraint("source", "place"),)
    number: int | None = Field(default=None, primary_key=True)
    source: str = Field(sa_type=Text)
    place: str = Field(sa_type=Text)


class ContributionRow(SQLModel, table=True):
    """One record that added fields to a paper; `fields` are names separated by spaces."""

    __tablename__ = "contribution"
    __table_args__ = {"sqlite_autoincrement": True}
    number: int | None = Field(default=None, primary_key=True)
    paper_id: str = Field(foreign_key="alias.alias", index=True, sa_type=SortedText)
    origin: int = Field(foreign_key="origin.number")
    line: int
    at: datetime = Field(sa_type=UTCDateTime)
    fields: str = Field(sa_type=Text)


class MergeRow(SQLModel, table=True):
    """A paper, or a record under new names, that became part of another paper.

    `before` and `other` are the two as they were (JSON), `aliases` the ids that
    came with the other one (JSON list), `fields` what was taken from it.
    """

    __tablename__ = "paper_merge"
    __table_args__ = (
        CheckConstraint("kind IN ('papers', 'record')", name="kind_known"),
        {"sqlite_autoincrement": True},
    )
    number: int | None = Field(default=None, primary_key=True)
    kept_id: str = Field(foreign_key="alias.alias", index=True, sa_type=SortedText)
    kind: str = Field(sa_type=Text)
    before: str = Field(sa_type=Text)
    other: str = Field(sa_type=Text)
    aliases: str = Field(sa_type=Text)
    fields: str = Field(sa_type=Text)
    origin: int = Field(foreign_key="origin.number")
    line: int
    merged_at: datetime = Field(sa_type=UTCDateTime)
    undone_at: datetime | None = Field(sa_type=UTCDateTime)


class ToldApartRow(SQLModel, table=True):
    """Two papers that a reader said are not one, by ids that each of them has."""

    __tablename__ = "told_apart"
    one: str = Field(primary_key=True, foreign_key="alias.alias", sa_type=SortedText)
    other: str = Field(primary_key=True, foreign_key="alias.alias", sa_type=SortedText)
