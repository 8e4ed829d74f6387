"""A paper keeps the citation key, volume, pages, keywords and the like of its reference list."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; papers that are there have neither until a list is imported again."""
    for name in ("citation_key", "details"):
        empty = sa.Column(name, sa.Text(), nullable=False, server_default=sa.text("''"))
        op.add_column("paper", empty)
    op.create_index("ix_paper_citation_key", "paper", ["citation_key"])


def downgrade() -> None:
    """Take them back, and what stands in them."""
    op.drop_index("ix_paper_citation_key", table_name="paper")
    for name in ("details", "citation_key"):
        op.drop_column("paper", name)
