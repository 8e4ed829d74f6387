"""A log that no client can fill: repeated messages are counted instead of written."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

MAX_OF_A_KIND = 5
KIND_SECONDS = 600.0
"""At most so many records of one kind in this time; a kind is a logger, a level and a text."""

MAX_IN_ALL = 300
ALL_SECONDS = 3600.0
"""At most so many records of all kinds in this time."""

MAX_CHARACTERS = 4_000
"""Of one record, with its traceback: the end is kept, where the error stands."""

_MAX_KINDS = 1_000


@dataclass(slots=True)
class _Window:
    """Records since `start`: written, and left out."""

    start: float
    written: int = 0
    left_out: int = 0


class LogLimit(logging.Filter):
    """Lets a bounded number of records through and says how many it left out."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._lock = threading.Lock()
        self._kinds: dict[tuple[object, ...], _Window] = {}
        self._all = _Window(clock())

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record is written; shortens it and adds the count."""
        kind = (record.name, record.levelno, str(record.msg)[:80])
        with self._lock:
            now = self._clock()
            if len(self._kinds) > _MAX_KINDS:
                self._kinds.clear()
            window, before = _current(self._kinds.get(kind), now, KIND_SECONDS)
            self._kinds[kind] = window
            self._all, before_in_all = _current(self._all, now, ALL_SECONDS)
            if window.written >= MAX_OF_A_KIND or self._all.written >= MAX_IN_ALL:
                window.left_out += 1
                self._all.left_out += 1
                return False
            window.written += 1
            self._all.written += 1
        _shorten(record, before, before_in_all)
        return True


def _current(window: _Window | None, now: float, seconds: float) -> tuple[_Window, int]:
    """Return the window that `now` falls in, and what the one before it left out."""
    if window is None:
        return _Window(now), 0
    if now - window.start < seconds:
        return window, 0
    return _Window(now), window.left_out


def _shorten(record: logging.LogRecord, left_out: int, left_out_in_all: int) -> None:
    text = record.getMessage()
    if record.exc_info:
        text = f"{text}\n{logging.Formatter().formatException(record.exc_info)}"
        record.exc_info = record.exc_text = None
    if len(text) > MAX_CHARACTERS:
        text = f"{text[: MAX_CHARACTERS // 4]}\n…\n{text[-MAX_CHARACTERS // 2 :]}"
    if left_out:
        text += f" (and {left_out:,} more like this before, left out)"
    if left_out_in_all:
        text += f" ({left_out_in_all:,} records of all kinds were left out in the hour before)"
    record.msg, record.args = text, None


class _LimitedLogger(logging.Logger):
    def __init__(self, name: str, level: int = logging.NOTSET) -> None:
        super().__init__(name, level)
        self.addFilter(_limit)


_limit = LogLimit()


def limit_logs() -> None:
    """Bound what every logger of this process writes, also those made later."""
    logging.setLoggerClass(_LimitedLogger)
    made = [x for x in logging.root.manager.loggerDict.values() if isinstance(x, logging.Logger)]
    for logger in (logging.root, *made):
        logger.addFilter(_limit)  # adding it twice changes nothing
