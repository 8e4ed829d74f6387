"""An interest can be paused, and forget what it has learnt; no event is changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both columns: nothing is paused, nothing was reset."""
    op.add_column(
        "interest", sa.Column("paused", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("interest", sa.Column("reset_after", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Drop them: every interest is served, and all its likes count."""
    op.drop_column("interest", "reset_after")
    op.drop_column("interest", "paused")
