"""Which record gave which field, which papers were merged, and which are told apart."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables; papers that are here already have no provenance."""
    op.create_table(
        "origin",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_origin"),
        sa.UniqueConstraint("source", "place", name="uq_origin_source_place"),
    )
    op.create_table(
        "contribution",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("paper_id", ID, nullable=False),
        sa.Column("origin", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["paper_id"], ["alias.alias"], name="fk_contribution_paper_id_alias"
        ),
        sa.ForeignKeyConstraint(
            ["origin"], ["origin.number"], name="fk_contribution_origin_origin"
        ),
        sa.PrimaryKeyConstraint("number", name="pk_contribution"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_contribution_paper_id", "contribution", ["paper_id"])
    _make_merges()
    op.create_table(
        "told_apart",
        sa.Column("one", ID, nullable=False),
        sa.Column("other", ID, nullable=False),
        sa.ForeignKeyConstraint(["one"], ["alias.alias"], name="fk_told_apart_one_alias"),
        sa.ForeignKeyConstraint(["other"], ["alias.alias"], name="fk_told_apart_other_alias"),
        sa.PrimaryKeyConstraint("one", "other", name="pk_told_apart"),
    )


def _make_merges() -> None:
    op.create_table(
        "paper_merge",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kept_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("other", sa.Text(), nullable=False),
        sa.Column("aliases", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("origin", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("merged_at", TIME, nullable=False),
        sa.Column("undone_at", TIME, nullable=True),
        sa.CheckConstraint("kind IN ('papers', 'record')", name=op.f("ck_paper_merge_kind_known")),
        sa.ForeignKeyConstraint(["kept_id"], ["alias.alias"], name="fk_paper_merge_kept_id_alias"),
        sa.ForeignKeyConstraint(["origin"], ["origin.number"], name="fk_paper_merge_origin_origin"),
        sa.PrimaryKeyConstraint("number", name="pk_paper_merge"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_paper_merge_kept_id", "paper_merge", ["kept_id"])


def downgrade() -> None:
    """Drop them: merges stay as they are and cannot be undone any more."""
    for table in ("told_apart", "paper_merge", "contribution", "origin"):
        op.drop_table(table)
