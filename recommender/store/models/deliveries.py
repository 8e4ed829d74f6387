"""What left the library: deliveries of digests, and the feeds that may be asked for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from recommender.store.column_types import SortedText, UTCDateTime


class DeliveryRow(SQLModel, table=True):
    """One issue on one channel; never deleted, and without its reader once that is forgotten."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("reader_id", "issue", "channel"),
        CheckConstraint(
            "state IN ('waiting', 'claimed', 'sending', 'sent', 'failed', 'unclear', 'dropped')",
            name="state_known",
        ),
    )
    number: int | None = Field(default=None, primary_key=True)
    reader_id: str | None = Field(foreign_key="reader.reader_id", ondelete="SET NULL", sa_type=Text)
    issue: str = Field(sa_type=SortedText)
    channel: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text, index=True)
    due_at: datetime = Field(sa_type=UTCDateTime)
    attempts: int
    claim: str | None = Field(sa_type=Text)
    claimed_until: datetime | None = Field(sa_type=UTCDateTime)
    retry_at: datetime | None = Field(sa_type=UTCDateTime)
    changed_at: datetime = Field(sa_type=UTCDateTime)
    message: str = Field(sa_type=Text)
    result: str = Field(sa_type=Text)


class FeedRow(SQLModel, table=True):
    """A secret address of a reader's digests or of one list; only the token's hash is stored."""

    __tablename__ = "feed"
    number: int | None = Field(default=None, primary_key=True)
    reader_id: str = Field(foreign_key="reader.reader_id", ondelete="CASCADE", sa_type=Text)
    list: int | None = Field(foreign_key="reading_list.number", ondelete="CASCADE")
    token_hash: str = Field(unique=True, sa_type=Text)
    created_at: datetime = Field(sa_type=UTCDateTime)
