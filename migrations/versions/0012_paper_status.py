"""Whether a paper is retracted, withdrawn, doubted or corrected, and what is no paper at all."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from recommender.domain.title_status import statements_of

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SAID = (
    "says IN ('retracted', 'withdrawn', 'concern', 'corrected', 'retraction-notice',"
    " 'concern-notice', 'erratum', 'editorial', 'paratext', 'other', 'cleared')"
)
PAPER = sa.table(
    "paper", *(sa.column(x) for x in ("id", "paper_id", "title", "abstract", "revision"))
)
BATCH = 1_000


def upgrade() -> None:
    """Make the table, and read from titles what they say."""
    made = op.create_table(
        "paper_status",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subject", ID, nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("said_at", TIME, nullable=True),
        sa.Column("recorded_at", TIME, nullable=False),
        sa.CheckConstraint(SAID, name=op.f("ck_paper_status_says_known")),
        sa.PrimaryKeyConstraint("number", name="pk_paper_status"),
        sa.UniqueConstraint(
            "subject", "says", "source", "link", name="uq_paper_status_subject_says_source_link"
        ),
        sqlite_autoincrement=True,
    )
    connection = op.get_bind()
    now = datetime.now(UTC)
    common = {"said_at": None, "recorded_at": now}
    known: set[tuple[str, ...]] = set()
    newest = sa.select(sa.func.coalesce(sa.func.max(PAPER.c.revision), 0))
    revision = (connection.scalar(newest) or 0) + 1
    last = 0
    while True:
        query = sa.select(PAPER).where(PAPER.c.id > last).order_by(PAPER.c.id).limit(BATCH)
        papers = connection.execute(query).all()
        if not papers:
            return
        last = papers[-1].id
        said = [(x, y) for x in papers for y in statements_of(x.title, x.abstract)]
        for paper, one in said:
            row = {"subject": one.subject or paper.paper_id, "says": one.says}
            by_id = one.subject and not paper.paper_id.startswith("title:")
            row |= {"source": one.source, "link": paper.paper_id if by_id else ""}
            # Two notices without an id may name one work by its title.
            if tuple(row.values()) not in known:
                known.add(tuple(row.values()))
                connection.execute(sa.insert(made).values(row | common))
            changed = sa.update(PAPER).where(PAPER.c.id == paper.id)
            connection.execute(changed.values(revision=revision))


def downgrade() -> None:
    """Drop it; what sources said is forgotten."""
    op.drop_table("paper_status")
