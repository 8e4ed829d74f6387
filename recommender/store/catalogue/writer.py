"""Staged changes to papers, and the few statements that write them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from recommender.domain import Paper, StatusStatement
from recommender.store.models import ALIAS, LISTING, PAPER, PAPER_STATUS
from recommender.store.paper_mapping import (
    chunks,
    listing_columns,
    paper_columns,
    status_columns,
)

_SAID = ("subject", "says", "source", "link")


@dataclass(slots=True, eq=False)
class StagedPaper:
    """A paper with unwritten changes, numbered as it came; `key` is its row, None while new."""

    paper: Paper
    number: int
    key: int | None = None
    stored: Paper | None = None
    new_aliases: list[str] = field(default_factory=list)
    merged_keys: list[int] = field(default_factory=list)
    into: StagedPaper | None = None

    @property
    def final(self) -> StagedPaper:
        """The staged paper that this one was merged into, or itself."""
        return self if self.into is None else self.into.final

    @property
    def changed(self) -> bool:
        """True when something has to be written."""
        return bool(self.paper != self.stored or self.new_aliases or self.merged_keys)


def save(connection: Connection, staged: Iterable[StagedPaper]) -> None:
    """Write every paper that changed, under the next revision."""
    changed = [f for f in staged if f.into is None and f.changed]
    if not changed:
        return
    revision = next_revision(connection)
    _drop_merged(connection, changed)
    _insert(connection, [f for f in changed if f.key is None], revision)
    _update(connection, [f for f in changed if f.stored is not None], revision)
    aliases = [{"alias": x, "paper": f.key} for f in changed for x in f.new_aliases]
    _write(connection, ALIAS, aliases)
    _save_listings(connection, changed)


def save_statements(
    connection: Connection, statements: Iterable[tuple[str, StatusStatement]]
) -> None:
    """Write pairs of a work's id and what is said of it; those that are known stay as they are."""
    rows = [status_columns(subject, one) for subject, one in statements]
    known: set[tuple[str, ...]] = set()
    for some in chunks(x["subject"] for x in rows):
        query = select(PAPER_STATUS).where(PAPER_STATUS.c.subject.in_(some))
        known |= {tuple(getattr(x, y) for y in _SAID) for x in connection.execute(query)}
    fresh = {tuple(x[y] for y in _SAID): x for x in reversed(rows)}
    _write(connection, PAPER_STATUS, [x for key, x in reversed(fresh.items()) if key not in known])


def drop_statement(
    connection: Connection, subjects: Sequence[str], source: str, key: tuple[str, str]
) -> bool:
    """Delete what a source said of a work, by its ids; return whether it had said it."""
    says, link = key
    where = (
        PAPER_STATUS.c.subject.in_(subjects),
        PAPER_STATUS.c.source == source,
        PAPER_STATUS.c.says == says,
        PAPER_STATUS.c.link == link,
    )
    return connection.execute(delete(PAPER_STATUS).where(*where)).rowcount > 0


def next_revision(connection: Connection) -> int:
    """Return the number above every change of the library so far."""
    return (connection.scalar(select(func.max(PAPER.c.revision))) or 0) + 1


def _drop_merged(connection: Connection, staged: Iterable[StagedPaper]) -> None:
    for paper in staged:
        if not paper.merged_keys:
            continue
        old = paper.merged_keys
        moved = update(ALIAS).where(ALIAS.c.paper.in_(old)).values(paper=paper.key)
        connection.execute(moved)
        connection.execute(delete(LISTING).where(LISTING.c.paper.in_(old)))
        connection.execute(delete(PAPER).where(PAPER.c.id.in_(old)))


def _insert(connection: Connection, staged: Sequence[StagedPaper], revision: int) -> None:
    _write(connection, PAPER, [paper_columns(f.paper, revision) for f in staged])
    keys: dict[str, int] = {}
    for some in chunks(f.paper.paper_id for f in staged):
        query = select(PAPER.c.paper_id, PAPER.c.id).where(PAPER.c.paper_id.in_(some))
        keys |= {row.paper_id: row.id for row in connection.execute(query)}
    for one in staged:
        one.key = keys[one.paper.paper_id]


def _update(connection: Connection, staged: Sequence[StagedPaper], revision: int) -> None:
    rows = [{**paper_columns(f.paper, revision), "row_key": f.key} for f in staged]
    if rows:
        connection.execute(update(PAPER).where(PAPER.c.id == bindparam("row_key")), rows)


def _save_listings(connection: Connection, staged: Sequence[StagedPaper]) -> None:
    rewritten = [f for f in staged if f.stored and f.stored.listings != f.paper.listings]
    for some in chunks(f.key for f in rewritten):
        connection.execute(delete(LISTING).where(LISTING.c.paper.in_(some)))
    fresh = [*rewritten, *(f for f in staged if f.stored is None)]
    rows = [listing_columns(f.key or 0, x) for f in fresh for x in f.paper.listings]
    _write(connection, LISTING, rows)


def _write(connection: Connection, table: Any, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)
