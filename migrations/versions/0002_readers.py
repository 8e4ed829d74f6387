"""Readers, what they were shown and did, their reading lists and digests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

GUARD_SQLITE = (
    """CREATE TRIGGER event_is_final BEFORE UPDATE ON event BEGIN
        SELECT RAISE(ABORT, 'an event is never changed'); END""",
    """CREATE TRIGGER event_is_kept BEFORE DELETE ON event
        WHEN EXISTS (SELECT 1 FROM reader WHERE reader_id = old.reader_id) BEGIN
        SELECT RAISE(ABORT, 'an event goes only with its reader'); END""",
)
GUARD_POSTGRESQL = (
    """CREATE FUNCTION event_is_final() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'an event is never changed'; END $$""",
    """CREATE FUNCTION event_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF EXISTS (SELECT 1 FROM reader WHERE reader_id = old.reader_id) THEN
            RAISE EXCEPTION 'an event goes only with its reader'; END IF;
        RETURN old; END $$""",
    """CREATE TRIGGER event_is_final BEFORE UPDATE ON event
        FOR EACH ROW EXECUTE FUNCTION event_is_final()""",
    """CREATE TRIGGER event_is_kept BEFORE DELETE ON event
        FOR EACH ROW EXECUTE FUNCTION event_is_kept()""",
)
TABLES = [
    "reader",
    "interest",
    "event",
    "slate",
    "impression",
    "reading_list",
    "reading_list_entry",
    "digest",
    "digest_entry",
]


def upgrade() -> None:
    """Make the tables, and the triggers that keep the log append-only."""
    _make_readers()
    _make_feedback()
    _make_lists()
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in GUARD_SQLITE if sqlite else GUARD_POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """Drop them all; the triggers go with their table."""
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION event_is_final, event_is_kept")


def _make_readers() -> None:
    op.create_table(
        "reader",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reader_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_reader"),
        sa.UniqueConstraint("name_key", name="uq_reader_name_key"),
        sa.UniqueConstraint("reader_id", name="uq_reader_reader_id"),
    )
    op.create_table(
        "interest",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("interest_id", sa.Text(), nullable=False),
        sa.Column("reader_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.CheckConstraint("share >= 0 AND share <= 1", name=op.f("ck_interest_share_range")),
        sa.ForeignKeyConstraint(
            ["reader_id"],
            ["reader.reader_id"],
            name="fk_interest_reader_id_reader",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("number", name="pk_interest"),
        sa.UniqueConstraint("interest_id", name="uq_interest_interest_id"),
        sa.UniqueConstraint("reader_id", "name_key", name="uq_interest_reader_id_name_key"),
    )


def _make_feedback() -> None:
    op.create_table(
        "event",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("client_key", sa.Text(), nullable=False),
        sa.Column("reader_id", sa.Text(), nullable=False),
        sa.Column("interest_id", sa.Text(), nullable=False),
        sa.Column("paper_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("slate_id", sa.Text()),
        sa.Column("undoes", sa.Integer()),
        sa.CheckConstraint(
            "(kind = 'undo') = (undoes IS NOT NULL)", name=op.f("ck_event_undo_names_event")
        ),
        sa.CheckConstraint(
            "kind IN ('like', 'skip', 'dislike', 'save', 'open', 'undo')",
            name=op.f("ck_event_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["interest_id"], ["interest.interest_id"], name="fk_event_interest_id_interest"
        ),
        sa.ForeignKeyConstraint(["paper_id"], ["alias.alias"], name="fk_event_paper_id_alias"),
        sa.ForeignKeyConstraint(
            ["reader_id"],
            ["reader.reader_id"],
            name="fk_event_reader_id_reader",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["undoes"], ["event.event_id"], name="fk_event_undoes_event"),
        sa.PrimaryKeyConstraint("event_id", name="pk_event"),
        sa.UniqueConstraint("reader_id", "client_key", name="uq_event_reader_id_client_key"),
        sa.UniqueConstraint("undoes", name="uq_event_undoes"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_event_interest_id", "event", ["interest_id"])
    op.create_index("ix_event_reader_id_event_id", "event", ["reader_id", "event_id"])
    op.create_index("ix_event_reader_id_paper_id", "event", ["reader_id", "paper_id"])
    op.create_table(
        "slate",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("slate_id", sa.Text(), nullable=False),
        sa.Column("reader_id", sa.Text(), nullable=False),
        sa.Column("interest_id", sa.Text()),
        sa.Column("surface", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["interest_id"], ["interest.interest_id"], name="fk_slate_interest_id_interest"
        ),
        sa.ForeignKeyConstraint(
            ["reader_id"],
            ["reader.reader_id"],
            name="fk_slate_reader_id_reader",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("number", name="pk_slate"),
        sa.UniqueConstraint("slate_id", name="uq_slate_slate_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_slate_interest_id", "slate", ["interest_id"])
    op.create_index("ix_slate_reader_id_number", "slate", ["reader_id", "number"])
    op.create_table(
        "impression",
        sa.Column("slate", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("paper_id", ID, nullable=False),
        sa.Column("interest_id", sa.Text()),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.Column("propensity", sa.Float(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "propensity >= 0 AND propensity <= 1", name=op.f("ck_impression_propensity_range")
        ),
        sa.ForeignKeyConstraint(["paper_id"], ["alias.alias"], name="fk_impression_paper_id_alias"),
        sa.ForeignKeyConstraint(
            ["slate"], ["slate.number"], name="fk_impression_slate_slate", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("slate", "position", name="pk_impression"),
    )


def _make_lists() -> None:
    op.create_table(
        "reading_list",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Text(), nullable=False),
        sa.Column("reader_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["reader_id"],
            ["reader.reader_id"],
            name="fk_reading_list_reader_id_reader",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("number", name="pk_reading_list"),
        sa.UniqueConstraint("list_id", name="uq_reading_list_list_id"),
        sa.UniqueConstraint("reader_id", "name_key", name="uq_reading_list_reader_id_name_key"),
    )
    op.create_table(
        "reading_list_entry",
        sa.Column("list", sa.Integer(), nullable=False),
        sa.Column("paper_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("added_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["list"],
            ["reading_list.number"],
            name="fk_reading_list_entry_list_reading_list",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["paper_id"], ["alias.alias"], name="fk_reading_list_entry_paper_id_alias"
        ),
        sa.PrimaryKeyConstraint("list", "paper_id", name="pk_reading_list_entry"),
    )
    op.create_table(
        "digest",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reader_id", sa.Text(), nullable=False),
        sa.Column("week", ID, nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["reader_id"],
            ["reader.reader_id"],
            name="fk_digest_reader_id_reader",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("number", name="pk_digest"),
        sa.UniqueConstraint("reader_id", "week", name="uq_digest_reader_id_week"),
    )
    op.create_table(
        "digest_entry",
        sa.Column("digest", sa.Integer(), nullable=False),
        sa.Column("paper_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["digest"], ["digest.number"], name="fk_digest_entry_digest_digest", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["paper_id"], ["alias.alias"], name="fk_digest_entry_paper_id_alias"
        ),
        sa.PrimaryKeyConstraint("digest", "paper_id", name="pk_digest_entry"),
    )
