"""The readers and their interests; a reader has at least one interest, General."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, or_, select, update

from recommender.domain import Interest, Reader
from recommender.errors import NameTaken, StoreError, UnknownInterest, UnknownReader
from recommender.store.database import Database
from recommender.store.models import DELIVERY, EVENT, INTEREST, READER
from recommender.store.slugs import free_slug, name_key
from recommender.store.validation import checked_name, checked_sentence

FIRST_INTEREST = "General"
FORGOTTEN = "The reader was forgotten."
"""The result of every delivery to a reader who was forgotten."""
# Statements of every request are built once: building takes longer than the database does.
_BY_NAME_OR_ID = (
    select(READER)
    .where(or_(READER.c.reader_id == bindparam("wanted"), READER.c.name_key == bindparam("key")))
    .order_by(READER.c.reader_id != bindparam("wanted"), READER.c.number)
)
_INTERESTS = (
    select(INTEREST).where(INTEREST.c.reader_id == bindparam("reader")).order_by(INTEREST.c.number)
)


class Readers:
    """Adds, finds, renames and forgets readers, and keeps their interests.

    Names are compared without case and can be used wherever an id can. Ids are
    made from the first name and never change.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self) -> builtins.list[Reader]:
        """Return every reader, oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(select(READER).order_by(READER.c.number))
            return [_reader(row) for row in rows]

    def get(self, name_or_id: str) -> Reader:
        """Return a reader by id or name; raises UnknownReader, naming those there are."""
        with self._database.read() as connection:
            return find_reader(connection, name_or_id)

    def ensure(self, name: str, now: datetime) -> Reader:
        """Return the reader of this name or id, made if there is none."""
        try:
            return self.get(name)
        except UnknownReader:
            name = checked_name(name, "Reader")
        with self._database.write() as connection:
            row = _reader_row(connection, name)
            return _reader(row) if row else _add_reader(connection, name, now)

    def add(self, name: str, now: datetime) -> Reader:
        """Make a reader, with one interest; raises NameTaken, or StoreError on an empty name."""
        name = checked_name(name, "Reader")
        with self._database.write() as connection:
            if _reader_row(connection, name):
                raise NameTaken(f"There is a reader {name!r} already.")
            return _add_reader(connection, name, now)

    def rename(self, reader_id: str, name: str) -> Reader:
        """Give a reader another name; the id stays. Raises UnknownReader, NameTaken."""
        name = checked_name(name, "Reader")
        with self._database.write() as connection:
            reader = find_reader(connection, reader_id)
            other = _reader_row(connection, name)
            if other and other.reader_id != reader.reader_id:
                raise NameTaken(f"There is a reader {name!r} already.")
            change = update(READER).where(READER.c.reader_id == reader.reader_id)
            connection.execute(change.values(name=name, name_key=name_key(name)))
            return find_reader(connection, reader.reader_id)

    def forget(self, reader_id: str) -> int:
        """Really delete a reader: events, slates, lists, digests and interests go too.

        The papers stay. Copies made by `Database.backup` are not touched.

        Returns
        -------
        int
            How many events were deleted.

        Raises
        ------
        UnknownReader
            There is none of this id or name.
        """
        with self._database.write() as connection:
            reader = find_reader(connection, reader_id)
            mine = EVENT.c.reader_id == reader.reader_id
            events = connection.scalar(select(func.count()).where(mine)) or 0
            # What was delivered stays counted; the names of its files hold the reader's, and
            # what a mail server answered the address.
            sent = update(DELIVERY).where(DELIVERY.c.reader_id == reader.reader_id)
            connection.execute(sent.values(message="", result=FORGOTTEN))
            connection.execute(delete(READER).where(READER.c.reader_id == reader.reader_id))
        self._database.empty_log()
        return events

    def interests(self, reader_id: str) -> builtins.list[Interest]:
        """Return a reader's interests, oldest first; raises UnknownReader."""

        def read(connection: Connection) -> tuple[Interest, ...]:
            return tuple(_interest(row) for row in interest_rows(connection, reader_id))

        return [*self._database.read_once(("interests", reader_id), read)]

    def interest(self, reader_id: str, name_or_id: str) -> Interest:
        """Return one interest by id, by slug or by name.

        Raises
        ------
        UnknownReader, UnknownInterest
            There is none; the message names those there are.
        """
        with self._database.read() as connection:
            reader = find_reader(connection, reader_id)
            return find_interest(connection, reader.reader_id, name_or_id)

    def ensure_interest(self, reader_id: str, name: str) -> Interest:
        """Return the reader's interest of this name or id, made if there is none."""
        with self._database.write() as connection:
            reader = find_reader(connection, reader_id)
            try:
                return find_interest(connection, reader.reader_id, name)
            except UnknownInterest:
                return _add_interest(connection, reader.reader_id, name)

    def rename_interest(self, interest_id: str, name: str) -> Interest:
        """Give an interest another name; the id stays. Raises UnknownInterest, NameTaken."""
        name = checked_name(name, "Interest")
        with self._database.write() as connection:
            interest = _interest_by_id(connection, interest_id)
            same = [
                INTEREST.c.reader_id == interest.reader_id,
                INTEREST.c.name_key == name_key(name),
            ]
            other = connection.scalar(select(INTEREST.c.interest_id).where(*same))
            if other not in (None, interest_id):
                raise NameTaken(f"There is an interest {name!r} already.")
            change = update(INTEREST).where(INTEREST.c.interest_id == interest_id)
            connection.execute(change.values(name=name, name_key=name_key(name)))
            return _interest_by_id(connection, interest_id)

    def set_share(self, interest_id: str, share: float) -> Interest:
        """Set an interest's share of the slate, 0 to 1. Raises UnknownInterest, StoreError."""
        if not 0 <= share <= 1:
            raise StoreError(f"A share lies between 0 and 1, not {share}.")
        with self._database.write() as connection:
            change = update(INTEREST).where(INTEREST.c.interest_id == interest_id)
            connection.execute(change.values(share=share))
            return _interest_by_id(connection, interest_id)

    def describe(self, interest_id: str, about: str) -> Interest:
        """Say in words what an interest is about: a first profile until likes outweigh it.

        Parameters
        ----------
        about
            A sentence or a few, up to 2,000 characters; empty takes the words back.

        Raises
        ------
        UnknownInterest
            There is none of this id.
        StoreError
            The text is too long.
        """
        about = checked_sentence(about)
        with self._database.write() as connection:
            change = update(INTEREST).where(INTEREST.c.interest_id == interest_id)
            connection.execute(change.values(about=about))
            return _interest_by_id(connection, interest_id)

    def pause(self, interest_id: str, *, paused: bool = True) -> Interest:
        """Give an interest no share of any slate until it is resumed; raises UnknownInterest."""
        with self._database.write() as connection:
            change = update(INTEREST).where(INTEREST.c.interest_id == interest_id)
            connection.execute(change.values(paused=paused))
            return _interest_by_id(connection, interest_id)

    def reset(self, interest_id: str) -> Interest:
        """Let nothing that was done in an interest until now count for learning.

        The events stay as they are, and the papers stay seen. Raises UnknownInterest.
        """
        with self._database.write() as connection:
            reader_id = _interest_by_id(connection, interest_id).reader_id
            newest = select(func.max(EVENT.c.event_id)).where(EVENT.c.reader_id == reader_id)
            change = update(INTEREST).where(INTEREST.c.interest_id == interest_id)
            connection.execute(change.values(reset_after=connection.scalar(newest) or 0))
            return _interest_by_id(connection, interest_id)

    def undo_reset(self, interest_id: str) -> Interest:
        """Let everything that was done in an interest count again; raises UnknownInterest."""
        with self._database.write() as connection:
            change = update(INTEREST).where(INTEREST.c.interest_id == interest_id)
            connection.execute(change.values(reset_after=None))
            return _interest_by_id(connection, interest_id)


