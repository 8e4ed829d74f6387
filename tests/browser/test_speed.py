"""From a key press to the screen, in Chromium, on the loopback; asserts nothing about speed.

    python -m pytest -m benchmark -s tests/browser/test_speed.py

Prints, at the starter catalogue's size and with 50,000 papers and 5,000 events,
the times from a key to the next paper painted and to the re-ranked queue, one paper
at a time and in Compact, one after the other in the same server. Making
the large library takes some minutes; PAPERLOOP_LARGE names a folder to keep it in.
"""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import serve_made
from large import make_large
from libraries import make_starter
from playwright.sync_api import Page
from stopwatch import press_and_time, press_and_time_rows

from recommender.config import Settings, load_settings

PRESSES = 40
PRESSES_IN_ROWS = 25
"""Fewer than Compact shows papers at once."""
N_PAPERS, N_EVENTS = 50_000, 5_000

pytestmark = pytest.mark.benchmark


def large(folder: Path) -> Settings:
    kept = Path(os.environ.get("PAPERLOOP_LARGE", folder))
    if (kept / "paperloop.sqlite3").exists():
        return load_settings(data_dir=kept)
    return make_large(kept, N_PAPERS, N_EVENTS, datetime.now(UTC))


@pytest.mark.parametrize("made", [make_starter, large], ids=["starter", "large"])
def test_from_key_to_screen(page: Page, tmp_path: Path, made: object) -> None:
    settings = made(tmp_path / "library")  # type: ignore[operator]
    for served in serve_made(settings):
        started = {x.reader_id for x in served.store.readers.list()}
        for reader_id in started:
            served.store.preferences.set(reader_id, "started", True)
        counts = served.store.counts()
        page.goto(served.url)
        page.locator(".deck .title").wait_for(timeout=120_000)
        page.wait_for_timeout(1000)
        shown = press_and_time(page, PRESSES)
        page.goto(f"{served.url}/?view=Compact")
        page.locator(".rows .row").first.wait_for(timeout=120_000)
        page.wait_for_timeout(1000)
        in_rows = press_and_time_rows(page, PRESSES_IN_ROWS)
        load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
        print(f"\n{counts['papers']} papers, {counts['events']} events before; {load}")
        print(f"{platform.processor() or platform.machine()}, {page.context.browser.version}")  # type: ignore[union-attr]
        for view, several in (("One at a time", shown), ("Compact", in_rows)):
            print(view, *several, sep="\n  ")
