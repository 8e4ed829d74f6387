"""Queries of network sources are kept before they are first asked, and may be due again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns; no query that is there becomes due by it."""
    with op.batch_alter_table("fetch") as batch:
        batch.add_column(sa.Column("every_hours", sa.Integer()))
        batch.add_column(sa.Column("most", sa.Integer()))
        batch.alter_column("last_run_at", existing_type=TIME, nullable=True)
        batch.create_check_constraint(
            op.f("ck_fetch_every_hours_range"), "every_hours IS NULL OR every_hours > 0"
        )


def downgrade() -> None:
    """Take them back; queries that were never asked are forgotten."""
    op.execute('DELETE FROM "fetch" WHERE last_run_at IS NULL')
    with op.batch_alter_table("fetch") as batch:
        batch.drop_constraint(op.f("ck_fetch_every_hours_range"), type_="check")
        batch.alter_column("last_run_at", existing_type=TIME, nullable=False)
        batch.drop_column("most")
        batch.drop_column("every_hours")
