"""Server processes on loopback, and readers who press like the deck and lose nothing."""

from __future__ import annotations

import http.client
import json
import os
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from folders import ROOT
from libraries import Library

from recommender.launch import import_ui

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
    """One server process of a library on loopback, which can be killed and started again.

    `program` is given the data directory and the port; `environment` is added to this one.
    """

    def __init__(
        self,
        library: Library,
        log: Path,
        program: str = SERVE,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._folder = library.settings.data_dir
        self._log = log
        self._program = program
        self._environment = {**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})}
        self.port = free_port()
        self.start()

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", self._program, str(self._folder), str(self.port)],
                cwd=ROOT,
                env=self._environment,
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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


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
    """One reader who presses `kinds` in turn without end and loses nothing; see the module."""

    ports: list[int]
    tokens: Tokens
    reader_id: str
    paper_ids: list[str]
    pace_seconds: float = PACE_SECONDS
    kinds: tuple[str, ...] = ("like",)
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
                kind = self.kinds[len(self.pressed) % len(self.kinds)]
                self.pressed.append(key)
                self.waiting.append({"key": key, "kind": kind, "paper_id": paper_id})
            self.send(self.ports[len(self.pressed) % len(self.ports)])
            time.sleep(self.pace_seconds)

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
