"""Tokens of the API, and the requests that were named by an idempotency key."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from recommender.store.column_types import UTCDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables; their rows go with the reader."""
    op.create_table(
        "api_token",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reader_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reader_id"],
            ["reader.reader_id"],
            name="fk_api_token_reader_id_reader",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("number", name="pk_api_token"),
        sa.UniqueConstraint("token_hash", name="uq_api_token_token_hash"),
    )
    op.create_index("ix_api_token_reader_id", "api_token", ["reader_id"])
    op.create_table(
        "idempotency_key",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reader_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("claimed_at", UTCDateTime(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["reader_id"],
            ["reader.reader_id"],
            name="fk_idempotency_key_reader_id_reader",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("number", name="pk_idempotency_key"),
        sa.UniqueConstraint("reader_id", "key", name="uq_idempotency_key_reader_id_key"),
    )


def downgrade() -> None:
    """Drop both: no token opens the API any more."""
    op.drop_table("idempotency_key")
    op.drop_table("api_token")
