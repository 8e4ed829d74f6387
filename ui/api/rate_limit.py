"""How many requests a token may make: a bucket that fills at a steady rate."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class RateLimit:
    """A token bucket for each key, in this process; threads may share it.

    A bucket holds the requests of one minute, so that a short burst passes.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute, self._clock = per_minute, clock
        self._lock = threading.Lock()
        self._buckets: dict[int, tuple[float, float]] = {}

    def seconds_to_wait(self, key: int) -> float:
        """Take one request out of the bucket; return 0, or how long until there is one."""
        rate = self._per_minute / 60
        with self._lock:
            now = self._clock()
            left, at = self._buckets.get(key, (float(self._per_minute), now))
            left = min(left + (now - at) * rate, float(self._per_minute))
            if left < 1:
                return (1 - left) / rate
            self._buckets[key] = (left - 1, now)
            return 0.0
