"""Sends what is due every minute for as long as the app runs, in a process of its own.

A round may compose many digests; in the app's own process it would keep
readers waiting for their next paper. What a round prints goes to
``digest.log`` in the data directory.
"""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from apscheduler.schedulers.background import BackgroundScheduler

from recommender.config import Settings, child_environment
from recommender.private_files import open_private

LOG = "digest.log"
"""What a round prints, in the data directory."""
SECONDS = 60.0
MAX_SECONDS = 3600.0
"""After which a round is ended; the delivery log records how far it came."""


@contextmanager
def sending(
    settings: Settings,
    *,
    seconds: float = SECONDS,
    run: Callable[[Settings], None] | None = None,
) -> Iterator[None]:
    """Run one round at once and then one every `seconds`, never two at a time.

    Rounds that were missed, as by a machine that slept, are made up for by one.
    """
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler = BackgroundScheduler(
        timezone="UTC",
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    scheduler.add_job(
        run or run_due,
        "interval",
        args=(settings,),
        seconds=seconds,
        next_run_time=datetime.now(UTC),
    )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)


def run_due(settings: Settings) -> None:
    """Run ``paperloop digest due`` once and wait for it."""
    command = [sys.executable, "-m", "recommender", "digest", "due"]
    try:
        with open_private(settings.data_dir / LOG) as log:
            subprocess.run(  # noqa: S603 - our own program, no shell
                command,
                env=child_environment(settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                check=False,
                timeout=MAX_SECONDS,
            )
    except (OSError, subprocess.TimeoutExpired):
        logging.getLogger(__name__).exception("a round of sending did not end well")
