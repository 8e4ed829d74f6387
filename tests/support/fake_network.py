"""A clock that jumps, and hosts that answer from a script: no waiting, no network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import httpx2

from recommender.sources.client import PoliteClient
from recommender.sources.http_exchange import Limits
from recommender.sources.rate_limit import RateLimiter

Reply = bytes | str | httpx2.Response | Exception | Callable[[httpx2.Request], httpx2.Response]


class FakeClock:
    """Stands still until somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        return datetime(2026, 11, 18, 12, tzinfo=UTC) + timedelta(seconds=self.seconds - 1000)

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.slept.append(seconds)
        self.seconds += seconds


class Host:
    """Gives one reply a request, in order; `asked` and `at` say what came and when."""

    def __init__(self, clock: FakeClock, *replies: Reply, takes: float = 0.0) -> None:
        self.clock, self.replies, self.takes = clock, list(replies), takes
        self.asked: list[httpx2.Request] = []
        self.at: list[float] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        self.at.append(self.clock.seconds)
        self.clock.seconds += self.takes
        assert self.replies, f"not expected: {request.method} {request.url}"
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, httpx2.Response):
            return reply
        if callable(reply):
            return reply(request)
        return httpx2.Response(200, content=reply)

    @property
    def params(self) -> list[dict[str, str]]:
        return [dict(x.url.params) for x in self.asked]

    def client(self, folder: Path | None = None, **limits: float) -> PoliteClient:
        """Return a client that reaches this host whatever it asks for."""
        return PoliteClient(
            contact="reader@example.org",
            transport=httpx2.MockTransport(self),
            clock=self.clock,
            rate_limiter=RateLimiter(self.clock, folder),
            limits=Limits(**limits),  # type: ignore[arg-type]
        )


class Dripping(httpx2.SyncByteStream):
    """A body that comes in pieces, each after some seconds."""

    def __init__(self, clock: FakeClock, pieces: list[bytes], seconds: float = 0.0) -> None:
        self.clock, self.pieces, self.seconds = clock, pieces, seconds

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.pieces:
            self.clock.seconds += self.seconds
            yield piece


def gaps(times: list[float]) -> list[float]:
    return [later - earlier for earlier, later in pairwise(times)]
