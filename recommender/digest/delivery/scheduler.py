"""Keeps the schedule for as long as the app runs: planned fetches and files, and due digests.

Every minute the app looks whether anything is due, which takes a few reads. Only then a round
begins, in processes of its own: a fetch parses what strangers wrote, and a digest may take
long; in the app's process both would keep readers waiting for their next paper. What a round
prints goes to ``digest.log`` in the data directory. What no reader planned is never run.
"""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from apscheduler.schedulers.background import BackgroundScheduler

from recommender.config import Settings, child_environment
from recommender.digest.alerts import missing
from recommender.errors import RecommenderError
from recommender.private_files import open_private
from recommender.store import Store
from recommender.store.scheduler_runs import APP
from recommender.store.synced_collections import FILE, ZOTERO

LOG = "digest.log"
"""What a round prints, in the data directory."""
SECONDS = 60.0
MAX_SECONDS = 3600.0
"""After which a command of a round is ended; what it has stored is kept."""

_FETCH = ("fetch", "--due")
_SYNC = {FILE: ("watch", "--due"), ZOTERO: ("zotero", "due")}
_FIT = ("fit", "--if-due")
_DIGEST = (("digest", "due"),)


@contextmanager
def keeping_schedule(
    settings: Settings,
    *,
    seconds: float = SECONDS,
    run: Callable[[Settings], None] | None = None,
) -> Iterator[None]:
    """Run one round at once and then one every `seconds`, never two at a time.

    Rounds that were missed, as by a machine that slept, are made up for by one. That the
    schedule is kept stands in the library (`digest.scheduler_status`) until the app ends.
    """
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    store = Store(settings.url)
    scheduler = BackgroundScheduler(
        timezone="UTC",
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for work, argument in ((_say_so, store), (run or run_due, settings)):
        scheduler.add_job(
            work,
            "interval",
            args=(argument,),
            seconds=seconds,
            next_run_time=datetime.now(UTC),
        )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)
        with suppress(RecommenderError):
            store.scheduler_runs.forget(APP)
        store.close()


def _say_so(store: Store) -> None:
    # A library that cannot be written now is told again in a minute.
    with suppress(RecommenderError):
        store.scheduler_runs.note(APP, datetime.now(UTC))


def run_due(settings: Settings) -> None:
    """Run the commands for what is due now, one after the other, and wait for them."""
    for i, command in enumerate(commands_due(settings, datetime.now(UTC))):
        _run(settings, command, "ab" if i else "wb")


def commands_due(settings: Settings, now: datetime) -> list[tuple[str, ...]]:
    """Return the commands that something due needs: fetches first, so that a digest has them."""
    store = Store(settings.url)
    commands: list[tuple[str, ...]] = []
    try:
        if any(x.due(now) for x in store.fetches.list()):
            commands.append(_FETCH)
        kept = [x for held in store.synced_collections.of_all().values() for x in held]
        commands += [_SYNC[x] for x in _SYNC if any(y.kind == x and y.due(now) for y in kept)]
        commands += [_FIT] if commands else []
        to_note, _ = missing(store, settings, now)
        if to_note or store.deliveries.ready(now) or store.deliveries.list(states=["sending"]):
            commands += _DIGEST
    except RecommenderError:
        logging.getLogger(__name__).exception("what is due cannot be read")
    finally:
        store.close()
    return commands


def _run(settings: Settings, command: tuple[str, ...], mode: str) -> None:
    try:
        with open_private(settings.data_dir / LOG, mode) as log:
            subprocess.run(  # noqa: S603 - our own program, no shell
                [sys.executable, "-m", "recommender", *command],
                env=child_environment(settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                check=False,
                timeout=MAX_SECONDS,
            )
    except (OSError, subprocess.TimeoutExpired):
        logging.getLogger(__name__).exception("a round of the schedule did not end well")
