"""Fetching on the command line, from a server on this machine that answers as arXiv does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import fake_hosts
import httpx2
import pytest
from fake_hosts import PAPERS
from folders import ROOT
from shells import Shell

from recommender.ingest import subprocess_fetch
from recommender.store import Store

Answer = Callable[[httpx2.Request], httpx2.Response]
WORDS = ("fetch", "arxiv", "otter")


class Mirror:
    """A server whose `answer` a test may change; `asked` are the paths that came."""

    def __init__(self) -> None:
        self.answer: Answer = fake_hosts.arxiv
        self.asked: list[str] = []
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                mirror.asked.append(self.path)
                reply = mirror.answer(httpx2.Request("GET", f"http://mirror{self.path}"))
                self.send_response(reply.status_code)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(reply.content)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def break_from(self, start: int, status: int) -> None:
        """Refuse every page from this record on."""

        def answer(request: httpx2.Request) -> httpx2.Response:
            if int(request.url.params["start"]) >= start:
                return httpx2.Response(status, content=b"closed")
            return fake_hosts.arxiv(request)

        self.answer = answer


@pytest.fixture
def mirror(empty: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    """A server that the settings of `empty` name as arXiv's mirror, asked without pauses."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("PAPERLOOP_FETCH_PRIVATE_NETWORKS", "true")
    made = Mirror()
    empty.folder.mkdir()
    (empty.folder / "config.toml").write_text(
        f'[source_urls]\narxiv = "{made.url}"\n[source_pauses]\narxiv = 0\n'
    )
    thread = Thread(target=made.server.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def revision(shell: Shell) -> tuple[int, int]:
    store = Store(f"sqlite:///{shell.folder}/paperloop.sqlite3")
    try:
        return store.catalogue.count(), store.catalogue.revision()
    finally:
        store.close()


@pytest.mark.slow
def test_a_fetch_stores_papers_and_a_second_one_changes_nothing(
    empty: Shell, mirror: Mirror
) -> None:
    ran = empty.run(*WORDS)
    assert ran.stdout == f"arxiv (otter): {PAPERS} read, {PAPERS} new, 0 merged, 0 refused\n"
    before = revision(empty)
    again = empty.json(*WORDS)["sources"][0]
    assert (again["new"], again["merged"], again["error"]) == (0, PAPERS, "")
    assert revision(empty) == before
    assert before[0] == PAPERS


@pytest.mark.slow
def test_a_break_in_the_middle_goes_on_there(empty: Shell, mirror: Mirror) -> None:
    mirror.break_from(2, 403)
    broken = empty.json(*WORDS, code=1)["sources"][0]
    assert (broken["new"], broken["unfinished"]) == (2, True)
    mirror.answer = fake_hosts.arxiv
    mirror.asked.clear()
    rest = empty.json(*WORDS)["sources"][0]
    assert (rest["new"], rest["unfinished"]) == (3, False)
    assert all("start=0" not in x for x in mirror.asked)
    assert revision(empty)[0] == PAPERS


@pytest.mark.slow
def test_too_many_requests_is_one_sentence_that_says_when(empty: Shell, mirror: Mirror) -> None:
    mirror.answer = lambda _: httpx2.Response(429, headers={"Retry-After": "7200"})
    ran = empty.run(*WORDS, code=1)
    assert ran.stderr.count("\n") == 1
    assert "UTC" in ran.stderr
    assert revision(empty)[0] == 0
    # The pause binds the next process too: it does not even ask.
    mirror.asked.clear()
    report = empty.json(*WORDS, code=1)["sources"][0]
    assert report["retry_at"]
    assert mirror.asked == []


@pytest.mark.slow
def test_what_the_options_ask_for_reaches_the_source(empty: Shell, mirror: Mirror) -> None:
    days = ("--since", "2024-01-01", "--until", "2024-12-31", "--limit", "3")
    report = empty.json(*WORDS, "--category", "cs.IR", "--author", "Lee", *days)["sources"][0]
    assert report["read"] == 3
    for asked in ("cs.IR", "Lee", "202401010000", "202412312359"):
        assert asked in mirror.asked[0]


@pytest.mark.slow
def test_one_source_that_fails_does_not_stop_the_others(empty: Shell, mirror: Mirror) -> None:
    ran = empty.run("fetch", "opml,arxiv", "--id", "2401.00000", "--limit", "1", code=1)
    assert "opml cannot be asked by ids" in ran.stderr
    assert "arxiv (2401.00000): 2 read" in ran.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("fetch", "arxvi", "otter"), "There is no source 'arxvi'"),
        (("fetch", "arxiv"), "arxiv needs"),
        (("fetch", "feed", "not an address"), "not an address"),
        (("fetch", "hf-daily", "2026-13-77"), "no day, week or month"),
        (("fetch", "crossref", "--id", "otter"), "'otter' is no identifier"),
    ],
)
def test_what_makes_no_sense_is_said_in_one_sentence(
    empty: Shell, words: tuple[str, ...], said: str
) -> None:
    ran = empty.run(*words, code=1)
    assert said in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_no_source_is_a_wrong_word(empty: Shell) -> None:
    assert "SOURCE" in empty.run("fetch", ",", code=2).stderr


