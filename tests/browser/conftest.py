"""A real server in a process of its own, and Debian's Chromium."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO
from urllib.parse import urlencode, urlsplit

import pytest
from folders import ROOT
from libraries import NOW, Library, hostile_papers, make_library, papers_on, papers_on_all
from playwright.sync_api import BrowserContext, Locator, Page, Request, expect

from recommender.config import Settings
from recommender.domain import Event, EventKind, Paper
from recommender.store import Store

SHOTS = ROOT / "test-results"
_SERVE = """
import sys, time
from datetime import datetime, timedelta
from functools import partial
from recommender.config import load_settings
from recommender.launch import import_ui, launch

folder, port, host, began = sys.argv[1:]
if began:
    import_ui()
    from ui import app_state

    offset = datetime.fromisoformat(began) - app_state.now_by_wall_clock()
    clock = lambda: app_state.now_by_wall_clock() + offset
    app_state.configure = partial(app_state.configure, clock=clock)
launch(load_settings(data_dir=folder), port=int(port), open_browser=False, host=host)
"""
"""Serves a folder at a port; the clock starts at a given moment, or is the real one."""
PATIENCE_SECONDS = 20.0
expect.set_options(timeout=PATIENCE_SECONDS * 1000)
LOCAL = "127.0.0.1"


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        apart = any(item.get_closest_marker(x) for x in ("benchmark", "slow", "long"))
        if here in item.path.parents and not apart:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("there is no `chromium` on the PATH")
    return {"executable_path": chromium, "args": ["--no-sandbox"]}


@pytest.fixture(scope="session")
def base_url() -> None:
    """Stand in for a plug-in's fixture that newer versions of pytest warn about."""


@dataclass(frozen=True)
class ServedModel:
    """A library that a server process has open, and the address it serves it at."""

    url: str
    settings: Settings
    store: Store
    pid: int

    @contextmanager
    def full_disk(self) -> Iterator[None]:
        """Let every write of the server to a file fail, as on a full disk."""
        before = resource.prlimit(self.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (0, before[1]))
        try:
            yield
        finally:
            resource.prlimit(self.pid, resource.RLIMIT_FSIZE, before)

    def new_reader(self, name: str, *, started: bool = True) -> Reading:
        """Return a reader nobody else uses; one who has not started is sent to the page Start."""
        reader = self.store.readers.add(name, self.store.readers.list()[0].created_at)
        self.store.preferences.set(reader.reader_id, "started", started)
        return Reading(self, reader.reader_id, reader.name)


@dataclass(frozen=True)
class Reading:
    """One reader of a served library, for one test."""

    served: ServedModel
    reader_id: str
    name: str

    def address(self, path: str = "", **query: str) -> str:
        return f"{self.served.url}/{path}?{urlencode({'reader': self.name} | query)}"

    def judge(self, kind: EventKind, paper_id: str, interest_id: str) -> None:
        """Store one action as if it had been done on a page."""
        now = self.served.store.readers.list()[0].created_at
        key = f"{self.reader_id} {kind} {paper_id}"
        self.served.store.feedback.append(
            Event(key, self.reader_id, interest_id, paper_id, kind, now)
        )

    def events(self) -> list[tuple[EventKind, str]]:
        """Return kind and title of every event, in the order stored."""
        events = self.served.store.feedback.events(self.reader_id)
        papers = self.served.store.catalogue.get_many([e.paper_id for e in events])
        return [(e.kind, papers[e.paper_id].title) for e in events]


def serve(
    folder: Path,
    papers: Sequence[Paper],
    files: Mapping[str, str] | None = None,
    host: str = LOCAL,
) -> Iterator[ServedModel]:
    """Serve a library from a process of its own until the generator is closed.

    `files` are written into the data directory. The process's words are kept
    beside the library, and must not hold an error at the end.
    """
    library: Library = make_library(folder, papers)
    for name, content in (files or {}).items():
        (folder / name).write_text(content, "utf-8")
    words = folder.parent / "server.log"
    try:
        with words.open("wb") as log:
            yield from serve_made(library.settings, log, began=NOW, host=host)
    finally:
        said = words.read_text("utf-8", errors="replace")
        sys.stderr.write(said)
    assert not [x for x in ("Traceback", "locked", "StoreBusy") if x in said]


