"""Who may use the API, and which of its requests were answered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from recommender.store.column_types import UTCDateTime


class ApiTokenRow(SQLModel, table=True):
    """A token with which a program acts for a reader; only its hash is stored."""

    __tablename__ = "api_token"
    number: int | None = Field(default=None, primary_key=True)
    reader_id: str = Field(
        foreign_key="reader.reader_id", ondelete="CASCADE", sa_type=Text, index=True
    )
    name: str = Field(sa_type=Text)
    scopes: str = Field(sa_type=Text)
    token_hash: str = Field(unique=True, sa_type=Text)
    created_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime)


class IdempotencyKeyRow(SQLModel, table=True):
    """A request that a reader's program named by a key, and its answer; kept for a week."""

    __tablename__ = "idempotency_key"
    __table_args__ = (UniqueConstraint("reader_id", "key"),)
    number: int | None = Field(default=None, primary_key=True)
    reader_id: str = Field(foreign_key="reader.reader_id", ondelete="CASCADE", sa_type=Text)
    key: str = Field(sa_type=Text)
    request_hash: str = Field(sa_type=Text)
    claimed_at: datetime = Field(sa_type=UTCDateTime)
    answer: str | None = Field(sa_type=Text)
