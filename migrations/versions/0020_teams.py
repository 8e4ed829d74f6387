"""Which of two rankers that share a slate brought a paper in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; one ranker ranked alone so far."""
    team = sa.Column("team", sa.Text(), nullable=False, server_default=sa.text("''"))
    op.add_column("impression", team)


def downgrade() -> None:
    """Drop it; trials that run begin again."""
    op.drop_column("impression", "team")
