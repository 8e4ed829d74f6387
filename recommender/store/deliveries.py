"""The delivery log: what was sent to whom, when, by which channel, with which result.

A delivery is one issue for one reader on one channel, and goes

    waiting -> claimed -> sending -> sent
                  |          |-----> unclear   it is not known whether it arrived
                  '----------'-----> failed    tried again from `retry_at` on

One process claims it. A claim that ran out before ``sending`` may be claimed
by another; one that ran out after it is ``unclear`` and is not retried until
a person has said what became of it. ``dropped`` is what its reader no longer
wants. Nothing deletes a delivery; forgetting its reader takes the reader out.
"""

from __future__ import annotations

import builtins
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, insert, or_, select, update

from recommender.errors import StoreError
from recommender.store.database import Database
from recommender.store.models import DELIVERY
from recommender.store.readers import FORGOTTEN, find_reader

OPEN = ("waiting", "claimed", "sending", "failed", "unclear")
"""The states in which an issue has not reached its reader, as far as is known."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One issue on its way by one channel.

    Parameters
    ----------
    reader_id
        None once the reader is forgotten.
    issue
        A week or a day, as the digest is kept under.
    due_at, retry_at, changed_at
        From when it is sent; from when again after a failure; when its state changed.
    attempts
        How often it was claimed.
    message
        What was handed over: a Message-ID or the names of files; never an address.
    result
        What came of it, a sentence; empty where nothing did yet.
    """

    number: int
    reader_id: str | None
    issue: str
    channel: str
    state: str
    due_at: datetime
    attempts: int
    retry_at: datetime | None
    changed_at: datetime
    message: str
    result: str


class Deliveries:
    """Notes what has to be sent, hands each out to one process at a time, keeps the results."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def expect(
        self, reader_id: str, issue: str, channels: Collection[str], due_at: datetime, now: datetime
    ) -> int:
        """Note that an issue is to be sent by these channels; known ones stay as they are.

        Returns
        -------
        int
            How many were not noted before.

        Raises
        ------
        UnknownReader
            There is no such reader.
        """
        with self._database.write() as connection:
            reader = find_reader(connection, reader_id).reader_id
            mine = (DELIVERY.c.reader_id == reader, DELIVERY.c.issue == issue)
            known = set(connection.scalars(select(DELIVERY.c.channel).where(*mine)))
            fresh = [x for x in channels if x not in known]
            common = {"reader_id": reader, "issue": issue, "state": "waiting", "due_at": due_at}
            common |= {"attempts": 0, "changed_at": now, "message": "", "result": ""}
            if fresh:
                connection.execute(insert(DELIVERY), [common | {"channel": x} for x in fresh])
        return len(fresh)

    def ready(self, now: datetime) -> builtins.list[Delivery]:
        """Return what may be claimed now: the least often tried first, then the longest due."""
        order = (DELIVERY.c.attempts, DELIVERY.c.due_at, DELIVERY.c.number)
        return self._read(select(DELIVERY).where(_ready(now)).order_by(*order))

    def claim(self, number: int, now: datetime, until: datetime) -> str | None:
        """Take a delivery for one process until a time; None where another was first."""
        claim = secrets.token_hex(16)
        change = update(DELIVERY).where(DELIVERY.c.number == number, _ready(now))
        values = {"state": "claimed", "claim": claim, "claimed_until": until, "changed_at": now}
        values["attempts"] = DELIVERY.c.attempts + 1
        return claim if self._write(change.values(values)) else None

    def begin(self, number: int, claim: str, now: datetime, until: datetime) -> bool:
        """Record that from now on it is uncertain whether it arrives; False: the claim ran out."""
        held = (DELIVERY.c.state == "claimed", DELIVERY.c.claimed_until > now)
        change = update(DELIVERY).where(*_mine(number, claim), *held)
        values = {"state": "sending", "claimed_until": until, "changed_at": now}
        return self._write(change.values(values))

    def finish(
        self,
        number: int,
        claim: str,
        state: str,
        now: datetime,
        *,
        result: str,
        message: str = "",
        retry_at: datetime | None = None,
    ) -> bool:
        """Note what came of it, with a claim that is still its newest; False: it is not.

        An outcome that arrives after the claim ran out replaces ``unclear``. Of a reader who was
        forgotten meanwhile no text is kept: a mail server's answer names the address.
        """
        unfinished = DELIVERY.c.state.in_(("claimed", "sending", "unclear"))
        change = update(DELIVERY).where(*_mine(number, claim), unfinished)
        forgotten = DELIVERY.c.reader_id.is_(None)
        values = {
            "state": state,
            "result": case((forgotten, FORGOTTEN), else_=result),
            "message": case((forgotten, ""), else_=message),
            "retry_at": retry_at,
        }
        return self._write(change.values(values | {"changed_at": now}))

    def sweep(self, now: datetime) -> int:
        """Call unclear whatever ran out while it was being sent; return how many those are."""
        over = and_(DELIVERY.c.state == "sending", DELIVERY.c.claimed_until <= now)
        why = "The program ended, or was cut off, while it handed the message over."
        change = update(DELIVERY).where(over)
        with self._database.write() as connection:
            changed = connection.execute(change.values(state="unclear", changed_at=now, result=why))
            return changed.rowcount

    def resolve(self, number: int, *, arrived: bool, now: datetime) -> None:
        """Say what became of an unclear one: it arrived, or it is to be sent again.

        Raises
        ------
        StoreError
            There is none of this number that is unclear.
        """
        change = update(DELIVERY).where(DELIVERY.c.number == number, DELIVERY.c.state == "unclear")
        said = (
            "A person confirmed that it arrived."
            if arrived
            else "A person reported that it was lost."
        )
        values = {"state": "sent" if arrived else "waiting", "result": said, "claim": None}
        if not self._write(change.values(values | {"changed_at": now})):
            raise StoreError(f"No delivery {number} is unclear; `paperloop digest log` lists them.")

    def list(
        self,
        reader_id: str | None = None,
        states: Collection[str] = (),
        since: datetime | None = None,
        limit: int | None = None,
    ) -> builtins.list[Delivery]:
        """Return deliveries, newest first: one reader's, in some states, due since then; or all."""
        query = select(DELIVERY).order_by(DELIVERY.c.number.desc()).limit(limit)
        if reader_id is not None:
            query = query.where(DELIVERY.c.reader_id == reader_id)
        if states:
            query = query.where(DELIVERY.c.state.in_(states))
        if since is not None:
            query = query.where(DELIVERY.c.due_at >= since)
        return self._read(query)

    def _read(self, query: Any) -> builtins.list[Delivery]:
        with self._database.read() as connection:
            return [_delivery(row) for row in connection.execute(query)]

    def _write(self, change: Any) -> bool:
        with self._database.write() as connection:
            return connection.execute(change).rowcount > 0


def _ready(now: datetime) -> ColumnElement[bool]:
    state = DELIVERY.c.state
    again = and_(state == "failed", DELIVERY.c.retry_at <= now)
    abandoned = and_(state == "claimed", DELIVERY.c.claimed_until <= now)
    wanted = or_(state == "waiting", again, abandoned)
    return and_(wanted, DELIVERY.c.due_at <= now, DELIVERY.c.reader_id.is_not(None))


def _mine(number: int, claim: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return DELIVERY.c.number == number, DELIVERY.c.claim == claim


def _delivery(row: Row[Any]) -> Delivery:
    values = dict(row._mapping)
    del values["claim"], values["claimed_until"]
    return Delivery(**values)