def serve_made(
    settings: Settings,
    log: IO[bytes] | None = None,
    began: datetime | None = None,
    host: str = LOCAL,
) -> Iterator[ServedModel]:
    """Serve a library that is there already; its clock starts at `began`, if that is given."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVE, str(settings.data_dir), str(port), host, f"{began or ''}"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=log,
        stderr=log,
    )
    store = Store(settings.url)
    try:
        _wait_until_ready(process, host, port)
        name = "localhost" if host == LOCAL else host
        yield ServedModel(f"http://{name}:{port}", settings, store, process.pid)
    finally:
        store.close()
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def _wait_until_ready(process: subprocess.Popen[bytes], host: str, port: int) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        assert process.poll() is None, "the server has stopped"
        try:
            with urllib.request.urlopen(f"http://{host}:{port}/readyz", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server does not become ready")


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedModel]:
    folder = tmp_path_factory.mktemp("served") / "library"
    yield from serve(folder, papers_on_all(90))


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedModel]:
    folder = tmp_path_factory.mktemp("hostile") / "library"
    yield from serve(folder, [*hostile_papers(), *papers_on("bees", 4)])


@pytest.fixture
def reading(served: ServedModel) -> Reading:
    return served.new_reader(f"reader {uuid.uuid4().hex[:12]}")


@pytest.fixture
def kept(reading: Reading) -> Reading:
    """Give a reader likes, a list and a tag, so that every page has papers."""
    store = reading.served.store
    now = store.readers.list()[0].created_at
    interest = store.readers.interests(reading.reader_id)[0].interest_id
    found = [x for x, _ in store.catalogue.search("calving moraine", 4)]
    made = store.reading_lists.create(reading.reader_id, "Monday", now)
    store.reading_lists.extend(made.list_id, found, now)
    store.annotations.tag(reading.reader_id, found[:2], "Survey", now)
    for paper_id in found:
        reading.judge(EventKind.like, paper_id, interest)
    return reading


@pytest.fixture(autouse=True)
def requests(context: BrowserContext) -> Iterator[list[str]]:
    """Record every request of every page; none may go to another host."""
    urls: list[str] = []

    def note(request: Request) -> None:
        urls.append(request.url)

    context.on("request", note)
    yield urls
    hosts = {urlsplit(x).hostname for x in urls if not x.startswith(("data:", "blob:"))}
    assert hosts <= {"localhost"}


@pytest.fixture(autouse=True)
def faults(context: BrowserContext) -> Iterator[list[str]]:
    """Record errors that scripts raise; there must be none."""
    found: list[str] = []
    context.on("weberror", lambda error: found.append(str(error.error)))
    yield found
    assert found == []


def shown_text(element: Locator) -> str:
    """Return an element's text once it is seen: a page is hidden while its widgets load."""
    element.wait_for()
    return element.inner_text()


class Deck:
    """The triage deck on a page, as a reader sees it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def title(self) -> str:
        """The paper in focus."""
        return shown_text(self.page.locator(".deck .title"))

    @property
    def queue(self) -> list[str]:
        """What is next, in order."""
        return self.page.locator(".deck .queue li").all_inner_texts()

    @property
    def note(self) -> str:
        """The quiet line."""
        return self.page.locator(".deck .note").inner_text()

    @property
    def waiting(self) -> str:
        """What is said of answers that are not stored yet; empty where none waits."""
        return self.page.locator(".deck .waiting").inner_text()

    @property
    def reasons(self) -> list[str]:
        """Why the paper in focus is here."""
        return self.page.locator(".deck .reasons li").all_inner_texts()

    def settled(self, note: str) -> None:
        """Wait until the quiet line says what changed after an action."""
        self.until(lambda: self.note.startswith(note) and self.note != note)

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds, and fail if it never does."""
        until(self.page, holds, lambda: f"the page says {self.note!r}")

    def until_stored(self, reading: Reading, n: int) -> None:
        """Wait until a reader has `n` events; a slow machine may take long if it goes on."""
        before = -1
        while (found := len(reading.events())) < n:
            assert found > before, f"{found} of {n} are stored; the page says {self.note!r}"
            before = found
            end = time.monotonic() + PATIENCE_SECONDS
            while time.monotonic() < end and len(reading.events()) <= before:
                self.page.wait_for_timeout(100)

    @property
    def order(self) -> list[str]:
        """The paper in focus and what is next, in order."""
        return [self.title, *self.queue]

    def watch(self) -> None:
        """Note from now on what is pressed, and on which paper, as the page sees it."""
        self.page.evaluate(_WATCH)

    def pressed(self) -> list[tuple[EventKind, str]]:
        """Return kind and title of every judgement pressed since `watch`."""
        names = {"l": "like", "s": "skip", "n": "dislike", "v": "save"}
        found = self.page.evaluate("window.pressed")
        return [(EventKind(names[key]), title) for key, title in found if key in names]


_WATCH = """() => {
    const hosts = [...document.querySelectorAll('*')].filter((x) => x.shadowRoot);
    const deck = hosts.map((x) => x.shadowRoot.querySelector('.deck')).find((x) => x);
    const [card, title] = ['.card', '.title'].map((x) => deck.querySelector(x));
    window.pressed = [];
    const note = (e) => card.hidden || window.pressed.push([e.key, title.textContent]);
    document.addEventListener('keydown', note, true);
}"""


def until(page: Page, holds: Callable[[], bool], otherwise: Callable[[], str] = str) -> None:
    """Wait until something holds, and fail if it never does."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < end, f"it never happened; {otherwise()}"
        page.wait_for_timeout(30)


@pytest.fixture
def open_deck(page: Page) -> Callable[[Reading], Deck]:
    def opened(reading: Reading) -> Deck:
        page.goto(reading.address())
        page.locator(".deck .title").wait_for(timeout=PATIENCE_SECONDS * 1000)
        return Deck(page)

    return opened
