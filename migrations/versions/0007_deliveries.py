"""What was sent to whom and with which result; the addresses of feeds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from recommender.store.column_types import SortedText, UTCDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATES = "'waiting', 'claimed', 'sending', 'sent', 'failed', 'unclear', 'dropped'"


def upgrade() -> None:
    """Make both tables; a forgotten reader's deliveries stay, without the reader."""
    op.create_table(
        "delivery",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reader_id", sa.Text(), nullable=True),
        sa.Column("issue", SortedText, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claim", sa.Text(), nullable=True),
        sa.Column("claimed_until", UTCDateTime(), nullable=True),
        sa.Column("retry_at", UTCDateTime(), nullable=True),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_delivery_state_known")),
        sa.ForeignKeyConstraint(
            ["reader_id"],
            ["reader.reader_id"],
            name="fk_delivery_reader_id_reader",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("number", name="pk_delivery"),
        sa.UniqueConstraint(
            "reader_id", "issue", "channel", name="uq_delivery_reader_id_issue_channel"
        ),
    )
    op.create_index("ix_delivery_state", "delivery", ["state"])
    op.create_table(
        "feed",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reader_id", sa.Text(), nullable=False),
        sa.Column("list", sa.Integer(), nullable=True),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reader_id"],
            ["reader.reader_id"],
            name="fk_feed_reader_id_reader",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["list"],
            ["reading_list.number"],
            name="fk_feed_list_reading_list",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("number", name="pk_feed"),
        sa.UniqueConstraint("token_hash", name="uq_feed_token_hash"),
    )


def downgrade() -> None:
    """Drop both: what was sent is no longer known, and no feed answers."""
    op.drop_table("feed")
    op.drop_table("delivery")
