"""The schedule inside the app: at once, again and again, one round at a time, only what is due."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Lock

import pytest
from stores import sqlite_store

from recommender.config import Settings
from recommender.digest.delivery import scheduler
from recommender.digest.delivery.scheduler import commands_due, keeping_schedule, run_due
from recommender.digest.scheduler_status import APP_SILENT, runner_of
from recommender.digest.subscription import Subscription, save_subscription
from recommender.ingest import SourceQuery, keep
from recommender.store import Store

NOW = datetime.now(UTC)
FEED = b"""<rss version='2.0'><channel><title>Otters</title>
<item><title>Otters of the north</title><link>https://example.org/1</link></item></channel></rss>"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = sqlite_store(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def settings(store: Store, tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, database_url=f"sqlite:///{store.database.path}")


@pytest.fixture
def feed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], tuple[str, list[str]]]]:
    """A feed on this machine; what was asked of it is listed."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(FEED)

        def log_message(self, *_: object) -> None:
            pass

    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("PAPERLOOP_FETCH_PRIVATE_NETWORKS", "true")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield lambda: (f"http://127.0.0.1:{server.server_port}", asked)
    server.shutdown()
    server.server_close()


def test_rounds_begin_at_once_never_overlap_and_end_with_the_app(settings: Settings) -> None:
    running, enough = Lock(), Event()
    rounds: list[bool] = []

    def run(_: Settings) -> None:
        alone = running.acquire(blocking=False)
        rounds.append(alone)
        time.sleep(0.05)
        if alone:
            running.release()
        if len(rounds) >= 3:
            enough.set()

    with keeping_schedule(settings, seconds=0.02, run=run):
        assert enough.wait(20)
    done = len(rounds)
    time.sleep(0.2)
    assert all(rounds)
    assert len(rounds) <= done + 1


def test_a_round_that_raises_does_not_end_the_rounds(settings: Settings) -> None:
    again = Event()
    calls: list[int] = []

    def run(_: Settings) -> None:
        calls.append(1)
        if len(calls) == 1:
            raise OSError("no space left")
        again.set()

    with keeping_schedule(settings, seconds=0.02, run=run):
        assert again.wait(20)


def test_that_the_schedule_is_kept_stands_in_the_library_until_the_app_ends(
    settings: Settings, store: Store
) -> None:
    assert not runner_of(store, "fetch", NOW).by_app
    with keeping_schedule(settings, seconds=0.02, run=lambda _: None):
        end = time.monotonic() + 20
        while not runner_of(store, "fetch", datetime.now(UTC)).by_app:
            assert time.monotonic() < end
            time.sleep(0.02)
        later = datetime.now(UTC) + APP_SILENT + timedelta(seconds=1)
        assert not runner_of(store, "digest", later).by_app
    assert not runner_of(store, "fetch", datetime.now(UTC)).by_app


def test_a_minute_with_nothing_planned_starts_no_process(
    settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(store, settings, SourceQuery("arxiv", text="otters"))  # kept, but not planned
    monkeypatch.setattr(scheduler.subprocess, "run", lambda *_, **__: pytest.fail("it ran"))
    run_due(settings)


def test_what_is_due_is_fetched_before_digests_are_made(settings: Settings, store: Store) -> None:
    key = keep(store, settings, SourceQuery("arxiv", text="otters"))
    assert commands_due(settings, NOW) == []
    store.fetches.plan(key, 24, 7)
    assert commands_due(settings, NOW) == [("fetch", "--due"), ("fit", "--if-due")]
    store.readers.add("Ada", NOW - timedelta(days=60))
    assert commands_due(settings, NOW)[-1] == ("digest", "due")
    off = Subscription(every="off")
    save_subscription(store, "ada", off, NOW)
    assert len(commands_due(settings, NOW)) == 2
    kept = store.fetches.get(key)
    assert kept is not None
    store.fetches.save(replace(kept, last_run_at=NOW, last_ok_at=NOW))
    assert commands_due(settings, NOW) == []


@pytest.mark.slow
def test_a_round_fetches_what_was_planned_and_nothing_else(
    settings: Settings, store: Store, feed: Callable[[], tuple[str, list[str]]]
) -> None:
    url, asked = feed()
    planned = keep(store, settings, SourceQuery("feed", url=f"{url}/planned"))
    keep(store, settings, SourceQuery("feed", url=f"{url}/other"))
    store.fetches.plan(planned, 24, 7)
    run_due(settings)
    assert asked == ["/planned"]
    assert store.catalogue.count() == 1
    run_due(settings)
    assert asked == ["/planned"]
    assert "1 new" in (settings.data_dir / "digest.log").read_text()
