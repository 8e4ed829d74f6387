"""Every source against a real server on this machine that replays recorded answers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest
from fake_network import FakeClock

from recommender.sources.fetching import FetchState, SourceQuery
from recommender.sources.http import PoliteClient
from recommender.sources.network import SourceSettings, open_source

RECORDED = {
    "arxiv": (
        SourceQuery("arxiv", text="testing"),
        "/arxiv/api/query",
        "arxiv-atom/arxiv.py__q_testing_s0_m100_cfe7536492ca.200.xml",
        100,
    ),
    "arxiv-rss": (
        SourceQuery("arxiv-rss", categories=("cs.IR",)),
        "/arxiv-rss/rss/cs.IR",
        "arxiv-rss/assembled-2025-02-18-cs.IR.rss.xml",
        31,
    ),
    "oai": (
        SourceQuery("oai", categories=("physics:hep-ex",)),
        "/oai",
        "oai-pmh/hepcrawl__arxiv-physics-hep-ex.xml",
        3,
    ),
    "hf-daily": (
        SourceQuery("hf-daily", period="2026-05-20"),
        "/hf-daily/api/daily_papers",
        "hf-daily-api-json/hf-daily-paper-newsletter-chinese__2026-05-20.json",
        33,
    ),
    "openalex": (
        SourceQuery("openalex", text="attention"),
        "/openalex/works",
        "openalex/talent_graph__openalex_work.json",
        1,
    ),
    "semantic-scholar": (
        SourceQuery("semantic-scholar", text="turing"),
        "/semantic-scholar/graph/v1/paper/search/bulk",
        "semantic-scholar-json/semanticscholar__test_search_paper_next_page.0.200.json",
        100,
    ),
    "crossref": (
        SourceQuery("crossref", text="ecology"),
        "/crossref/works",
        "crossref-json/habanero__test_works_field_queries.0.200.json",
        20,
    ),
    "feed": (
        SourceQuery("feed", url="{root}/feed"),
        "/feed",
        "feeds-rss-atom/adsabs-pyingest__AASNova_rss.xml",
        4,
    ),
}


class Replay(ThreadingHTTPServer):
    """Gives out a file a path, each path busy once before it does."""

    daemon_threads = True

    def __init__(self, files: dict[str, Path]) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.files, self.asked = files, list[str]()

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Answering(BaseHTTPRequestHandler):
    server: Replay

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        self.server.asked.append(path)
        busy = self.server.asked.count(path) == 1
        content = b"busy" if busy else self.server.files[path].read_bytes()
        self.send_response(503 if busy else 200)
        if busy:
            self.send_header("Retry-After", "20")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def server(shared: Path) -> Iterator[Replay]:
    formats = shared / "data" / "formats"
    replay = Replay({path: formats / file for _, path, file, _ in RECORDED.values()})
    threading.Thread(target=replay.serve_forever, args=(0.01,), daemon=True).start()
    yield replay
    replay.shutdown()
    replay.server_close()


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_answer_comes_through_the_network_whole(server: Replay, name: str) -> None:
    query, _, _, number = RECORDED[name]
    if query.url:
        query = SourceQuery("feed", url=query.url.format(root=server.root))
    source = open_source(name, SourceSettings(base_urls={name: f"{server.root}/{name}"}))
    clock = FakeClock()
    with PoliteClient(transport=httpx2.HTTPTransport(), clock=clock) as client:
        pages = list(source.fetch(query, client, FetchState()))
    assert sum(len(x.records) for x in pages) == number
    assert all(not x.refusals for x in pages)
    assert not pages[-1].next_state.unfinished
    assert clock.slept == [20.0]
