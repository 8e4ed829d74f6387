"""The tokens with which programs act for a reader: scoped, expiring, kept as hashes."""

from __future__ import annotations

import builtins
import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, select

from recommender.errors import InvalidValue
from recommender.store.database import Database
from recommender.store.models import API_TOKEN
from recommender.store.readers import find_reader
from recommender.store.validation import checked_name

SCOPES = ("read", "feedback", "write")
"""What a token may allow: to look, to record feedback, to change lists and import papers."""
DEFAULT_DAYS, MAX_DAYS = 90, 3_660
PREFIX = "paperloop_"
"""How every token begins, so that a search for leaked secrets finds one."""
_SECRET_BYTES = 32
_COLUMNS = ("number", "reader_id", "name", "scopes", "created_at", "expires_at")


@dataclass(frozen=True, slots=True)
class ApiToken:
    """What is known of a token: whose it is, what it allows, until when."""

    number: int
    reader_id: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime


class ApiTokens:
    """Creates, finds and revokes tokens; a token is shown once and then only its hash is here."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(
        self,
        reader_id: str,
        name: str,
        scopes: Collection[str],
        now: datetime,
        days: int = DEFAULT_DAYS,
    ) -> str:
        """Create a token of a reader and return it; it is not stored and cannot be shown again.

        Parameters
        ----------
        name
            What it is for, in the reader's words.
        scopes
            Some of `SCOPES`; none includes another.
        days
            How long it is valid, 1 to `MAX_DAYS`.

        Raises
        ------
        UnknownReader
            There is no such reader.
        InvalidValue
            The name is empty, a scope is unknown or none is given, or `days` is out of bounds.
        """
        name = checked_name(name, "Token")
        unknown = sorted(set(scopes) - set(SCOPES))
        if unknown or not scopes:
            named = f"not {unknown[0][:40]!r}" if unknown else "and at least one is needed"
            raise InvalidValue(f"A token's scopes are {', '.join(SCOPES)}, {named}.")
        if not 1 <= days <= MAX_DAYS:
            raise InvalidValue(f"A token is valid for 1 to {MAX_DAYS:,} days, not {days}.")
        token = PREFIX + secrets.token_urlsafe(_SECRET_BYTES)
        with self._database.write() as connection:
            row = {
                "reader_id": find_reader(connection, reader_id).reader_id,
                "name": name,
                "scopes": " ".join(x for x in SCOPES if x in scopes),
                "token_hash": hash_token(token),
                "created_at": now,
                "expires_at": now + timedelta(days=days),
            }
            connection.execute(insert(API_TOKEN).values(row))
        return token

    def find(self, token: str) -> ApiToken | None:
        """Return what a token allows, also one that has expired; None where there is none."""
        query = _select_tokens().where(API_TOKEN.c.token_hash == hash_token(token))
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return _token(row) if row else None

    def list(self, reader_id: str) -> builtins.list[ApiToken]:
        """Return a reader's tokens, oldest first, those that have expired too."""
        query = _select_tokens().where(API_TOKEN.c.reader_id == reader_id)
        with self._database.read() as connection:
            return [_token(row) for row in connection.execute(query.order_by(API_TOKEN.c.number))]

    def revoke(self, reader_id: str, number: int) -> bool:
        """Delete a token for good; False where this reader has none of this number."""
        mine = (API_TOKEN.c.reader_id == reader_id, API_TOKEN.c.number == number)
        with self._database.write() as connection:
            return connection.execute(delete(API_TOKEN).where(*mine)).rowcount > 0


def _select_tokens() -> Any:
    return select(*(API_TOKEN.c[x] for x in _COLUMNS))


def hash_token(token: str) -> str:
    """Return what is stored of a token; 24 random bytes or more need no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _token(row: Row[Any]) -> ApiToken:
    return ApiToken(**{**row._mapping, "scopes": tuple(row.scopes.split())})
