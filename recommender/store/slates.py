"""Slates and their impressions, between their tables and their records."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from math import isnan, nan
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, insert, select

from recommender.domain import Reason, Recommendation, SharedPaper, Slate
from recommender.errors import StoreError
from recommender.store.models import ALIAS, EVENT, IMPRESSION, PAPER, READER, SLATE
from recommender.store.paper_mapping import by_alias, chunks, require
from recommender.store.readers import find_interest, find_reader

# Statements of every request are built once: building takes longer than the database does.
_READER_AND_OWNER = select(
    READER.c.reader_id,
    select(SLATE.c.reader_id)
    .where(SLATE.c.slate_id == bindparam("slate"))
    .scalar_subquery()
    .label("owner"),
).where(READER.c.reader_id == bindparam("reader"))
_ANSWERED_AS = ALIAS.alias()
_NEW_SLATE = insert(SLATE).returning(SLATE.c.number)
_NEW_IMPRESSIONS = insert(IMPRESSION)
_as_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def record(connection: Connection, slate: Slate) -> None:
    """Store a checked slate and its impressions, unless it is there already."""
    asked = {"slate": slate.slate_id, "reader": slate.reader_id}
    row = connection.execute(_READER_AND_OWNER, asked).first()
    if row is None:  # by name, or unknown
        asked["reader"] = find_reader(connection, slate.reader_id).reader_id
        row = connection.execute(_READER_AND_OWNER, asked).one()
    reader_id, owner = row
    if owner is not None:
        if owner != reader_id:
            raise StoreError(f"Slate {slate.slate_id[:80]!r} was shown to another reader.")
        return
    interest_id = slate.interest_id
    if interest_id is not None:
        interest_id = find_interest(connection, reader_id, interest_id).interest_id
    canonical = require(connection, [x.paper_id for x in slate.items])
    columns = {
        "slate_id": slate.slate_id,
        "reader_id": reader_id,
        "interest_id": interest_id,
        "surface": slate.surface,
        "model": slate.model,
        "created_at": slate.created_at,
    }
    number = connection.scalar(_NEW_SLATE, columns)
    impressions = [{"slate": number, **_columns(x, canonical[x.paper_id])} for x in slate.items]
    if impressions:
        connection.execute(_NEW_IMPRESSIONS, impressions)


def get(connection: Connection, slate_id: str) -> Slate | None:
    """Return one slate, or None."""
    rows = connection.execute(select(SLATE).where(SLATE.c.slate_id == slate_id)).all()
    return next(iter(_slates(connection, rows)), None)


def newest(connection: Connection, reader_id: str, surface: str | None, limit: int) -> list[Slate]:
    """Return a reader's newest slates first."""
    query = select(SLATE).where(SLATE.c.reader_id == reader_id)
    if surface is not None:
        query = query.where(SLATE.c.surface == surface)
    query = query.order_by(SLATE.c.number.desc()).limit(max(limit, 0))
    return _slates(connection, connection.execute(query).all())


def scores(connection: Connection, slate_ids: Iterable[str]) -> dict[str, dict[str, float]]:
    """Return ``{slate id: {current paper id: score}}`` of what was ranked by a history."""
    scores: dict[str, dict[str, float]] = {}
    query = (
        select(SLATE.c.slate_id, PAPER.c.paper_id, IMPRESSION.c.score)
        .join(IMPRESSION, IMPRESSION.c.slate == SLATE.c.number)
        .join(ALIAS, ALIAS.c.alias == IMPRESSION.c.paper_id)
        .join(PAPER, PAPER.c.id == ALIAS.c.paper)
        .where(IMPRESSION.c.interest_id.is_not(None))
    )
    for some in chunks(slate_ids):
        for row in connection.execute(query.where(SLATE.c.slate_id.in_(some))):
            scores.setdefault(row.slate_id, {})[row.paper_id] = row.score
    return scores


