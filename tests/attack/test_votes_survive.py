"""Real servers under kills, full disks and locks: every vote pressed is stored, once, in order.

A client does what the deck does: it keeps a vote until the server confirms it
and sends everything unconfirmed again, oldest first. `make attack` runs this and
the other campaigns; docs/explanation/reliability.md has the numbers.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from attack_table import Row, note
from folders import ROOT
from libraries import Library, make_library, papers_on

from recommender.launch import import_ui
from recommender.private_files import signing_key

import_ui()

from ui.post_tokens import Tokens  # noqa: E402

SERVE = (
    "import sys; from recommender.config import load_settings;"
    "from recommender.launch import launch;"
    "launch(load_settings(data_dir=sys.argv[1]), port=int(sys.argv[2]), open_browser=False)"
)
STARTED_SECONDS = 180
PACE_SECONDS = 0.02
MAX_WAITING = 100
DELIVERED_SECONDS = 300


class Server:
    """One server process of a library on loopback, which can be killed and started again."""

    def __init__(self, library: Library, log: Path) -> None:
        self._folder = library.settings.data_dir
        self._log = log
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.start()

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", SERVE, str(self._folder), str(self.port)],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=log,
            )
        end = time.monotonic() + STARTED_SECONDS
        while not self.ready():
            assert self._process.poll() is None, self._log.read_text("utf-8", "replace")
            assert time.monotonic() < end, "the server does not become ready"
            time.sleep(0.1)

    def ready(self) -> bool:
        try:
            return ask(self.port, "GET", "/readyz")[0] == 200
        except OSError:
            return False

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    @contextmanager
    def full_disk(self) -> Iterator[None]:
        """Let every write of the server to a file fail, as on a full disk."""
        before = resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (0, before[1]))
        try:
            yield
        finally:
            resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, before)


def ask(port: int, method: str, path: str, body: str | None = None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body, {"content-type": "application/json"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    except http.client.HTTPException as error:
        raise OSError from error
    finally:
        connection.close()


@dataclass
class Client(threading.Thread):
    """One reader who presses without end and loses nothing; see the module."""

    ports: list[int]
    tokens: Tokens
    reader_id: str
    paper_ids: list[str]
    pressed: list[str] = field(default_factory=list)
    waiting: list[dict[str, str]] = field(default_factory=list)
    refused: list[object] = field(default_factory=list)
    failed: int = 0
    pressing: bool = True

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        while self.pressing or self.waiting:
            if self.pressing and len(self.waiting) < MAX_WAITING:
                key = f"{self.reader_id} {len(self.pressed)}"
                paper_id = self.paper_ids[len(self.pressed) % len(self.paper_ids)]
                self.pressed.append(key)
                self.waiting.append({"key": key, "kind": "like", "paper_id": paper_id})
            self.send(self.ports[len(self.pressed) % len(self.ports)])
            time.sleep(PACE_SECONDS)

    def send(self, port: int) -> None:
        body = {"token": self.tokens.issue(self.reader_id), "events": self.waiting[:50]}
        try:
            status, answer = ask(port, "POST", "/api/feedback", json.dumps(body))
            said = json.loads(answer) if status in (200, 422, 503) else {}
        except (OSError, ValueError):
            status, said = 0, {}
        self.failed += status != 200
        self.refused += said.get("refused", [])
        stored = {x["key"] for x in said.get("stored", [])}
        self.waiting = [x for x in self.waiting if x["key"] not in stored]


class Campaign:
    """Servers of one library and clients that press while something goes wrong."""

    def __init__(self, folder: Path, servers: int = 1, readers: int = 2) -> None:
        self.library = make_library(folder / "library", papers_on("bees", 12))
        self.store = self.library.open()
        now = self.store.readers.list()[0].created_at
        names = [self.store.readers.add(f"reader {i}", now).reader_id for i in range(readers)]
        self.servers = [Server(self.library, folder / f"server{i}.log") for i in range(servers)]
        tokens = Tokens(signing_key(self.library.settings.data_dir))
        ports, papers = [x.port for x in self.servers], self.store.catalogue.ids()
        self.clients = [Client(ports, tokens, name, papers) for name in names]
        for client in self.clients:
            client.start()

    def close(self) -> None:
        for server in self.servers:
            server.kill()
        self.store.close()

    def finish(self, attack: str, times: int) -> None:
        """Let the clients deliver what waits; fail unless all of it is stored once, in order."""
        for client in self.clients:
            client.pressing = False
        for client in self.clients:
            client.join(DELIVERED_SECONDS)
            assert client.waiting == []
            assert client.refused == []
            stored = [x.client_key for x in self.store.feedback.events(client.reader_id)]
            assert stored == client.pressed
        pressed = sum(len(x.pressed) for x in self.clients)
        failed = sum(x.failed for x in self.clients)
        assert failed, "nothing went wrong, so nothing was tried"
        # The logs of the readers are equal to what they pressed, as asserted above.
        note(Row(attack, times, pressed, 0, 0, failed))


@pytest.fixture
def campaigns(tmp_path: Path) -> Iterator[type[Campaign]]:
    with ExitStack() as stack:

        class Closed(Campaign):
            def __init__(self, servers: int = 1) -> None:
                super().__init__(tmp_path, servers)
                stack.callback(self.close)

        yield Closed


def sizes(short: int, long: int) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("times", [short, pytest.param(long, marks=pytest.mark.long)])


pytestmark = [pytest.mark.attack, pytest.mark.slow]


@sizes(3, 60)
def test_votes_survive_kills_of_the_server(campaigns: type[Campaign], times: int) -> None:
    rng = random.Random(20261130)
    campaign = campaigns()
    for _ in range(times):
        time.sleep(rng.uniform(0.5, 1.5))
        campaign.servers[0].kill()
        time.sleep(0.3)
        campaign.servers[0].start()
    campaign.finish("`kill -9` of a server", times)


@sizes(5, 100)
def test_votes_survive_a_full_disk(campaigns: type[Campaign], times: int) -> None:
    rng = random.Random(20261130)
    campaign = campaigns()
    for _ in range(times):
        time.sleep(rng.uniform(0.2, 0.6))
        with campaign.servers[0].full_disk():
            time.sleep(rng.uniform(0.5, 1.0))
    campaign.finish("full disk under a server", times)


@sizes(1, 10)
def test_votes_survive_another_process_that_holds_the_library(
    campaigns: type[Campaign], times: int
) -> None:
    campaign = campaigns()
    for _ in range(times):
        with campaign.store.database.write():
            time.sleep(12)  # longer than a server waits
        time.sleep(0.5)
    campaign.finish("library locked for 12 s", times)


@sizes(3, 40)
def test_votes_survive_kills_of_one_of_two_servers(campaigns: type[Campaign], times: int) -> None:
    rng = random.Random(20261130)
    campaign = campaigns(servers=2)
    for i in range(times):
        time.sleep(rng.uniform(0.5, 1.5))
        campaign.servers[i % 2].kill()
        time.sleep(0.3)
        campaign.servers[i % 2].start()
    campaign.finish("`kill -9` of one of two servers on one library", times)
