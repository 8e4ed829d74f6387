"""What readers have chosen for themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "preference",
        sa.Column("reader_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("reader_id", "name", name="pk_preference"),
        sa.ForeignKeyConstraint(
            ["reader_id"],
            ["reader.reader_id"],
            name="fk_preference_reader_id_reader",
            ondelete="CASCADE",
        ),
    )


def downgrade() -> None:
    """Drop it: every choice is the default again then."""
    op.drop_table("preference")
