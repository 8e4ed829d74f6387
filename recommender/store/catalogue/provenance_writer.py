"""Writes the provenance of papers in the same transaction as the papers; see `resolver`.

Only changes are recorded: a record that adds nothing to a paper leaves no
trace, so that importing a file twice costs and keeps nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from recommender.domain import Paper
from recommender.store.catalogue.provenance import (
    Origin,
    changed_fields,
    filled_fields,
    paper_to_json,
)
from recommender.store.models import ALIAS, CONTRIBUTION, ORIGIN, PAPER_MERGE, TOLD_APART


class ProvenanceWriter:
    """Collects contributions and merges of one batch of records, and writes them at its end."""

    def __init__(self, connection: Connection, origin: Origin, now: datetime) -> None:
        self._connection = connection
        self._origin = origin
        self._now = now
        self._contributions: list[dict[str, Any]] = []
        self._merges: list[dict[str, Any]] = []

    def record_new(self, record: Paper, paper_id: str, line: int) -> None:
        """Record a new paper."""
        self._contribute(paper_id, line, filled_fields(record))

    def record_merge(
        self, before: Paper, after: Paper, other: Paper, aliases: Sequence[str], line: int
    ) -> None:
        """Record that `other`, a paper under these ids, was merged into `before`."""
        self._merge("papers", before, other, aliases, _given(before, after, other), line)

    def record_contribution(
        self, before: Paper, after: Paper, record: Paper, aliases: Sequence[str], line: int
    ) -> None:
        """Record what a record added to a paper; one with ids of its own can be unmerged."""
        fields = _given(before, after, record)
        if aliases:
            self._merge("record", before, record, aliases, fields, line)
        if fields:
            self._contribute(aliases[0] if aliases else before.paper_id, line, fields)

    def save(self) -> None:
        """Write all of it; the papers' aliases must stand by then."""
        if not self._contributions and not self._merges:
            return
        origin = origin_number(self._connection, self._origin)
        for table, rows in ((CONTRIBUTION, self._contributions), (PAPER_MERGE, self._merges)):
            if rows:
                self._connection.execute(insert(table), [{**x, "origin": origin} for x in rows])

    def _contribute(self, paper_id: str, line: int, fields: Iterable[str]) -> None:
        row = {"paper_id": paper_id, "line": line, "at": self._now, "fields": " ".join(fields)}
        self._contributions.append(row)

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
                "before": paper_to_json(before),
                "other": paper_to_json(other),
                "aliases": json.dumps(list(aliases), ensure_ascii=False),
                "fields": " ".join(fields),
                "line": line,
                "merged_at": self._now,
                "undone_at": None,
            }
        )


def _given(before: Paper, after: Paper, record: Paper) -> tuple[str, ...]:
    """Return the fields that a record changed.

    A key that was made of the paper is not the record's own. A count that has only grown is
    not recorded: it does so with every fetch.
    """
    left_out = set()
    if after.citation_key != record.citation_key:
        left_out.add("citation_key")
    if before.citations is not None:
        left_out.add("citations")
    return tuple(x for x in changed_fields(before, after) if x not in left_out)


def origin_number(connection: Connection, origin: Origin) -> int:
    """Return the number of a file or query, given now if it has none."""
    where = (ORIGIN.c.source == origin.source, ORIGIN.c.place == origin.place)
    known: int | None = connection.scalar(select(ORIGIN.c.number).where(*where))
    if known is None:
        connection.execute(insert(ORIGIN).values(source=origin.source, place=origin.place))
        known = connection.scalar(select(ORIGIN.c.number).where(*where))
    return known or 0


def separated_papers(connection: Connection) -> dict[int, set[int]]:
    """Return ``{row key: row keys}`` of papers that may not be merged; each pair both ways."""
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
