"""Undoes a merge: one paper becomes the two it was. See `Catalogue.undo_merge`."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from recommender.domain import Paper
from recommender.domain.identifiers import canonical_id, sort_identifiers
from recommender.errors import NothingToUndo
from recommender.store.catalogue.matching import (
    fingerprint,
    merge_papers,
    record_alias,
    scheme_rank,
    title_alias,
)
from recommender.store.catalogue.merge_history import find_merge
from recommender.store.catalogue.provenance import (
    filled_fields,
    paper_from_json,
    paper_to_json,
    remove_contribution,
)
from recommender.store.catalogue.writer import next_revision
from recommender.store.models import ALIAS, CONTRIBUTION, LISTING, PAPER, PAPER_MERGE, TOLD_APART
from recommender.store.paper_mapping import (
    listing_columns,
    load_papers,
    paper_columns,
    select_papers,
)


@dataclass(frozen=True, slots=True)
class UndoneMerge:
    """The ids of the two papers that a merge had made one: the kept one, and the other."""

    kept_id: str
    other_id: str


def undo_merge(connection: Connection, number: int, now: datetime) -> UndoneMerge:
    """Split a merged paper into its two; raises UnknownMerge, NothingToUndo."""
    row = find_merge(connection, number)
    if row.undone_at is not None:
        raise NothingToUndo(f"Merge {number} has been undone on {row.undone_at.date()}.")
    (today,) = load_papers(connection, select_papers(PAPER.c.id == row.key)).values()
    held = set(connection.scalars(select(ALIAS.c.alias).where(ALIAS.c.paper == row.key)))
    before = paper_from_json(row.before)
    back = [x for x in json.loads(row.aliases) if x in held and x != before.paper_id]
    left = held.difference(back)
    revision = next_revision(connection)
    kept = _kept(row, today, before, left)
    # The kept paper first: its id may be one that goes with the other.
    _rewrite(connection, row.key, kept, revision)
    other = _restore(connection, row, back, left, revision, now)
    result = UndoneMerge(kept.paper_id, other.paper_id)
    _keep_separated(connection, held, result)
    done = update(PAPER_MERGE).where(PAPER_MERGE.c.number == number).values(undone_at=now)
    connection.execute(done)
    _correct_later_merges(connection, row, set(back))
    return result


def _kept(row: Row[Any], today: Paper, before: Paper, left: Collection[str]) -> Paper:
    """Return the kept paper without what the other one gave it."""
    other = paper_from_json(row.other)
    kept = remove_contribution(today, before, merge_papers(before, other), other)
    named = sort_identifiers(x for x in left if not x.startswith("title:"))
    paper_id = today.paper_id if today.paper_id in left else before.paper_id
    best = canonical_id(named, kept.title)
    if scheme_rank(best) < scheme_rank(paper_id):
        paper_id = best
    versions = tuple(
        replace(x, identifiers=tuple(y for y in x.identifiers if y in left)) for x in kept.versions
    )
    return replace(
        kept, paper_id=paper_id, identifiers=named, versions=versions, added_at=before.added_at
    )


def _keep_separated(connection: Connection, held: Collection[str], parts: UndoneMerge) -> None:
    """Forbid merging the two again, or either with papers the merged one was kept from."""
    rows = connection.execute(select(TOLD_APART.c.one, TOLD_APART.c.other)).all()
    pairs = {(parts.kept_id, parts.other_id)}
    for one, other in rows:
        if (one in held) != (other in held):
            outside = other if one in held else one
            pairs |= {(parts.kept_id, outside), (parts.other_id, outside)}
    for one, other in sorted(pairs.difference((one, other) for one, other in rows)):
        connection.execute(insert(TOLD_APART).values(one=one, other=other))


def _correct_later_merges(connection: Connection, row: Row[Any], back: Collection[str]) -> None:
    """Take the restored paper out of later merges that recorded it as a part."""
    before, other = paper_from_json(row.before), paper_from_json(row.other)
    query = select(PAPER_MERGE.c.number, PAPER_MERGE.c.other, PAPER_MERGE.c.aliases).where(
        PAPER_MERGE.c.number > row.number,
        PAPER_MERGE.c.kind == "papers",
        PAPER_MERGE.c.undone_at.is_(None),
        PAPER_MERGE.c.aliases.contains(
            json.dumps(row.kept_id, ensure_ascii=False), autoescape=True
        ),
    )
    for later in connection.execute(query).all():
        whole = paper_from_json(later.other)
        part = remove_contribution(whole, before, merge_papers(before, other), other)
        left = tuple(x for x in whole.identifiers if x not in back)
        text = paper_to_json(replace(part, identifiers=left))
        where = PAPER_MERGE.c.number == later.number
        connection.execute(update(PAPER_MERGE).where(where).values(other=text))


def _rewrite(connection: Connection, key: int, kept: Paper, revision: int) -> None:
    columns = paper_columns(kept, revision)
    connection.execute(update(PAPER).where(PAPER.c.id == key).values(columns))
    connection.execute(delete(LISTING).where(LISTING.c.paper == key))
    _write_listings(connection, key, kept)


def _restore(
    connection: Connection,
    row: Row[Any],
    back: list[str],
    left: Collection[str],
    revision: int,
    now: datetime,
) -> Paper:
    """Store the other one as a paper of its own, under the ids that came with it."""
    record = paper_from_json(row.other)
    own = record_alias(record)
    wanted = [title_alias(record.title), fingerprint(record), own]
    free = [x for x in wanted if x not in left and not _is_taken(connection, x)]
    names = dict.fromkeys((*back, *free))
    named = sort_identifiers(x for x in back if not x.startswith("title:"))
    other = replace(
        record,
        paper_id=_id_among(names, record, named),
        identifiers=named,
        added_at=record.added_at or now,
    )
    connection.execute(insert(PAPER).values(paper_columns(other, revision)))
    key = connection.scalar(select(PAPER.c.id).where(PAPER.c.paper_id == other.paper_id)) or 0
    connection.execute(update(ALIAS).where(ALIAS.c.alias.in_(back)).values(paper=key))
    for alias in names:
        if alias not in back:
            connection.execute(insert(ALIAS).values(alias=alias, paper=key))
    connection.execute(update(ALIAS).where(ALIAS.c.alias == own).values(paper=key))
    _write_listings(connection, key, other)
    if row.kind == "record":
        _credit_all_fields(connection, row, other, back)
    return other


def _id_among(names: Collection[str], record: Paper, named: Collection[str]) -> str:
    """Return the best id of these for the paper that a record is."""
    if record.paper_id in names:
        return record.paper_id
    best = canonical_id(named, record.title)
    wanted = (best, fingerprint(record), record_alias(record), *names)
    return next(x for x in wanted if x in names)


def _is_taken(connection: Connection, alias: str) -> bool:
    return connection.scalar(select(ALIAS.c.alias).where(ALIAS.c.alias == alias)) is not None


def _write_listings(connection: Connection, key: int, paper: Paper) -> None:
    if paper.listings:
        rows = [listing_columns(key, x) for x in paper.listings]
        connection.execute(insert(LISTING), rows)


def _credit_all_fields(
    connection: Connection, row: Row[Any], other: Paper, back: list[str]
) -> None:
    """Record that the paper has all its fields from this record, not only those new at the time."""
    given = CONTRIBUTION.c.paper_id.in_(back)
    same = (CONTRIBUTION.c.origin == row.origin, CONTRIBUTION.c.line == row.line)
    moment = CONTRIBUTION.c.at == row.merged_at
    connection.execute(delete(CONTRIBUTION).where(given, *same, moment))
    fields = {"fields": " ".join(filled_fields(other)), "at": row.merged_at}
    values = {"paper_id": other.paper_id, "origin": row.origin, "line": row.line, **fields}
    connection.execute(insert(CONTRIBUTION).values(values))
