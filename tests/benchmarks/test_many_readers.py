"""Many readers at once: each has a page open and answers a paper every two seconds.

    python -m pytest -m benchmark -s tests/benchmarks/test_many_readers.py
    PAPERLOOP_READERS=100 PAPERLOOP_WORKERS=1 python -m pytest ...

A library of 5,000 papers is served by `paperloop up`'s own program. Every reader opens
For you over a WebSocket as a browser does and keeps it open, then sends votes as the deck
does, each asking for the queue that follows. Printed are the time until the queue is
there, what failed, the processor time of all server processes for a vote, and their
private memory for each session. The readers run on the same machine.
"""

from __future__ import annotations

import http.client
import json
import os
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from deck_clients import Server
from libraries import NOW, Library
from page_visits import open_page
from week import make_team

from recommender.launch import import_ui
from recommender.store import Store

import_ui()

from ui.post_tokens import Tokens  # noqa: E402

READERS = [int(x) for x in os.environ.get("PAPERLOOP_READERS", "10,50,100,200").split(",")]
WORKERS = int(os.environ.get("PAPERLOOP_WORKERS", "2"))
SECONDS, PACE_SECONDS = 30.0, 2.0
N_PAPERS = 5_000
NAMED = ("paper_id", "interest_id", "slate_id")
"""What the deck sends of the card that is answered."""

SERVE = (
    "import sys; from recommender.config import load_settings;"
    "from recommender.launch import launch;"
    f"launch(load_settings(data_dir=sys.argv[1]), port=int(sys.argv[2]), open_browser=False,"
    f" workers={WORKERS})"
)


@dataclass
class Voter(threading.Thread):
    """A reader with an open page who answers the first paper of the queue, again and again."""

    port: int
    reader_id: str
    token: str
    cookie: str
    delay: float
    end: float
    times: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        holds: list[str] = []
        first: dict[str, str] = {}
        time.sleep(self.delay)
        n = 0
        while time.monotonic() < self.end:
            kind = "skip" if n % 3 else "like"
            key = f"{self.reader_id} {n} {self.end}"
            events = [{"key": key, "kind": kind, **first}] if first else []
            body = {"token": self.token, "events": events, "queue": {"holds": holds}}
            started = time.monotonic()
            headers = {"content-type": "application/json", "cookie": self.cookie}
            try:
                connection.request("POST", "/api/feedback", json.dumps(body), headers)
                answer = connection.getresponse()
                said = json.loads(answer.read())
                cards = said["queue"]["cards"]
                holds = [x["paper_id"] for x in cards]
                first = {x: cards[0][x] for x in NAMED if x in cards[0]} if cards else {}
            except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
                self.failed.append(repr(error))
                connection.close()
            else:
                if events:
                    self.times.append(time.monotonic() - started)
                n += 1
            time.sleep(max(0.0, PACE_SECONDS - (time.monotonic() - started)))
        connection.close()


def family(pid: int) -> list[int]:
    """Return a process and those it has started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(x for child in children for x in family(int(child)))]


def processor_seconds(pid: int) -> float:
    spent = 0
    for x in family(pid):
        fields = Path(f"/proc/{x}/stat").read_text().rpartition(")")[2].split()
        spent += int(fields[11]) + int(fields[12])
    return spent / os.sysconf("SC_CLK_TCK")


def private_megabytes(pid: int) -> float:
    kilobytes = 0
    for x in family(pid):
        for line in Path(f"/proc/{x}/smaps_rollup").read_text().splitlines():
            if line.startswith(("Private_Clean:", "Private_Dirty:")):
                kilobytes += int(line.split()[1])
    return kilobytes / 1024


@contextmanager
def sessions(port: int, readers: list[str]) -> Iterator[list[str]]:
    """Keep a page open for each reader; gives the cookie of each browser."""
    with ExitStack() as stack:
        yield [stack.enter_context(open_page(port, x)) for x in readers]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    settings, _ = make_team(
        tmp_path_factory.mktemp("team") / "library", N_PAPERS, 0, max(READERS), NOW
    )
    return Library(settings)


@pytest.mark.benchmark
def test_many_readers(library: Library, tmp_path: Path) -> None:
    server = Server(library, tmp_path / "server.log", SERVE)
    tokens = Tokens((library.settings.data_dir / "feedback.key").read_text().strip())
    store = Store(library.settings.url)
    names = [x.reader_id for x in store.readers.list() if x.name.startswith("reader")]
    store.close()
    print(f"\n{WORKERS} workers, {os.cpu_count()} cores, one vote in {PACE_SECONDS:.0f} s each")
    print("readers   votes  failed   median      p95   processor a vote   memory a session")
    try:
        for n in READERS:
            before = private_megabytes(server.pid)
            with sessions(server.port, names[:n]) as cookies:
                memory = (private_megabytes(server.pid) - before) / n
                spent, end = processor_seconds(server.pid), time.monotonic() + SECONDS
                voters = [
                    Voter(server.port, x, tokens.issue(x), cookie, PACE_SECONDS * i / n, end)
                    for i, (x, cookie) in enumerate(zip(names[:n], cookies, strict=True))
                ]
                for voter in voters:
                    voter.start()
                for voter in voters:
                    voter.join()
                spent = processor_seconds(server.pid) - spent
            times = [1000 * t for voter in voters for t in voter.times]
            failed = [x for voter in voters for x in voter.failed]
            p95 = statistics.quantiles(times, n=20)[-1]
            print(
                f"{n:7} {len(times):7} {len(failed):7} {statistics.median(times):6.0f} ms "
                f"{p95:6.0f} ms {1000 * spent / len(times):15.0f} ms {memory:15.2f} MB"
            )
            assert not failed, failed[:3]
    finally:
        server.kill()
