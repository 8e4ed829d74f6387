"""A reader's note on a paper itself, besides those on entries of lists."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, empty."""
    op.add_column(
        "mark", sa.Column("note", sa.Text(), nullable=False, server_default=sa.text("''"))
    )


def downgrade() -> None:
    """Take it back, with the notes on papers; those on entries of lists stay."""
    op.drop_column("mark", "note")
