"""Recorded answers of every network source, and a server on this machine that replays them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from fake_network import FakeClock
from folders import DATA

from recommender.sources.protocol import SourceQuery

OURS = DATA


@dataclass(frozen=True)
class Recorded:
    """A query, the path at which its source asks, and the answer there with this many papers."""

    query: SourceQuery
    path: str
    file: str
    papers: int


RECORDED = {
    "arxiv": Recorded(
        SourceQuery("arxiv", text="testing"),
        "/arxiv/api/query",
        "arxiv-atom/arxiv.py__q_testing_s0_m100_cfe7536492ca.200.xml",
        100,
    ),
    "arxiv-rss": Recorded(
        SourceQuery("arxiv-rss", categories=("cs.IR",)),
        "/arxiv-rss/rss/cs.IR",
        "arxiv-rss/assembled-2025-02-18-cs.IR.rss.xml",
        31,
    ),
    "oai": Recorded(
        SourceQuery("oai", categories=("physics:hep-ex",)),
        "/oai",
        "oai-pmh/hepcrawl__arxiv-physics-hep-ex.xml",
        3,
    ),
    "hf-daily": Recorded(
        SourceQuery("hf-daily", period="2026-05-20"),
        "/hf-daily/api/daily_papers",
        "hf-daily-api-json/hf-daily-paper-newsletter-chinese__2026-05-20.json",
        33,
    ),
    "openalex": Recorded(
        SourceQuery("openalex", text="attention"),
        "/openalex/works",
        "openalex/talent_graph__openalex_work.json",
        1,
    ),
    "semantic-scholar": Recorded(
        SourceQuery("semantic-scholar", text="turing"),
        "/semantic-scholar/graph/v1/paper/search/bulk",
        "semantic-scholar-json/semanticscholar__test_search_paper_next_page.0.200.json",
        100,
    ),
    "crossref": Recorded(
        SourceQuery("crossref", text="ecology"),
        "/crossref/works",
        "crossref-json/habanero__test_works_field_queries.0.200.json",
        20,
    ),
    # The shared data has no answer of DataCite's in JSON; this one is written after its manual.
    "datacite": Recorded(
        SourceQuery("datacite", text="otters"), "/datacite/dois", "answers.datacite.json", 2
    ),
    "feed": Recorded(
        SourceQuery("feed", url="{root}/feed"),
        "/feed",
        "feeds-rss-atom/adsabs-pyingest__AASNova_rss.xml",
        4,
    ),
    "opml": Recorded(SourceQuery("opml", url="{root}/opml"), "/opml", "", 4),
}
"""Name of a source to its answer; that of ``opml`` is a list of the one feed."""


@dataclass(frozen=True)
class Answer:
    """What the server says to one request."""

    content: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


Fault = Callable[[bytes], Answer]
"""What is said instead of the recorded answer, made from it."""


class Replay(ThreadingHTTPServer):
    """Gives out the answer of a path, after the faults it was told to begin with.

    `asked` and `at` are the paths asked for and the clock at each.
    """

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.answers = {x.path: self._read(folder, x.file) for x in RECORDED.values()}
        self.play(FakeClock())

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def play(self, clock: FakeClock, *faults: Fault) -> None:
        """Begin anew: the first requests meet these faults, the others none."""
        self.clock, self.faults = clock, list(faults)
        self.asked, self.at = list[str](), list[float]()

    def answer(self, path: str) -> Answer:
        self.asked.append(path)
        self.at.append(self.clock.seconds)
        content = self.answers[path]
        return self.faults.pop(0)(content) if self.faults else Answer(content)

    def _read(self, folder: Path, file: str) -> bytes:
        if not file:
            outline = f'<outline type="rss" xmlUrl="{self.root}/feed"/>'
            return f"<opml><body>{outline}</body></opml>".encode()
        return (OURS / file if "/" not in file else folder / file).read_bytes()


class _Answering(BaseHTTPRequestHandler):
    server: Replay

    def do_GET(self) -> None:
        said = self.server.answer(self.path.partition("?")[0])
        self.send_response(said.status)
        for name, value in {"Content-Length": str(len(said.content)), **said.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(said.content)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def replaying(folder: Path) -> Iterator[Replay]:
    """Run the server, on the answers of a folder of recorded ones, for the length of a ``with``."""
    server = Replay(folder)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
