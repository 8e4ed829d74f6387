"""The addresses at which feed readers may ask: unguessable, revocable, kept as hashes."""

from __future__ import annotations

import builtins
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from recommender.errors import UnknownList
from recommender.store.api_tokens import hash_token
from recommender.store.database import Database
from recommender.store.models import FEED, READING_LIST
from recommender.store.readers import find_reader

_SECRET_BYTES = 24


@dataclass(frozen=True, slots=True)
class FeedToken:
    """One address: of a reader's digests, or of a reading list where `list_id` is not None."""

    number: int
    reader_id: str
    list_id: str | None
    created_at: datetime


class FeedTokens:
    """Makes, finds and revokes addresses; a token is shown once and then only its hash is here."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def new(self, reader_id: str, list_id: str | None, now: datetime) -> str:
        """Make an address of the digests, or of one reading list; return its token.

        The token is not stored: if it is lost, create another address.

        Raises
        ------
        UnknownReader, UnknownList
            There is no such reader, or no such list of this reader.
        """
        token = secrets.token_urlsafe(_SECRET_BYTES)
        with self._database.write() as connection:
            reader = find_reader(connection, reader_id).reader_id
            row = {"reader_id": reader, "token_hash": hash_token(token), "created_at": now}
            row["list"] = None if list_id is None else _list_number(connection, reader, list_id)
            connection.execute(insert(FEED).values(row))
        return token

    def find(self, token: str) -> FeedToken | None:
        """Return the feed that a token opens, or None."""
        with self._database.read() as connection:
            row = connection.execute(_feeds().where(FEED.c.token_hash == hash_token(token))).first()
        return _feed(row) if row else None

    def list(self, reader_id: str) -> builtins.list[FeedToken]:
        """Return a reader's feeds, oldest first."""
        query = _feeds().where(FEED.c.reader_id == reader_id).order_by(FEED.c.number)
        with self._database.read() as connection:
            return [_feed(row) for row in connection.execute(query)]

    def revoke(self, reader_id: str, number: int) -> bool:
        """Close an address for good; False where this reader has none of this number."""
        mine = (FEED.c.reader_id == reader_id, FEED.c.number == number)
        with self._database.write() as connection:
            return connection.execute(delete(FEED).where(*mine)).rowcount > 0


def _list_number(connection: Connection, reader_id: str, list_id: str) -> int:
    mine = (READING_LIST.c.reader_id == reader_id, READING_LIST.c.list_id == list_id)
    number: int | None = connection.scalar(select(READING_LIST.c.number).where(*mine))
    if number is None:
        raise UnknownList(f"There is no reading list {list_id[:100]!r}.")
    return number


def _feeds() -> Any:
    columns = (FEED.c.number, FEED.c.reader_id, READING_LIST.c.list_id, FEED.c.created_at)
    return select(*columns).outerjoin(READING_LIST, READING_LIST.c.number == FEED.c.list)


def _feed(row: Row[Any]) -> FeedToken:
    return FeedToken(**row._mapping)
