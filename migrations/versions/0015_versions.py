"""A paper holds all versions of a work; titles are looked up without their subtitles."""

from __future__ import annotations

import hashlib
import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

PAPER = sa.table("paper", *(sa.column(x) for x in ("id", "title", "main_title_key")))
NOT_WORD = re.compile(r"[\W_]+")
SUBTITLE = re.compile(r"[:：?!]\s|\s[-–—]{1,3}\s|(?<=\w\w\w\w)\.\s")
GENRES = re.compile(
    r"(?:book )?reviews?|editorials?|prefaces?|forewords?|introductions?|letters?|news|abstracts?"
    r"|comment(?:ary|aries|s)?(?: on| to)?|reply(?: to)?|response(?: to)?|discussions?"
    r"|obituar(?:y|ies)|in memoriam|announcements?|corrections?(?: to)?|corrigend(?:um|a)(?: to)?"
    r"|errat(?:um|a)(?: to| for)?|addend(?:um|a)(?: to)?|withdrawn"
    r"|retract(?:ion|ed)(?: article| note| notice)?(?: to| of)?|proceedings|overview|conclusions?"
    r"|contents|table of contents|appendix|index|notes?|(?:annual )?report|tutorial|poster|keynote"
)


def words_of(title: str) -> list[str]:
    """Return the words of a title in lower case without accents, as of this version."""
    decomposed = unicodedata.normalize("NFKD", title)
    folded = unicodedata.normalize("NFKD", decomposed.casefold())
    plain = "".join(c for c in folded if not unicodedata.combining(c))
    return NOT_WORD.sub(" ", plain).split()


def key_of(title: str) -> str:
    """Return the key of a title, as of this version."""
    words = words_of(title)
    spoken = "".join(x for x in words if x != "and") or "".join(words) or title.strip()
    return hashlib.sha256(spoken.encode()).hexdigest()[:16]


def main_key_of(title: str) -> str:
    """Return the key of a title without its subtitle, unless that would name a genre only."""
    main = SUBTITLE.split(title, maxsplit=1)[0]
    whole = main == title or not main.strip() or GENRES.fullmatch(" ".join(words_of(main)))
    return key_of(title if whole else main)


def upgrade() -> None:
    """Add the columns, empty; give each title with a subtitle the key without it."""
    op.add_column("paper", sa.Column("main_title_key", sa.Text()))
    op.add_column("paper", sa.Column("version", sa.Integer()))
    op.add_column("paper", sa.Column("versions", sa.Text()))
    op.create_index("ix_paper_main_title_key", "paper", ["main_title_key"])
    connection = op.get_bind()
    for paper in connection.execute(sa.select(PAPER.c.id, PAPER.c.title)).all():
        main_key = main_key_of(paper.title)
        if main_key != key_of(paper.title):
            keyed = sa.update(PAPER).where(PAPER.c.id == paper.id).values(main_title_key=main_key)
            connection.execute(keyed)


def downgrade() -> None:
    """Take them back; only the shown version of each work stays."""
    op.drop_index("ix_paper_main_title_key", table_name="paper")
    for name in ("versions", "version", "main_title_key"):
        op.drop_column("paper", name)
