"""The weekly digests exactly as composed, and which papers stood in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select

from recommender.errors import StoreError
from recommender.store.database import Database
from recommender.store.models import ALIAS, DIGEST, DIGEST_ENTRY, PAPER
from recommender.store.paper_mapping import require
from recommender.store.readers import find_reader

_WEEK = re.compile(
    r"\d{4}-(?:W(?:0[1-9]|[1-4]\d|5[0-3])|(?:0[1-9]|1[0-2])-(?:[0-2]\d|3[01]))", re.ASCII
)


class Digests:
    """Keeps one digest for each reader and week; nothing but forgetting the reader deletes one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, reader_id: str, week: str) -> str | None:
        """Return the manifest of a week, character for character, or None."""
        with self._database.read() as connection:
            return _manifest(connection, reader_id, week)

    def save(
        self,
        reader_id: str,
        week: str,
        manifest_json: str,
        paper_ids: Sequence[str],
        now: datetime,
    ) -> str:
        """Store a week's digest, unless there is one: the first to write wins.

        Parameters
        ----------
        week
            An ISO week such as ``2026-W47``, or a day such as ``2026-11-16``.
        paper_ids
            The papers that stand in it, any ids.

        Returns
        -------
        str
            The manifest that is stored now, which may be another writer's.

        Raises
        ------
        UnknownReader, UnknownPaper
            The reader or a paper is not there.
        StoreError
            The week is not written like one.
        """
        if not _WEEK.fullmatch(week):
            raise StoreError(
                f"A week is written like 2026-W47, a day like 2026-11-16, not {week[:40]!r}."
            )
        with self._database.write() as connection:
            reader = find_reader(connection, reader_id).reader_id
            stored = _manifest(connection, reader, week)
            if stored is not None:
                return stored
            papers = set(require(connection, paper_ids).values())
            columns = {"reader_id": reader, "week": week, "manifest": manifest_json}
            new = insert(DIGEST).values(created_at=now, **columns).returning(DIGEST.c.number)
            number = connection.scalar(new)
            entries = [{"digest": number, "paper_id": x} for x in sorted(papers)]
            if entries:
                connection.execute(insert(DIGEST_ENTRY), entries)
        return manifest_json

    def weeks(self, reader_id: str) -> list[str]:
        """Return the weeks that a reader has a digest of, oldest first."""
        query = select(DIGEST.c.week).where(DIGEST.c.reader_id == reader_id)
        with self._database.read() as connection:
            return list(connection.scalars(query.order_by(DIGEST.c.week)))

    def shown(self, reader_id: str, before_week: str | None = None) -> set[str]:
        """Return the canonical ids of all papers in a reader's digests.

        Parameters
        ----------
        before_week
            Only digests of earlier weeks than this one; None for all.
        """
        query = (
            select(PAPER.c.paper_id)
            .join(ALIAS, ALIAS.c.paper == PAPER.c.id)
            .join(DIGEST_ENTRY, DIGEST_ENTRY.c.paper_id == ALIAS.c.alias)
            .join(DIGEST, DIGEST.c.number == DIGEST_ENTRY.c.digest)
            .where(DIGEST.c.reader_id == reader_id)
        )
        if before_week is not None:
            query = query.where(DIGEST.c.week < before_week)
        with self._database.read() as connection:
            return set(connection.scalars(query))


def _manifest(connection: Connection, reader_id: str, week: str) -> str | None:
    mine = (DIGEST.c.reader_id == reader_id, DIGEST.c.week == week)
    return connection.scalar(select(DIGEST.c.manifest).where(*mine))
