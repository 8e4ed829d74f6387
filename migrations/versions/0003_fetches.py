"""What was fetched from the network, where each query stands, and its last result."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "fetch",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("last_run_at", TIME, nullable=False),
        sa.Column("last_ok_at", TIME),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("merged", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "new >= 0 AND merged >= 0 AND refused >= 0", name=op.f("ck_fetch_counts_range")
        ),
        sa.PrimaryKeyConstraint("number", name="pk_fetch"),
        sa.UniqueConstraint("key", name="uq_fetch_key"),
    )


def downgrade() -> None:
    """Drop it: every query starts anew then, which changes no paper."""
    op.drop_table("fetch")
