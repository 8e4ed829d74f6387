"""What a reader has noted of papers for themselves: how far it is read, and tags.

A mark says nothing of liking: no model reads it.
"""

from __future__ import annotations

import builtins
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from recommender.errors import StoreError
from recommender.store.database import Database
from recommender.store.models import ALIAS, MARK, PAPER
from recommender.store.paper_mapping import chunks, require
from recommender.store.readers import find_reader
from recommender.store.slugs import name_key
from recommender.store.validation import checked_name

STATUSES = ("to-read", "reading", "read")
"""How far a paper is read; ``""`` is said of nothing."""

MOST_TAGS = 50
"""Tags of one paper."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A reader's mark on one paper.

    `status` is of `STATUSES` or ``""``, `tags` are in the order they were given,
    and `at` is when it last changed, None for one that was never stored.
    """

    status: str = ""
    tags: tuple[str, ...] = ()
    at: datetime | None = field(default=None, compare=False)

    def tagged(self, tag: str) -> Mark:
        """Return the mark with a tag; one that differs in case only is the same tag."""
        if name_key(tag) in map(name_key, self.tags):
            return self
        return replace(self, tags=(*self.tags, tag))

    def untagged(self, tag: str) -> Mark:
        """Return the mark without a tag, in whatever case it is written."""
        gone = name_key(tag)
        return replace(self, tags=tuple(x for x in self.tags if name_key(x) != gone))


class Marks:
    """Keeps one mark for each reader and paper; every method raises UnknownReader."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, reader_id: str) -> dict[str, Mark]:
        """Return every mark of a reader by canonical paper id, the newest first.

        Of papers that became one, the newest status counts, and all tags do.
        """
        with self._database.read() as connection:
            reader = find_reader(connection, reader_id).reader_id
            return _marks(connection, reader)

    def tags(self, reader_id: str) -> builtins.list[str]:
        """Return every tag a reader uses, in the order of the alphabet."""
        used = {name_key(t): t for mark in self.all(reader_id).values() for t in mark.tags}
        return [used[key] for key in sorted(used)]

    def status(
        self, reader_id: str, paper_ids: Sequence[str], status: str, now: datetime
    ) -> dict[str, Mark]:
        """Say how far papers are read; returns the marks they had before, for `put`.

        Raises
        ------
        UnknownPaper
            An id is no paper's; nothing was changed.
        StoreError
            The status is neither of `STATUSES` nor empty.
        """
        _check(Mark(status))
        return self._change(reader_id, paper_ids, lambda x: replace(x, status=status), now)

    def tag(
        self, reader_id: str, paper_ids: Sequence[str], tag: str, now: datetime
    ) -> dict[str, Mark]:
        """Add a tag to papers; returns the marks they had before, for `put`.

        Raises UnknownPaper, or StoreError on an empty tag or too many.
        """
        tag = checked_name(tag, "Tag")
        return self._change(reader_id, paper_ids, lambda x: x.tagged(tag), now)

    def untag(
        self, reader_id: str, paper_ids: Sequence[str], tag: str, now: datetime
    ) -> dict[str, Mark]:
        """Take a tag off papers; returns the marks they had before, for `put`."""
        return self._change(reader_id, paper_ids, lambda x: x.untagged(tag), now)

    def put(self, reader_id: str, marks: Mapping[str, Mark], now: datetime) -> None:
        """Give papers these marks in the place of theirs; an empty mark deletes.

        Raises UnknownPaper or StoreError; nothing was changed then.
        """
        for mark in marks.values():
            _check(mark)
        with self._database.write() as connection:
            reader = find_reader(connection, reader_id).reader_id
            known = require(connection, marks)
            _write(connection, reader, {known[x]: mark for x, mark in marks.items()}, now)

    def _change(
        self,
        reader_id: str,
        paper_ids: Iterable[str],
        changed: Callable[[Mark], Mark],
        now: datetime,
    ) -> dict[str, Mark]:
        with self._database.write() as connection:
            reader = find_reader(connection, reader_id).reader_id
            held = _marks(connection, reader)
            known = dict.fromkeys(require(connection, paper_ids).values())
            before = {x: held.get(x, Mark()) for x in known}
            after = {x: changed(mark) for x, mark in before.items()}
            for mark in after.values():
                _check(mark)
            _write(connection, reader, {x: m for x, m in after.items() if m != before[x]}, now)
        return before


def _check(mark: Mark) -> None:
    if mark.status not in ("", *STATUSES):
        raise StoreError(f"Status {mark.status[:50]!r} is none of {', '.join(STATUSES)}.")
    if len(mark.tags) > MOST_TAGS:
        raise StoreError(f"A paper has at most {MOST_TAGS} tags.")
    for tag in mark.tags:
        checked_name(tag, "Tag")


def _marks(connection: Connection, reader: str) -> dict[str, Mark]:
    query = (
        select(PAPER.c.paper_id.label("canonical"), MARK.c.status, MARK.c.tags, MARK.c.changed_at)
        .join(ALIAS, ALIAS.c.paper == PAPER.c.id)
        .join(MARK, MARK.c.paper_id == ALIAS.c.alias)
        .where(MARK.c.reader_id == reader)
        .order_by(MARK.c.changed_at.desc(), MARK.c.paper_id)
    )
    marks: dict[str, Mark] = {}
    for row in connection.execute(query):
        marks[row.canonical] = _with(marks.get(row.canonical), row)
    return marks


def _with(mark: Mark | None, row: Any) -> Mark:
    if mark is None:
        return Mark(row.status, tuple(json.loads(row.tags)), row.changed_at)
    for tag in json.loads(row.tags):
        mark = mark.tagged(tag)
    return mark


def _write(connection: Connection, reader: str, marks: Mapping[str, Mark], now: datetime) -> None:
    for some in chunks(marks):
        mine = select(PAPER.c.id).where(PAPER.c.paper_id.in_(some))
        names = select(ALIAS.c.alias).where(ALIAS.c.paper.in_(mine))
        old = delete(MARK).where(MARK.c.reader_id == reader, MARK.c.paper_id.in_(names))
        connection.execute(old)
        rows = [
            {
                "reader_id": reader,
                "paper_id": x,
                "status": marks[x].status,
                "tags": json.dumps(list(marks[x].tags), ensure_ascii=False),
                "changed_at": now,
            }
            for x in some
            if marks[x] != Mark()
        ]
        if rows:
            connection.execute(insert(MARK), rows)
