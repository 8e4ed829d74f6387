"""The catalogue: papers, every id they have had, where they were listed, and the text search."""

from __future__ import annotations

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

SEARCH_SQLITE = (
    """CREATE VIRTUAL TABLE paper_search USING fts5(
        title, abstract, authors, content='paper', content_rowid='id',
        tokenize="porter unicode61 remove_diacritics 2")""",
    """CREATE TRIGGER paper_search_insert AFTER INSERT ON paper BEGIN
        INSERT INTO paper_search(rowid, title, abstract, authors)
        VALUES (new.id, new.title, new.abstract, new.authors); END""",
    """CREATE TRIGGER paper_search_delete AFTER DELETE ON paper BEGIN
        INSERT INTO paper_search(paper_search, rowid, title, abstract, authors)
        VALUES ('delete', old.id, old.title, old.abstract, old.authors); END""",
    """CREATE TRIGGER paper_search_update AFTER UPDATE OF title, abstract, authors ON paper BEGIN
        INSERT INTO paper_search(paper_search, rowid, title, abstract, authors)
        VALUES ('delete', old.id, old.title, old.abstract, old.authors);
        INSERT INTO paper_search(rowid, title, abstract, authors)
        VALUES (new.id, new.title, new.abstract, new.authors); END""",
)
SEARCH_POSTGRESQL = (
    """CREATE INDEX paper_search ON paper USING gin (
        (setweight(to_tsvector('english', title), 'A') ||
         setweight(to_tsvector('english', authors), 'B') ||
         setweight(to_tsvector('english', abstract), 'C')))""",
)


def upgrade() -> None:
    """Make the tables, the search and the library's random name."""
    _make_tables()
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SEARCH_SQLITE if sqlite else SEARCH_POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """Drop them all; the search goes with the papers."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE paper_search")
    for table in ("listing", "alias", "paper", "setting"):
        op.drop_table(table)


def _make_tables() -> None:
    setting = op.create_table(
        "setting",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_setting"),
    )
    op.execute(setting.insert().values(key="library_id", value=uuid4().hex))
    op.create_table(
        "paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", ID, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_key", sa.Text(), nullable=False),
        sa.Column("abstract", sa.Text(), nullable=False),
        sa.Column("abstract_is_summary", sa.Boolean(), nullable=False),
        sa.Column("authors", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer()),
        sa.Column("published_at", TIME),
        sa.Column("venue", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("added_at", TIME, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_paper"),
        sa.UniqueConstraint("paper_id", name="uq_paper_paper_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_paper_added_at", "paper", ["added_at"])
    op.create_index("ix_paper_published_at", "paper", ["published_at"])
    op.create_index("ix_paper_revision", "paper", ["revision"])
    op.create_index("ix_paper_title_key", "paper", ["title_key"])
    op.create_table(
        "alias",
        sa.Column("alias", ID, nullable=False),
        sa.Column("paper", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["paper"], ["paper.id"], name="fk_alias_paper_paper"),
        sa.PrimaryKeyConstraint("alias", name="pk_alias"),
    )
    op.create_index("ix_alias_paper", "alias", ["paper"])
    op.create_table(
        "listing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("listed_at", TIME),
        sa.Column("byline", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("upvotes", sa.Integer()),
        sa.ForeignKeyConstraint(["paper"], ["paper.id"], name="fk_listing_paper_paper"),
        sa.PrimaryKeyConstraint("id", name="pk_listing"),
    )
    op.create_index("ix_listing_listed_at", "listing", ["listed_at"])
    op.create_index("ix_listing_paper", "listing", ["paper"])