def answered_shared_papers(connection: Connection, reader_id: str) -> list[SharedPaper]:
    """Return the papers of shared slates that have events of their slate, oldest slate first."""
    query = (
        select(
            SLATE.c.number,
            SLATE.c.slate_id,
            SLATE.c.created_at,
            IMPRESSION.c.position,
            PAPER.c.paper_id,
            IMPRESSION.c.team,
        )
        .distinct()  # a paper may have several events
        .join(IMPRESSION, IMPRESSION.c.slate == SLATE.c.number)
        .join(ALIAS, ALIAS.c.alias == IMPRESSION.c.paper_id)
        .join(PAPER, PAPER.c.id == ALIAS.c.paper)
        .join(_ANSWERED_AS, _ANSWERED_AS.c.paper == PAPER.c.id)
        .join(
            EVENT,
            and_(EVENT.c.paper_id == _ANSWERED_AS.c.alias, EVENT.c.slate_id == SLATE.c.slate_id),
        )
        .where(SLATE.c.reader_id == reader_id, EVENT.c.reader_id == reader_id)
        .where(IMPRESSION.c.team != "")
        .order_by(SLATE.c.number, IMPRESSION.c.position)
    )
    rows = connection.execute(query)
    return [SharedPaper(x.slate_id, x.created_at, x.paper_id, x.team) for x in rows]


def _slates(connection: Connection, rows: Sequence[Row[Any]]) -> list[Slate]:
    items: dict[int, list[Recommendation]] = {row.number: [] for row in rows}
    query = (
        select(IMPRESSION, PAPER.c.paper_id.label("canonical_id"), PAPER.c.title)
        .join(ALIAS, ALIAS.c.alias == IMPRESSION.c.paper_id)
        .join(PAPER, PAPER.c.id == ALIAS.c.paper)
        .order_by(IMPRESSION.c.slate, IMPRESSION.c.position)
    )
    for some in chunks(items):
        found = connection.execute(query.where(IMPRESSION.c.slate.in_(some))).all()
        drawn_from = [json.loads(row.drawn_from) if row.drawn_from else {} for row in found]
        today = by_alias(connection, list({x for scores in drawn_from for x in scores}))
        for row, scores in zip(found, drawn_from, strict=True):
            items[row.slate].append(_item(row, _under_ids_of_today(scores, today)))
    return [
        Slate(
            slate_id=row.slate_id,
            reader_id=row.reader_id,
            interest_id=row.interest_id,
            surface=row.surface,
            model=row.model,
            created_at=row.created_at,
            items=tuple(items[row.number]),
        )
        for row in rows
    ]


def _columns(item: Recommendation, paper_id: str) -> dict[str, Any]:
    return {
        "position": item.rank,
        "paper_id": paper_id,
        "interest_id": item.interest_id,
        "score": float(item.score),
        "parts": _parts_text(item.parts),
        "propensity": float(item.propensity),
        "reasons": _as_json([_reason_columns(x) for x in item.reasons]),
        "chance": None if item.chance is None else float(item.chance),
        "team": item.team,
        "drawn_from": json.dumps(dict(item.drawn_from)) if item.drawn_from else None,
    }


def _under_ids_of_today(scores: Mapping[str, float], today: Mapping[str, str]) -> dict[str, float]:
    """Return scores by today's ids; of papers that were merged since, the last id's score."""
    return {today[x]: score for x, score in sorted(scores.items()) if x in today}


def _reason_columns(reason: Reason) -> dict[str, Any]:
    return {
        "kind": reason.kind,
        "text": reason.text,
        "paper_id": reason.paper_id,
        "words": reason.words,
    }


def _item(row: Row[Any], drawn_from: Mapping[str, float]) -> Recommendation:
    reasons = [{**x, "words": tuple(x["words"])} for x in json.loads(row.reasons)]
    parts = {k: nan if v is None else v for k, v in json.loads(row.parts).items()}
    return Recommendation(
        rank=row.position,
        paper_id=row.canonical_id,
        title=row.title,
        score=row.score,
        parts=parts,
        reasons=tuple(Reason(**x) for x in reasons),
        propensity=row.propensity,
        interest_id=row.interest_id,
        chance=row.chance,
        drawn_from=drawn_from,
        team=row.team,
    )


def _parts_text(parts: Mapping[str, float]) -> str:
    plain = {k: None if isnan(v) else float(v) for k, v in parts.items()}
    return _as_json(plain)
