"""How many works cite a paper, where a source counts them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; nothing is known until a source is asked again."""
    op.add_column("paper", sa.Column("citations", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("paper", "citations")