def find_reader(connection: Connection, name_or_id: str) -> Reader:
    """Return a reader; raises UnknownReader, naming those there are."""
    row = _reader_row(connection, name_or_id)
    if row is None:
        names = connection.scalars(select(READER.c.name).order_by(READER.c.number).limit(10)).all()
        known = "known are " + ", ".join(names) if names else "there is none yet"
        raise UnknownReader(f"No reader is called {name_or_id[:100]!r}; {known}.")
    return _reader(row)


def find_interest(connection: Connection, reader_id: str, name_or_id: str) -> Interest:
    """Return one interest of a reader by id, slug or name; raises UnknownInterest."""
    return interest_among(_interest_rows(connection, reader_id), reader_id, name_or_id)


def interest_among(rows: Sequence[Row[Any]], reader_id: str, name_or_id: str) -> Interest:
    """Return one of all interests of a reader, as `find_interest` does."""
    for ids in ({name_or_id, f"{reader_id}/{name_or_id}"}, {name_key(name_or_id)}):
        for row in rows:
            if ids & {row.interest_id, row.name_key}:
                return _interest(row)
    names = ", ".join(row.name for row in rows)
    raise UnknownInterest(f"No interest is called {name_or_id[:100]!r}; known are {names}.")


def interest_rows(connection: Connection, name_or_id: str) -> Sequence[Row[Any]]:
    """Return the rows of a reader's interests, oldest first, at least one; raises UnknownReader."""
    rows = _interest_rows(connection, name_or_id)  # in one statement where it is the id
    return rows or _interest_rows(connection, find_reader(connection, name_or_id).reader_id)


