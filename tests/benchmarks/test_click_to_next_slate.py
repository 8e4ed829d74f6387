"""The program's own time from a click to the next slate, at the starter catalogue's size.

    python -m pytest -m benchmark -s tests/benchmarks/test_click_to_next_slate.py

Measured is what the server does: the action committed by the route, and then
what a rerun does for the deck (log, slate with reasons, cards). Printed are
medians over 60 clicks, with the commit alone as the baseline of the same run.
"""

from __future__ import annotations

import platform
import statistics
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import TypeVar

import pytest
from libraries import make_starter

from recommender.config import Settings
from recommender.domain import Event, EventKind
from recommender.launch import import_ui

import_ui()

from ui import app_state, session  # noqa: E402
from ui.deck import HOLDS, SHOWS, deck_data  # noqa: E402

CLICKS = 60
Result = TypeVar("Result")


@pytest.fixture
def starter(tmp_path: Path) -> Iterator[Settings]:
    settings = make_starter(tmp_path)
    app_state.configure(settings)
    yield settings
    app_state.close()


def timed(spent: list[float], work: Callable[[], Result]) -> Result:
    start = perf_counter()
    result = work()
    spent.append((perf_counter() - start) * 1000)
    return result


@pytest.mark.benchmark
def test_click_to_next_slate(starter: Settings) -> None:
    commits: list[float] = []
    deals: list[float] = []
    dealt: deck_data.Dealt | None = None
    next_id = app_state.store().catalogue.ids()[0]

    def deal() -> deck_data.Dealt:
        log = session.log()
        fresh = deck_data.Dealt(None, log.last_event_id, session.slate(SHOWS, HOLDS))
        deck_data.deck_data(fresh, dealt, log)
        return fresh

    for i in range(CLICKS):
        kind = EventKind.skip if i % 3 else EventKind.like
        event = Event(f"click {i}", "me", "me/general", next_id, kind, app_state.now())
        timed(commits, lambda event=event: app_state.store().feedback.append(event))
        dealt = timed(deals, deal)
        next_id = dealt.slate.items[0].paper_id
    whole = [a + b for a, b in zip(commits, deals, strict=True)]
    print(f"\n{platform.machine()}, {platform.processor() or 'unknown processor'}")
    for name, spent in (("commit", commits), ("next slate", deals), ("click to slate", whole)):
        centiles = statistics.quantiles(spent, n=20)
        print(f"{name:15} median {statistics.median(spent):6.1f} ms   p95 {centiles[-1]:6.1f} ms")
