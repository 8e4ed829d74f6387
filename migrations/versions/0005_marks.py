"""Reading lists are described and annotated; a reader marks papers with a status and tags."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the columns and the table."""
    op.add_column(
        "reading_list", sa.Column("about", sa.Text(), nullable=False, server_default=sa.text("''"))
    )
    op.add_column(
        "reading_list_entry",
        sa.Column("note", sa.Text(), nullable=False, server_default=sa.text("''")),
    )
    op.create_table(
        "mark",
        sa.Column("reader_id", sa.Text(), nullable=False),
        sa.Column("paper_id", ID, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.CheckConstraint(
            "status IN ('', 'to-read', 'reading', 'read')", name=op.f("ck_mark_status_known")
        ),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["reader.reader_id"], name="fk_mark_reader_id_reader", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["paper_id"], ["alias.alias"], name="fk_mark_paper_id_alias"),
        sa.PrimaryKeyConstraint("reader_id", "paper_id", name="pk_mark"),
    )


def downgrade() -> None:
    """Drop them: notes, descriptions, tags and statuses are lost then."""
    op.drop_table("mark")
    with op.batch_alter_table("reading_list_entry") as batch:
        batch.drop_column("note")
    with op.batch_alter_table("reading_list") as batch:
        batch.drop_column("about")