def _reader_row(connection: Connection, name_or_id: str) -> Row[Any] | None:
    wanted = {"wanted": name_or_id, "key": name_key(name_or_id)}
    return connection.execute(_BY_NAME_OR_ID, wanted).first()


def _add_reader(connection: Connection, name: str, now: datetime) -> Reader:
    taken = set(connection.scalars(select(READER.c.reader_id)))
    reader_id = free_slug(name, taken, "reader")
    values = {"reader_id": reader_id, "name": name, "name_key": name_key(name)}
    connection.execute(insert(READER).values(**values, created_at=now))
    _add_interest(connection, reader_id, FIRST_INTEREST)
    return find_reader(connection, reader_id)


def _add_interest(connection: Connection, reader_id: str, name: str) -> Interest:
    name = checked_name(name, "Interest")
    taken = {row.interest_id.partition("/")[2] for row in _interest_rows(connection, reader_id)}
    interest_id = f"{reader_id}/{free_slug(name, taken, 'interest')}"
    values = {"interest_id": interest_id, "name": name, "name_key": name_key(name), "share": 1.0}
    connection.execute(insert(INTEREST).values(reader_id=reader_id, **values))
    return find_interest(connection, reader_id, interest_id)


def _interest_rows(connection: Connection, reader_id: str) -> builtins.list[Row[Any]]:
    return list(connection.execute(_INTERESTS, {"reader": reader_id}))


def _interest_by_id(connection: Connection, interest_id: str) -> Interest:
    query = select(INTEREST).where(INTEREST.c.interest_id == interest_id)
    row = connection.execute(query).first()
    if row is None:
        raise UnknownInterest(f"No interest has the id {interest_id[:100]!r}.")
    return _interest(row)


def _reader(row: Row[Any]) -> Reader:
    return Reader(row.reader_id, row.name, row.created_at)


def _interest(row: Row[Any]) -> Interest:
    return Interest(
        row.interest_id,
        row.reader_id,
        row.name,
        row.share,
        row.about,
        row.paused,
        row.reset_after,
    )
