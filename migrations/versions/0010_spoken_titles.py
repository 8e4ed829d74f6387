"""Titles are known by their letters alone: where words are parted no longer counts."""

from __future__ import annotations

import hashlib
import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

PAPER = sa.table("paper", *(sa.column(x) for x in ("id", "title", "title_key")))
ALIAS = sa.table("alias", sa.column("alias"), sa.column("paper"))
NOT_WORD = re.compile(r"[\W_]+")


def words_of(title: str) -> list[str]:
    """Return the words of a title in lower case without accents, as of this version."""
    decomposed = unicodedata.normalize("NFKD", title)
    folded = unicodedata.normalize("NFKD", decomposed.casefold())
    plain = "".join(c for c in folded if not unicodedata.combining(c))
    return NOT_WORD.sub(" ", plain).split()


def digest(text: str) -> str:
    """Return the 16 digits that stand for a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def spoken(title: str) -> str:
    """Return the new key of a title."""
    words = words_of(title)
    return digest("".join(x for x in words if x != "and") or "".join(words) or title.strip())


def written(title: str) -> str:
    """Return the former key of a title."""
    return digest(" ".join(words_of(title)) or title.strip())


def upgrade() -> None:
    """Give every paper its new key, and an id by title where it had one of the former."""
    connection = op.get_bind()
    for paper in connection.execute(sa.select(PAPER)).all():
        rekey(connection, paper.id, spoken(paper.title))
        former = sa.select(ALIAS.c.paper).where(ALIAS.c.alias == f"title:{paper.title_key}")
        if connection.scalar(former) == paper.id:
            alias = f"title:{spoken(paper.title)}"
            taken = connection.scalar(sa.select(ALIAS.c.paper).where(ALIAS.c.alias == alias))
            if taken is None:
                connection.execute(sa.insert(ALIAS).values(alias=alias, paper=paper.id))


def downgrade() -> None:
    """Give back the former keys; the further ids stay, and name what they named."""
    connection = op.get_bind()
    for paper in connection.execute(sa.select(PAPER)).all():
        rekey(connection, paper.id, written(paper.title))


def rekey(connection: sa.Connection, paper: int, key: str) -> None:
    """Write the key of one paper."""
    connection.execute(sa.update(PAPER).where(PAPER.c.id == paper).values(title_key=key))
