"""The log: what repeats is counted, and no flood of messages fills a disk."""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass

import pytest

from ui import log_limits
from ui.log_limits import ALL_SECONDS, KIND_SECONDS, MAX_IN_ALL, MAX_OF_A_KIND, LogLimit


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Log:
    """A logger of one test with its own limit and what it has written."""

    logger: logging.Logger
    written: io.StringIO
    clock: Clock

    @property
    def lines(self) -> list[str]:
        return self.written.getvalue().splitlines()


@pytest.fixture
def log(request: pytest.FixtureRequest) -> Log:
    clock, written = Clock(), io.StringIO()
    logger = logging.Logger(request.node.name)
    logger.addFilter(LogLimit(clock))
    logger.addHandler(logging.StreamHandler(written))
    return Log(logger, written, clock)


def test_what_repeats_is_written_a_few_times_and_then_counted(log: Log) -> None:
    for i in range(1_000):
        log.logger.warning("client %d did it", i)
    log.logger.warning("something else")
    assert len(log.lines) == MAX_OF_A_KIND + 1
    log.clock.now += KIND_SECONDS
    log.logger.warning("client %d did it", 1_000)
    assert log.lines[-1] == "client 1000 did it (and 995 more like this before, left out)"


def test_a_flood_of_different_messages_is_bounded_too(log: Log) -> None:
    for i in range(20_000):
        log.logger.error(f"{i} " + "x" * 100_000)
    assert len(log.lines) <= 3 * MAX_IN_ALL
    assert len(log.written.getvalue()) < 1_500_000
    log.clock.now += ALL_SECONDS
    log.logger.error("an hour later")
    assert log.lines[-1].startswith("an hour later (19,700 records")


def test_a_long_traceback_keeps_its_end(log: Log) -> None:
    try:
        raise ValueError("y" * 50_000 + " at the very end")
    except ValueError:
        log.logger.exception("It failed.")
    text = log.written.getvalue()
    assert text.startswith("It failed.\nTraceback")
    assert text.rstrip().endswith("at the very end")
    assert len(text) < log_limits.MAX_CHARACTERS


def test_every_logger_is_bounded_those_made_later_too(monkeypatch: pytest.MonkeyPatch) -> None:
    before = logging.getLoggerClass()
    limit = LogLimit()
    monkeypatch.setattr(log_limits, "_limit", limit)
    earlier = logging.getLogger("paperloop.tests.earlier")
    try:
        log_limits.limit_logs()
        later = logging.getLogger("paperloop.tests.later")
        assert limit in earlier.filters
        assert limit in later.filters
        assert limit in logging.getLogger("uvicorn.error").filters
    finally:
        logging.setLoggerClass(before)
        for logger in (logging.root, *logging.root.manager.loggerDict.values()):
            if isinstance(logger, logging.Logger):
                logger.removeFilter(limit)
