"""Which papers a drawn paper of a slate was drawn from, with their scores."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of what was drawn before, it is not known."""
    op.add_column("impression", sa.Column("drawn_from", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop it; what could have been shown is lost."""
    op.drop_column("impression", "drawn_from")
