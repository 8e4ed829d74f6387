"""What an interest is about, in words; what chance of a like was shown with a paper."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both columns: no words, and no chance, for what is there already."""
    about = sa.Column("about", sa.Text(), nullable=False, server_default=sa.text("''"))
    op.add_column("interest", about)
    op.add_column("impression", sa.Column("chance", sa.Float(), nullable=True))


def downgrade() -> None:
    """Drop them; the sentences are lost."""
    op.drop_column("impression", "chance")
    op.drop_column("interest", "about")
