"""Reads which record gave which field of a paper, and which merges there were."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from recommender.errors import UnknownMerge
from recommender.store.catalogue.provenance import (
    MULTI_VALUED,
    Contribution,
    Merge,
    Origin,
    paper_from_json,
)
from recommender.store.models import ALIAS, CONTRIBUTION, ORIGIN, PAPER, PAPER_MERGE
from recommender.store.paper_mapping import require


def provenance(connection: Connection, paper_id: str) -> tuple[Contribution, ...]:
    """Return what each record gave a paper, oldest first; see `Catalogue.provenance`."""
    today = require(connection, [paper_id])[paper_id]
    given = connection.execute(_contributions(today)).all()
    remaining = _fields_left(given, connection.execute(_joins(today)).all())
    last = {x: row.number for row in given for x in remaining[row.number] if x not in MULTI_VALUED}
    contributions = []
    for row in given:
        fields = (x for x in remaining[row.number] if last.get(x, row.number) == row.number)
        origin = Origin(row.source, row.place)
        one = Contribution(origin, row.line, row.at, tuple(fields), row.paper_id)
        if one.fields:
            contributions.append(one)
    return tuple(contributions)


def _contributions(paper_id: str) -> Select[Any]:
    return (
        select(CONTRIBUTION, ORIGIN.c.source, ORIGIN.c.place)
        .join(ORIGIN, ORIGIN.c.number == CONTRIBUTION.c.origin)
        .join(ALIAS, ALIAS.c.alias == CONTRIBUTION.c.paper_id)
        .join(PAPER, PAPER.c.id == ALIAS.c.paper)
        .where(PAPER.c.paper_id == paper_id)
        .order_by(CONTRIBUTION.c.at, CONTRIBUTION.c.number)
    )


def _joins(paper_id: str) -> Select[Any]:
    """Return a query for the merges in force of two papers that became this one."""
    return (
        select(PAPER_MERGE)
        .join(ALIAS, ALIAS.c.alias == PAPER_MERGE.c.kept_id)
        .join(PAPER, PAPER.c.id == ALIAS.c.paper)
        .where(PAPER.c.paper_id == paper_id, PAPER_MERGE.c.kind == "papers")
        .where(PAPER_MERGE.c.undone_at.is_(None))
        .order_by(PAPER_MERGE.c.number)
    )


def _fields_left(given: Iterable[Row[Any]], joins: Iterable[Row[Any]]) -> dict[int, list[str]]:
    """Return each contribution's fields without those that a merge of two papers set aside."""
    fields = {row.number: row.fields.split() for row in given}
    for join in joins:
        names, taken = set(json.loads(join.aliases)), {*join.fields.split(), *MULTI_VALUED}
        for row in given:
            if row.paper_id in names and row.at <= join.merged_at:
                fields[row.number] = [x for x in fields[row.number] if x in taken]
    return fields


def merges(connection: Connection, paper_id: str | None, limit: int | None) -> list[Merge]:
    """Return merges, the newest first; of one paper or of all."""
    query = _select_merges().order_by(PAPER_MERGE.c.number.desc()).limit(limit)
    if paper_id is not None:
        query = query.where(PAPER.c.paper_id == require(connection, [paper_id])[paper_id])
    return [_merge(row) for row in connection.execute(query)]


def find_merge(connection: Connection, number: int) -> Row[Any]:
    """Return the row of a merge with its current paper; raises UnknownMerge."""
    row = connection.execute(_select_merges().where(PAPER_MERGE.c.number == number)).first()
    if row is None:
        raise UnknownMerge(f"There is no merge {number}; `paperloop merges ls` lists them.")
    return row


def _select_merges() -> Select[Any]:
    return (
        select(
            PAPER_MERGE,
            ORIGIN.c.source,
            ORIGIN.c.place,
            PAPER.c.id.label("key"),
            PAPER.c.paper_id,
            PAPER.c.title,
        )
        .join(ORIGIN, ORIGIN.c.number == PAPER_MERGE.c.origin)
        .join(ALIAS, ALIAS.c.alias == PAPER_MERGE.c.kept_id)
        .join(PAPER, PAPER.c.id == ALIAS.c.paper)
    )


def _merge(row: Row[Any]) -> Merge:
    other = paper_from_json(row.other)
    return Merge(
        number=row.number,
        paper_id=row.paper_id,
        title=row.title,
        other_id=other.paper_id or json.loads(row.aliases)[0],
        other_title=other.title,
        joined=row.kind == "papers",
        origin=Origin(row.source, row.place),
        line=row.line,
        merged_at=row.merged_at,
        undone_at=row.undone_at,
    )
