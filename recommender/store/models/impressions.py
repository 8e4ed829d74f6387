"""What was shown: slates with their impressions, and digests."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from recommender.store.column_types import SortedText, UTCDateTime


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
    """One paper of a slate; `parts`, `reasons` and `drawn_from` are JSON, a NaN part is null.

    `chance` is null where too little was known to give one. `drawn_from` holds ids (of that
    day) and scores of all papers that a drawn one was drawn from, else null. `team` says which of
    two rankers that shared the slate brought the paper in, empty where one ranked alone.
    """

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
    chance: float | None = None
    drawn_from: str | None = Field(default=None, sa_type=Text)
    team: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": text("''")})


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
