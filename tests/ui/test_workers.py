"""Several server processes behind one address, with real processes on loopback."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from deck_clients import Server
from libraries import NOW, SUBJECTS, make_library, papers_on
from page_visits import open_page, visit

from recommender.launch import import_ui
from recommender.store import Store

import_ui()

from ui import workers  # noqa: E402

pytestmark = pytest.mark.slow

SERVE = (
    "import sys; from recommender.config import load_settings;"
    "from recommender.launch import launch;"
    "launch(load_settings(data_dir=sys.argv[1]), port=int(sys.argv[2]), open_browser=False,"
    " workers=2)"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("workers")
    library = make_library(folder / "library", [x for s in SUBJECTS for x in papers_on(s)])
    store = Store(library.settings.url)
    store.readers.ensure("you", NOW)
    store.close()
    server = Server(library, folder / "log", SERVE)
    until(lambda: len(children(server)) == 2)
    until(lambda: {worker_of(server) for _ in range(4)} == {"0", "1"})
    yield server
    server.kill()


def until(holds: Callable[[], bool], seconds: float = 90.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


def children(server: Server) -> list[int]:
    listed = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text()
    return [int(x) for x in listed.split()]


def answer(server: Server, cookie: str = "", path: str = "/healthz") -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    with closing(connection):
        connection.request("GET", path, headers={"cookie": cookie} if cookie else {})
        got = connection.getresponse()
        got.read()
        return got


def worker_of(server: Server, cookie: str = "") -> str | None:
    """Return the worker that a request was answered by, where its browser was told."""
    named = answer(server, cookie).getheader("set-cookie", "")
    return named.partition(";")[0].partition("=")[2] or None


@pytest.mark.parametrize("number", ["0", "1"])
def test_a_browser_stays_with_its_worker(server: Server, number: str) -> None:
    assert {worker_of(server, f"a=b; {workers.COOKIE}={number}; c=d") for _ in range(6)} == {None}


@pytest.mark.parametrize("named", ["7", "99", "-1", "x", "", "0" * 4000])
def test_a_worker_that_is_not_there_is_replaced(server: Server, named: str) -> None:
    assert worker_of(server, f"{workers.COOKIE}={named}") in {"0", "1"}


def test_pages_of_both_workers_run_and_a_like_on_one_is_known_to_the_other(
    server: Server,
) -> None:
    with open_page(server.port, "me") as first, open_page(server.port, "you") as second:
        assert {first.split("=")[-1], second.split("=")[-1]} == {"0", "1"}
    assert visit(server.port, "me", "library") > 1


def test_a_head_in_pieces_is_waited_for(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(b"GET /healthz HTTP/1.1\r\nHo")
        time.sleep(0.3)
        client.sendall(b"st: 127.0.0.1\r\nConnection: close\r\n\r\n")
        assert client.recv(12) == b"HTTP/1.1 200"


def test_a_worker_that_is_killed_is_replaced_and_nothing_is_refused(server: Server) -> None:
    victim = children(server)[0]
    os.kill(victim, signal.SIGKILL)
    until(lambda: victim not in children(server))
    for number in ("0", "1"):
        assert answer(server, f"{workers.COOKIE}={number}").status == 200
    until(lambda: len(children(server)) == 2)
    until(lambda: {worker_of(server) for _ in range(4)} == {"0", "1"})


def test_a_worker_in_the_place_of_another_does_not_turn_the_sign_in_off(tmp_path: Path) -> None:
    library = make_library(tmp_path / "library", papers_on("bees"))
    secrets = library.settings.data_dir / "secrets.toml"
    secrets.write_text(
        '[auth]\nredirect_uri = "http://localhost/oauth2callback"\ncookie_secret = "c"\n'
        'client_id = "a"\nclient_secret = "b"\nserver_metadata_url = "http://localhost:1/x"\n'
    )
    secrets.chmod(0o600)
    server = Server(library, tmp_path / "log", SERVE)
    try:
        until(lambda: len(children(server)) == 2)
        until(lambda: {worker_of(server) for _ in range(4)} == {"0", "1"})
        secrets.unlink()
        for victim in children(server):
            os.kill(victim, signal.SIGKILL)
            until(lambda victim=victim: victim not in children(server))  # type: ignore[misc]
        until(lambda: answered(server, "/healthz") in (200, 503))
        for number in ("0", "1"):
            until(lambda number=number: answered(server, "/", number) == 503)  # type: ignore[misc]
    finally:
        server.kill()


def answered(server: Server, path: str, number: str = "") -> int:
    """Return the status of an answer of one worker, 0 for none."""
    try:
        return answer(server, f"{workers.COOKIE}={number}", path).status
    except OSError:
        return 0
    except http.client.HTTPException:
        return 0


def test_stopping_leaves_no_process(server: Server) -> None:
    alive = children(server)
    assert len(alive) == 2
    os.kill(server.pid, signal.SIGTERM)
    until(lambda: not any(Path(f"/proc/{x}").exists() for x in alive))
