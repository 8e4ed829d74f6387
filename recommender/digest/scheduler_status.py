"""Whether something runs what readers planned: fetches of saved queries, and digests.

An app that keeps the schedule says so every minute (`delivery.scheduler`). A command that cron
calls, ``paperloop fetch --due`` or ``paperloop digest due``, notes when it ran. Reads and
writes `Store.scheduler_runs` and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from recommender.digest.render.date_format import day_text
from recommender.errors import StoreError
from recommender.store import Fetch, Store
from recommender.store.scheduler_runs import APP, DIGEST, FETCH

APP_SILENT = timedelta(minutes=5)
"""After so long without a word an app that kept the schedule has ended."""

COMMAND_SILENT = timedelta(hours=26)
"""A command that cron calls daily has run within this time."""


@dataclass(frozen=True, slots=True)
class Runner:
    """What runs the planned work of one kind.

    `by_app` is True while an app does it; else `command_at` is when the command last ran,
    None where it never did.
    """

    by_app: bool
    command_at: datetime | None


def runner_of(store: Store, kind: str, now: datetime) -> Runner:
    """Return what runs planned work: `kind` is ``fetch`` or ``digest``."""
    said = store.scheduler_runs.last(APP)
    return Runner(said is not None and now - said < APP_SILENT, store.scheduler_runs.last(kind))


def note_command(store: Store, kind: str, now: datetime) -> None:
    """Note that the command for planned work runs; one that a running app calls does not count."""
    # A library that may only be read still does what else the command can do.
    with suppress(StoreError):
        if not runner_of(store, kind, now).by_app:
            store.scheduler_runs.note(kind, now)


def nothing_fetches(store: Store, kept: Sequence[Fetch], now: datetime) -> str:
    """Return a sentence if nothing runs the planned fetches among these, else ``""``."""
    planned = [x for x in kept if x.every_hours is not None]
    runner = runner_of(store, FETCH, now)
    if not planned or runner.by_app:
        return ""
    ran = runner.command_at
    if ran is None:
        return "Nothing runs planned fetches: this app was started without its schedule."
    overdue = [x for x in planned if (x.next_at or ran) < now - COMMAND_SILENT]
    if not overdue:
        return ""
    return (
        "Nothing runs planned fetches: this app was started without its schedule, and "
        f"`paperloop fetch --due` last ran on {day_text(ran)}."
    )


def nothing_sends(store: Store, channels: Sequence[str], now: datetime) -> str:
    """Return a sentence if nothing sends a digest by these channels, else ``""``.

    The page needs no sending: it makes the digest when it is looked at.
    """
    runner = runner_of(store, DIGEST, now)
    if set(channels) <= {"page"} or runner.by_app:
        return ""
    ran = runner.command_at
    if ran is None:
        return "Nothing sends digests: this app was started without its schedule."
    if now - ran < COMMAND_SILENT:
        return ""
    return (
        "Nothing sends digests: this app was started without its schedule, and "
        f"`paperloop digest due` last ran on {day_text(ran)}."
    )
