"""A fetch in a process of its own: the same report, the same errors."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from stores import NOW, sqlite_store

from recommender.config import Settings
from recommender.errors import RecommenderError
from recommender.ingest.cancellation import Cancellation
from recommender.ingest.subprocess_fetch import (
    CANCELLED,
    fetch_all_in_child,
    fetch_in_child,
    try_in_child,
)
from recommender.sources.registry import SourceQuery

ENTRY = "<item><title>Rays {}</title><link>https://example.org/{}</link></item>"
FEED = (
    f"<rss version='2.0'><channel>{''.join(ENTRY.format(i, i) for i in range(3))}</channel></rss>"
)


class Server(BaseHTTPRequestHandler):
    content = b""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    Server.content = FEED.encode()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/feed"
    server.shutdown()
    server.server_close()


def settings(folder: Path, allowed: bool = True) -> Settings:
    return Settings(data_dir=folder, fetch_private_networks=allowed)


@pytest.mark.slow
def test_a_child_fetches_and_reports(tmp_path: Path, url: str) -> None:
    store, told = sqlite_store(tmp_path), []
    known = Settings(
        data_dir=tmp_path,
        database_url=f"sqlite:///{store.database.path}",
        fetch_private_networks=True,
    )
    query = SourceQuery("feed", url=url)
    report = fetch_in_child(known, query, now=NOW, progress=lambda *x: told.append(x))
    assert (report.read, report.new, report.error) == (3, 3, "")
    assert sorted(report.paper_ids) == sorted(store.catalogue.ids())
    assert told == [("feed", 3, 3)]
    trial = try_in_child(known, query)
    assert [x.title for x in trial.records] == ["Rays 0", "Rays 1", "Rays 2"]
    store.close()


@pytest.mark.slow
def test_an_error_of_the_child_is_raised_here(tmp_path: Path, url: str) -> None:
    with pytest.raises(RecommenderError, match="not on the public internet"):
        try_in_child(settings(tmp_path, allowed=False), SourceQuery("feed", url=url))


@pytest.mark.slow
def test_a_fetch_is_cancelled_while_its_host_keeps_silent(tmp_path: Path) -> None:
    sqlite_store(tmp_path).close()
    cancellation = Cancellation()
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(1)
        query = SourceQuery("feed", url=f"http://127.0.0.1:{silent.getsockname()[1]}/")
        threading.Timer(2.0, cancellation.cancel).start()
        began = time.monotonic()
        reports = fetch_all_in_child(
            settings(tmp_path), [query, query], now=NOW, cancellation=cancellation
        )
    assert [x.error for x in reports] == [CANCELLED, CANCELLED]
    assert time.monotonic() - began < 20
    # What was cancelled before it began asks nothing.
    (report,) = fetch_all_in_child(settings(tmp_path), [query], now=NOW, cancellation=cancellation)
    assert report.error == CANCELLED