@pytest.mark.slow
def test_what_is_fetched_may_be_liked_at_once(empty: Shell, mirror: Mirror) -> None:
    report = empty.json(*WORDS, "--as", "liked")["sources"][0]
    assert report["judged"] == report["read"] == PAPERS
    again = empty.json(*WORDS, "--as", "liked")["sources"][0]
    assert again["judged"] == 0
    assert len(empty.run("export", "--liked", "--format", "jsonl").stdout.splitlines()) == PAPERS


@pytest.fixture
def hanging_feeds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the child of every fetch compute for ever as soon as it reads a feed."""
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}:{ROOT / 'tests' / 'support'}")
    monkeypatch.setattr(subprocess_fetch, "_MODULE", "fetch_child_that_hangs")


@pytest.mark.slow
@pytest.mark.usefixtures("hanging_feeds")
def test_a_feed_that_hangs_the_parser_is_ended_and_the_others_are_asked(
    empty: Shell, mirror: Mirror
) -> None:
    mirror.answer = lambda _: httpx2.Response(200, content=b"<rss><channel/></rss>")
    ran = empty.run("fetch", "feed", f"{mirror.url}/feed", code=1)
    assert ran.stderr.count("\n") == 1
    assert "took more than 120 s of computing, so it was ended" in ran.stderr
    mirror.answer = lambda request: (
        httpx2.Response(200, content=b"<rss><channel/></rss>")
        if "feed" in request.url.path
        else fake_hosts.arxiv(request)
    )
    ran = empty.run("fetch", "feed,arxiv", f"{mirror.url}/feed", code=1)
    assert ran.stderr.count("so it was ended") == 1
    assert "arxiv (" in ran.stdout


@pytest.mark.slow
@pytest.mark.parametrize("whole_group", [True, False], ids=["terminal", "parent alone"])
def test_an_interrupt_is_one_sentence_and_leaves_no_process(
    empty: Shell, mirror: Mirror, whole_group: bool
) -> None:
    asked, over = Event(), Event()

    def hang(_: httpx2.Request) -> httpx2.Response:
        asked.set()
        over.wait(60)
        return httpx2.Response(503)

    mirror.answer = hang
    running = subprocess.Popen(
        [sys.executable, "-m", "recommender", *WORDS, "--data-dir", str(empty.folder)],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert asked.wait(120)
        (os.killpg if whole_group else os.kill)(running.pid, signal.SIGINT)
        _, said = running.communicate(timeout=60)
    finally:
        over.set()
        running.kill()
    assert said == "paperloop: interrupted; what was stored is kept.\n"
    assert running.returncode == 130
    end = time.monotonic() + 10
    while members_of(running.pid) and time.monotonic() < end:
        time.sleep(0.05)
    assert members_of(running.pid) == []


def members_of(group: int) -> list[int]:
    """Return the living processes of a process group."""
    stats = {x: (x / "stat") for x in Path("/proc").iterdir() if x.name.isdigit()}
    found = []
    for folder, stat in stats.items():
        try:
            state, _, its_group, *_ = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(its_group) == group and state != "Z":
            found.append(int(folder.name))
    return found
