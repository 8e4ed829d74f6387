"""Rate limits of hosts, shared by all threads and processes.

Runs on fetch. Touches, where a folder is given, two small files a name in it:
so a second `paperloop fetch`, the app and a timer share one pause and one
connection, as arXiv's terms require of all machines under one control together.

Not used: pyrate-limiter 4.5 (tried with its SQLite bucket and file lock in two
processes). It counts starts, not the pause after a response, so two slow requests can
overlap, which arXiv forbids; a Retry-After cannot be put into a bucket; it reads the
machine's clock and sleeps by itself, so tests would wait.
"""

from __future__ import annotations

import re
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from recommender.errors import FetchError, TryLater
from recommender.sources.error_pages import is_web_address

MAX_HOLD_SECONDS = 86_400.0
"""The longest pause that is accepted; a later time is taken for a wrong clock."""


class Clock(Protocol):
    """The clock of the fetchers, replaced in tests."""

    def now(self) -> datetime:
        """Return the time of day, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that only ever rise, from any start."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the time of day, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that only ever rise, from any start."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


@dataclass(frozen=True, slots=True)
class RateLimit:
    """One request at a time under one name, and `seconds` of pause after each."""

    name: str
    seconds: float


ARXIV_RATE = RateLimit("arxiv", 3.0)
"""arXiv's terms of use: one connection, one request in three seconds, all hosts together."""

_KNOWN = {"arxiv.org": ARXIV_RATE}


def known_rate_limit(url: str) -> RateLimit | None:
    """Return the limit that applies to every request to a host (such as arXiv), or None."""
    host = (urlsplit(url).hostname or "").rstrip(".").lower() if is_web_address(url) else ""
    return next((p for known, p in _KNOWN.items() if ("." + host).endswith("." + known)), None)


def host_rate_limit(url: str, seconds: float) -> RateLimit:
    """Return a rate limit for the address's host and port alone."""
    known = is_web_address(url)
    return RateLimit(
        urlsplit(url).netloc.rpartition("@")[2].lower() if known else "nowhere", seconds
    )


class RateLimiter:
    """Grants one request at a time per name, with the agreed pause after each.

    Parameters
    ----------
    clock
        Waits, and says how long was waited.
    folder
        Where pauses are kept for other processes; None keeps them in this one.
    longest_wait_seconds
        A turn further away than this is not waited for.
    """

    def __init__(
        self, clock: Clock, folder: Path | None = None, longest_wait_seconds: float = 600.0
    ) -> None:
        self._clock = clock
        self._folder = folder
        self._longest = longest_wait_seconds
        self._locks: defaultdict[str, threading.RLock] = defaultdict(threading.RLock)
        self._not_before: dict[str, float] = {}

    @contextmanager
    def slot(self, rate_limit: RateLimit) -> Iterator[None]:
        """Wait for a request slot of this name and hold it; the pause starts when the block ends.

        Raises
        ------
        TryLater
            The host has asked for a pause that is too long to wait for.
        FetchError
            Another process has held the turn for too long.
        """
        with self._alone(rate_limit.name):
            self._wait(rate_limit.name)
            try:
                yield
            finally:
                self.postpone(rate_limit, rate_limit.seconds)

    def postpone(self, rate_limit: RateLimit, seconds: float) -> None:
        """Allow no request for so many seconds; never shortens a longer pause."""
        seconds = min(max(seconds, 0.0), MAX_HOLD_SECONDS)
        if seconds <= self._left(rate_limit.name):
            return
        self._not_before[rate_limit.name] = self._clock.monotonic() + seconds
        if self._folder is not None:
            until = self._clock.now() + timedelta(seconds=seconds)
            # A full disk costs other processes the pause; this one keeps it all the same.
            with suppress(OSError):
                self._stamp(rate_limit.name).write_text(until.isoformat(), encoding="ascii")

    def _wait(self, name: str) -> None:
        left = self._left(name)
        if left > self._longest:
            until = self._clock.now() + timedelta(seconds=left)
            raise TryLater(f"{name} asks for no requests before {until:%Y-%m-%d %H:%M} UTC.", until)
        if left > 0:
            self._clock.sleep(left)

    def _left(self, name: str) -> float:
        here = self._not_before.get(name, 0.0) - self._clock.monotonic()
        return max(here if name in self._not_before else 0.0, self._left_elsewhere(name), 0.0)

    def _left_elsewhere(self, name: str) -> float:
        """Seconds that another process has put down; nothing readable counts as none."""
        if self._folder is None:
            return 0.0
        try:
            until = datetime.fromisoformat(self._stamp(name).read_text(encoding="ascii"))
            left = (until - self._clock.now()).total_seconds()
        except (OSError, ValueError, TypeError):
            return 0.0
        return left if left <= MAX_HOLD_SECONDS else 0.0

    @contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        with ExitStack() as held:
            held.enter_context(self._locks[name])
            if self._folder is not None:
                held.enter_context(self._locked(self._folder, name))
            yield

    @contextmanager
    def _locked(self, folder: Path, name: str) -> Iterator[None]:
        lock = FileLock(self._stamp(name).with_suffix(".lock"), timeout=self._longest)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout:
            raise FetchError(
                f"Another paperloop process is still fetching from {name}; try again later."
            ) from None
        except OSError as error:
            reason = error.strerror or error
            raise FetchError(f"Turns cannot be kept in {folder}: {reason}.") from error
        try:
            yield
        finally:
            lock.release()

    def _stamp(self, name: str) -> Path:
        assert self._folder is not None
        return self._folder / (re.sub(r"[^\w.-]", "_", name)[:80] + ".pause")
