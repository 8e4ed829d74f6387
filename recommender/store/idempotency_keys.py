"""Requests named by a key: the same key again brings the first answer, not a second change."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from recommender.errors import InvalidValue, RequestRunning
from recommender.store.database import Database
from recommender.store.models import IDEMPOTENCY_KEY

KEPT = timedelta(days=7)
"""How long an answer is kept."""
CLAIM = timedelta(minutes=10)
"""How long a request may run; one that was cut off may be sent again after that."""


class IdempotencyKeys:
    """Claims a key for a request, keeps the answer, and gives it back to the same request.

    A claim and the change that the request makes are two transactions: where the process is
    killed between them, the request is carried out again once `CLAIM` is over.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, reader_id: str, key: str, request_hash: str, now: datetime) -> str | None:
        """Return the answer that a key has, or None: the caller is to carry the request out.

        Raises
        ------
        InvalidValue
            The key was used for another request.
        RequestRunning
            The same request is being carried out.
        """
        mine = IDEMPOTENCY_KEY.c.reader_id == reader_id
        with self._database.write() as connection:
            too_old = IDEMPOTENCY_KEY.c.claimed_at < now - KEPT
            connection.execute(delete(IDEMPOTENCY_KEY).where(mine, too_old))
            this = (mine, IDEMPOTENCY_KEY.c.key == key)
            row = connection.execute(select(IDEMPOTENCY_KEY).where(*this)).first()
            if row is None:
                values = {"reader_id": reader_id, "key": key, "request_hash": request_hash}
                connection.execute(insert(IDEMPOTENCY_KEY).values(**values, claimed_at=now))
                return None
            if row.request_hash != request_hash:
                raise InvalidValue(f"The key {key[:60]!r} was used for another request.")
            if row.answer is None:
                if row.claimed_at > now - CLAIM:
                    raise RequestRunning("This request is being carried out; try again.")
                connection.execute(update(IDEMPOTENCY_KEY).where(*this).values(claimed_at=now))
            answer: str | None = row.answer
            return answer

    def keep(self, reader_id: str, key: str, answer: str) -> None:
        """Keep the answer of a request that was carried out."""
        mine = (IDEMPOTENCY_KEY.c.reader_id == reader_id, IDEMPOTENCY_KEY.c.key == key)
        with self._database.write() as connection:
            connection.execute(update(IDEMPOTENCY_KEY).where(*mine).values(answer=answer))

    def release(self, reader_id: str, key: str) -> None:
        """Free a key whose request failed and has changed nothing."""
        mine = (IDEMPOTENCY_KEY.c.reader_id == reader_id, IDEMPOTENCY_KEY.c.key == key)
        unanswered = IDEMPOTENCY_KEY.c.answer.is_(None)
        with self._database.write() as connection:
            connection.execute(delete(IDEMPOTENCY_KEY).where(*mine, unanswered))
