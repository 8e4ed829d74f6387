"""The reading lists: named, ordered lists of papers of one reader."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from recommender.errors import NameTaken, UnknownList
from recommender.store.database import Database
from recommender.store.inputs import checked_name
from recommender.store.models import ALIAS, PAPER, READING_LIST, READING_LIST_ENTRY
from recommender.store.names import free_slug, name_key
from recommender.store.readers import find_reader
from recommender.store.rows import require


@dataclass(frozen=True, slots=True)
class ReadingList:
    """One reading list; `paper_ids` are canonical, in the reader's order, each once."""

    list_id: str
    reader_id: str
    name: str
    created_at: datetime
    paper_ids: tuple[str, ...] = ()


class ReadingLists:
    """Makes, finds, fills, orders and deletes reading lists.

    A list's id is ``<reader_id>/<slug of its first name>`` and never changes.
    Every method that names a list raises UnknownList when there is none.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, reader_id: str) -> builtins.list[ReadingList]:
        """Return a reader's lists, oldest first; raises UnknownReader."""
        with self._database.read() as connection:
            reader = find_reader(connection, reader_id)
            return [_list(connection, row) for row in _rows(connection, reader.reader_id)]

    def get(self, reader_id: str, name_or_id: str) -> ReadingList:
        """Return one list by id, by slug or by name; raises UnknownReader, UnknownList."""
        with self._database.read() as connection:
            reader = find_reader(connection, reader_id)
            lists = _rows(connection, reader.reader_id)
            for ids in ({name_or_id, f"{reader.reader_id}/{name_or_id}"}, {name_key(name_or_id)}):
                for row in lists:
                    if ids & {row.list_id, row.name_key}:
                        return _list(connection, row)
        names = ", ".join(row.name for row in lists) or "none yet"
        raise UnknownList(f"No reading list is called {name_or_id[:100]!r}; there is: {names}.")

    def create(self, reader_id: str, name: str, now: datetime) -> ReadingList:
        """Make an empty list; raises UnknownReader, NameTaken, StoreError on an empty name."""
        name = checked_name(name, "Reading list")
        with self._database.write() as connection:
            reader = find_reader(connection, reader_id).reader_id
            _require_free(connection, reader, name)
            taken = {row.list_id.partition("/")[2] for row in _rows(connection, reader)}
            list_id = f"{reader}/{free_slug(name, taken, 'list')}"
            columns = {"list_id": list_id, "name": name, "name_key": name_key(name)}
            new = insert(READING_LIST).values(reader_id=reader, created_at=now, **columns)
            connection.execute(new)
            return _list(connection, _row(connection, list_id))

    def add(self, list_id: str, paper_id: str, now: datetime) -> ReadingList:
        """Put a paper at the end; one that is there stays where it is. Raises UnknownPaper."""
        with self._database.write() as connection:
            row = _row(connection, list_id)
            canonical = require(connection, [paper_id])[paper_id]
            if canonical not in _paper_ids(connection, row.number):
                mine = READING_LIST_ENTRY.c.list == row.number
                last = connection.scalar(
                    select(func.max(READING_LIST_ENTRY.c.position)).where(mine)
                )
                place = 0 if last is None else last + 1
                entry = {"list": row.number, "paper_id": canonical, "position": place}
                connection.execute(insert(READING_LIST_ENTRY).values(added_at=now, **entry))
            return _list(connection, row)

    def remove(self, list_id: str, paper_id: str) -> ReadingList:
        """Take a paper out; one that is not there changes nothing. Raises UnknownPaper."""
        with self._database.write() as connection:
            row = _row(connection, list_id)
            canonical = require(connection, [paper_id])[paper_id]
            gone = delete(READING_LIST_ENTRY).where(
                READING_LIST_ENTRY.c.list == row.number,
                READING_LIST_ENTRY.c.paper_id.in_(_names_of(canonical)),
            )
            connection.execute(gone)
            return _list(connection, row)

    def move(self, list_id: str, paper_id: str, position: int) -> ReadingList:
        """Move a paper to a place counted from 0, at most to either end.

        A paper that is not in the list changes nothing. Raises UnknownPaper.
        """
        with self._database.write() as connection:
            row = _row(connection, list_id)
            canonical = require(connection, [paper_id])[paper_id]
            order = _paper_ids(connection, row.number)
            if canonical in order:
                order.remove(canonical)
                order.insert(max(position, 0), canonical)
                _renumber(connection, row.number, order)
            return _list(connection, row)

    def rename(self, list_id: str, name: str) -> ReadingList:
        """Give a list another name; the id stays. Raises NameTaken."""
        name = checked_name(name, "Reading list")
        with self._database.write() as connection:
            row = _row(connection, list_id)
            if row.name_key != name_key(name):
                _require_free(connection, row.reader_id, name)
            change = update(READING_LIST).where(READING_LIST.c.list_id == list_id)
            connection.execute(change.values(name=name, name_key=name_key(name)))
            return _list(connection, _row(connection, list_id))

    def delete(self, list_id: str) -> None:
        """Delete a list; its papers stay in the catalogue."""
        with self._database.write() as connection:
            row = _row(connection, list_id)
            connection.execute(delete(READING_LIST).where(READING_LIST.c.number == row.number))


def _rows(connection: Connection, reader_id: str) -> list[Row[Any]]:
    query = select(READING_LIST).where(READING_LIST.c.reader_id == reader_id)
    return list(connection.execute(query.order_by(READING_LIST.c.number)))


def _row(connection: Connection, list_id: str) -> Row[Any]:
    query = select(READING_LIST).where(READING_LIST.c.list_id == list_id)
    row = connection.execute(query).first()
    if row is None:
        raise UnknownList(f"No reading list has the id {list_id[:100]!r}.")
    return row


def _require_free(connection: Connection, reader_id: str, name: str) -> None:
    if any(row.name_key == name_key(name) for row in _rows(connection, reader_id)):
        raise NameTaken(f"There is a reading list {name!r} already.")


def _paper_ids(connection: Connection, number: int) -> list[str]:
    query = (
        select(PAPER.c.paper_id)
        .join(ALIAS, ALIAS.c.paper == PAPER.c.id)
        .join(READING_LIST_ENTRY, READING_LIST_ENTRY.c.paper_id == ALIAS.c.alias)
        .where(READING_LIST_ENTRY.c.list == number)
        .order_by(READING_LIST_ENTRY.c.position, READING_LIST_ENTRY.c.paper_id)
    )
    return list(dict.fromkeys(connection.scalars(query)))


def _names_of(canonical: str) -> Any:
    mine = select(PAPER.c.id).where(PAPER.c.paper_id == canonical).scalar_subquery()
    return select(ALIAS.c.alias).where(ALIAS.c.paper == mine)


def _renumber(connection: Connection, number: int, order: Sequence[str]) -> None:
    entry, names = READING_LIST_ENTRY.c, _names_of_parameter()
    change = update(READING_LIST_ENTRY).where(entry.list == number, entry.paper_id.in_(names))
    places = [{"canonical": paper_id, "place": i} for i, paper_id in enumerate(order)]
    connection.execute(change.values(position=bindparam("place")), places)


def _names_of_parameter() -> Any:
    mine = select(PAPER.c.id).where(PAPER.c.paper_id == bindparam("canonical")).scalar_subquery()
    return select(ALIAS.c.alias).where(ALIAS.c.paper == mine)


def _list(connection: Connection, row: Row[Any]) -> ReadingList:
    papers = tuple(_paper_ids(connection, row.number))
    return ReadingList(row.list_id, row.reader_id, row.name, row.created_at, papers)
