"""Who gave what, written beside the papers in the same transaction; see `resolver`.

Only what changes something is noted: a record that teaches a paper nothing
leaves no trace, so that an import again costs and keeps nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from recommender.domain import Paper
from recommender.store.catalogue.provenance import Origin, changed_fields, dump, fields_of
from recommender.store.models import ALIAS, CONTRIBUTION, ORIGIN, PAPER_MERGE, TOLD_APART


class Ledger:
    """Collects contributions and merges of one batch of records, and writes them at its end."""

    def __init__(self, connection: Connection, origin: Origin, now: datetime) -> None:
        self._connection = connection
        self._origin = origin
        self._now = now
        self._given: list[dict[str, Any]] = []
        self._merges: list[dict[str, Any]] = []

    def opened(self, record: Paper, paper_id: str, line: int) -> None:
        """Note a record that is a paper of its own."""
        self._give(paper_id, line, fields_of(record))

    def absorbed(
        self, before: Paper, after: Paper, other: Paper, aliases: Sequence[str], line: int
    ) -> None:
        """Note that `other`, a paper under these ids, became part of `before`."""
        self._merge("papers", before, other, aliases, changed_fields(before, after), line)

    def gave(
        self, before: Paper, after: Paper, record: Paper, learnt: Sequence[str], line: int
    ) -> None:
        """Note what a record gave a paper; under names of its own it can be parted again."""
        fields = changed_fields(before, after)
        if learnt:
            self._merge("record", before, record, learnt, fields, line)
        if fields:
            self._give(learnt[0] if learnt else before.paper_id, line, fields)

    def save(self) -> None:
        """Write all of it; the papers' aliases must stand by then."""
        if not self._given and not self._merges:
            return
        origin = origin_number(self._connection, self._origin)
        for table, rows in ((CONTRIBUTION, self._given), (PAPER_MERGE, self._merges)):
            if rows:
                self._connection.execute(insert(table), [{**x, "origin": origin} for x in rows])

    def _give(self, paper_id: str, line: int, fields: Iterable[str]) -> None:
        row = {"paper_id": paper_id, "line": line, "at": self._now, "fields": " ".join(fields)}
        self._given.append(row)

    def _merge(
        self,
        kind: str,
        before: Paper,
        other: Paper,
        aliases: Sequence[str],
        fields: Iterable[str],
        line: int,
    ) -> None:
        self._merges.append(
            {
                "kept_id": before.paper_id,
                "kind": kind,
                "before": dump(before),
                "other": dump(other),
                "aliases": json.dumps(list(aliases), ensure_ascii=False),
                "fields": " ".join(fields),
                "line": line,
                "merged_at": self._now,
                "undone_at": None,
            }
        )


def origin_number(connection: Connection, origin: Origin) -> int:
    """Return the number of a file or query, given now if it has none."""
    where = (ORIGIN.c.source == origin.source, ORIGIN.c.place == origin.place)
    known: int | None = connection.scalar(select(ORIGIN.c.number).where(*where))
    if known is None:
        connection.execute(insert(ORIGIN).values(source=origin.source, place=origin.place))
        known = connection.scalar(select(ORIGIN.c.number).where(*where))
    return known or 0


def told_apart(connection: Connection) -> dict[int, set[int]]:
    """Return ``{row key: row keys}`` of the papers a reader told apart; each pair both ways."""
    if connection.scalar(select(TOLD_APART.c.one).limit(1)) is None:
        return {}
    one, other = ALIAS.alias("one"), ALIAS.alias("other")
    query = (
        select(one.c.paper, other.c.paper)
        .select_from(TOLD_APART)
        .join(one, one.c.alias == TOLD_APART.c.one)
        .join(other, other.c.alias == TOLD_APART.c.other)
    )
    pairs: dict[int, set[int]] = {}
    for first, second in connection.execute(query).all():
        if first != second:
            pairs.setdefault(first, set()).add(second)
            pairs.setdefault(second, set()).add(first)
    return pairs
