"""A day of a small group in ten minutes: nothing lost, nothing twice, nothing grows.

The real server, the real scheduler and the real commands run under a clock that is 144 times
as fast (`fast_clock`). Ten readers vote, open and leave pages, and read feeds; a feed on this
machine gets new papers and is fetched when due; models are refitted when due; each reader's
digest goes out at an hour of its own, by mail, as files and on the page.
"""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from attack_table import Row, note
from deck_clients import DELIVERED_SECONDS, Client, Server, Tokens, ask, free_port
from fast_clock.sitecustomize import fast_now
from folders import ROOT
from libraries import NOW, make_library, papers_on_all
from mail_servers import Box, working
from page_visits import visit

from recommender.digest.delivery.file_channel import digest_folder
from recommender.digest.periods import next_issue
from recommender.digest.subscription import Subscription, save_subscription
from recommender.ingest import keep
from recommender.private_files import signing_key
from recommender.sources.registry import SourceQuery
from recommender.training import artifacts

pytestmark = [pytest.mark.attack, pytest.mark.slow]

SPEED = 144
"""24 hours in 10 minutes."""
READERS = 10
KINDS = ("like", "skip", "save", "open", "dislike", "skip")
PACE_SECONDS = 2.0
ROUND_SECONDS = 2.5
"""Between two rounds of sending: six minutes by the fast clock."""
FETCH_HOURS = 1
LEAST_FETCHES = 2
"""Once at first and once when due again; how often in all depends on the machine."""
CHANNELS = ("page", "mail", "files")
LEFT_SESSIONS = 130
LONG_MINUTES = 5.0
"""From this length on so many pages are left first that Streamlit drops one for each new one."""
MAX_MEGABYTES_A_MINUTE = {10.0: 3.0, 30.0: 1.0}
"""Of the second half, by length: caches still fill in the first ten minutes, not later."""
MAX_MORE_FILES = 60
"""Between the lowest counts of two thirds: garbage is collected every few minutes."""
FILES_OF_A_PAGE = 3
"""Open files of a session that Streamlit keeps; it keeps up to 128 of closed pages."""
PATIENCE_SECONDS = 240.0
"""How much longer a loaded machine may take for what must happen; the readers go on meanwhile."""
PAGES = ("", "digest", "library", "", "taste", "performance")

SERVE = f"""
import sys
from recommender.config import load_settings
from recommender.digest.delivery.scheduler import keeping_schedule
from recommender.launch import launch

settings = load_settings(data_dir=sys.argv[1])
with keeping_schedule(settings, seconds={ROUND_SECONDS}):
    launch(settings, port=int(sys.argv[2]), open_browser=False)
"""


@dataclass
class Feed:
    """A feed that has one entry more for every half hour of the fast clock; it counts requests."""

    clock: Callable[[], datetime]
    asked: int = 0

    def content(self) -> bytes:
        self.asked += 1
        n = int((self.clock() - NOW) / timedelta(minutes=30)) + 1
        entries = "".join(
            f"<entry><title>A dated study of hive number {i}</title>"
            f"<id>http://journal.example/{i}</id>"
            f"<link href='http://journal.example/{i}'/>"
            f"<summary>Bees of hive {i} forage for nectar and pollen.</summary>"
            f"<updated>{NOW + i * timedelta(minutes=30):%Y-%m-%dT%H:%M:%SZ}</updated></entry>"
            for i in range(n)
        )
        feed = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>J</title>{entries}</feed>"
        return feed.encode()

    @contextmanager
    def served(self) -> Iterator[str]:
        content = self.content

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = content()
                self.send_response(200)
                self.send_header("content-type", "application/atom+xml")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/feed.atom"
        finally:
            server.shutdown()
            server.server_close()


@dataclass
class Gauge:
    """Memory (MB), open files and threads of a process over time (seconds)."""

    pid: int
    samples: list[tuple[float, float, int, int]] = field(default_factory=list)

    def read(self) -> None:
        status = Path(f"/proc/{self.pid}/status").read_text("ascii")
        memory, threads = (
            int(re.search(rf"{name}:\s+(\d+)", status)[1])  # type: ignore[index]
            for name in ("VmRSS", "Threads")
        )
        files = len(list(Path(f"/proc/{self.pid}/fd").iterdir()))
        self.samples.append((time.monotonic(), memory / 1024, files, threads))

    def last_two_thirds(self) -> list[tuple[float, float, int, int]]:
        """Return the samples after a third of the time: caches are full and pages compiled."""
        start, end = self.samples[0][0], self.samples[-1][0]
        return [x for x in self.samples if x[0] >= start + (end - start) / 3]

    def slope(self) -> float:
        """Return how the memory grows in the second half, by least squares, MB a real minute."""
        start, end = self.samples[0][0], self.samples[-1][0]
        at, memory, *_ = zip(*(x for x in self.samples if x[0] >= (start + end) / 2), strict=True)
        return statistics.linear_regression(at, memory).slope * 60

    def rise_of_the_lowest(self, column: int) -> float:
        """Return the lowest value of the last third of the time less that of the middle third."""
        kept = [x[column] for x in self.last_two_thirds()]
        half = len(kept) // 2
        return min(kept[half:]) - min(kept[:half])

    def growth(self, column: int) -> float:
        """Return the median of the last third of the time less that of the middle third."""
        kept = [x[column] for x in self.last_two_thirds()]
        half = len(kept) // 2
        return statistics.median(kept[half:]) - statistics.median(kept[:half])


@dataclass
class Errand(threading.Thread):
    """Does something again and again until it is told to stop; keeps what went wrong."""

    work: Callable[[int], None]
    every_seconds: float
    stopped: threading.Event
    done: int = 0
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        while not self.stopped.wait(self.every_seconds):
            try:
                self.work(self.done)
            except (AssertionError, OSError, TimeoutError) as error:
                self.faults.append(repr(error))
            self.done += 1


@pytest.mark.parametrize(
    "minutes",
    [1.25, pytest.param(10.0, marks=pytest.mark.long), pytest.param(30.0, marks=pytest.mark.long)],
    ids=["3 h", "24 h", "72 h"],
)
def test_a_day_ends_as_it_began(tmp_path: Path, minutes: float) -> None:
    hours = minutes * SPEED / 60
    folder = tmp_path / "library"
    papers = papers_on_all(90)
    recent = [replace(x, published_at=NOW - timedelta(hours=i)) for i, x in enumerate(papers)]
    library = make_library(folder, recent)
    port = free_port()
    box = Box()
    began = NOW
    with working(box) as smtp:
        (folder / "config.toml").write_text(
            f"base_url = 'http://localhost:{port}'\n"
            "fetch_private_networks = true\nrefit_after_events = 150\n"
            f"[smtp]\nhost = '{smtp.host}'\nport = {smtp.port}\nsecurity = 'none'\n"
            f"sender = '{smtp.sender}'\n",
            "utf-8",
        )
        (folder / "config.toml").chmod(0o600)
        store = library.open()
        names = [store.readers.add(f"reader {i}", NOW).reader_id for i in range(READERS)]
        store.preferences.set(store.readers.list()[0].reader_id, "digest", {"every": "off"})
        feeds = [store.feed_tokens.new(name, None, NOW) for name in names]
        clock_started = tmp_path / "clock started"
        clock = f"{began.isoformat()} {SPEED} {clock_started}"
        issues: dict[str, str] = {}
        for i, name in enumerate(names):
            store.preferences.set(name, "started", True)
            due_at = began + timedelta(hours=(i + 1) * hours / (READERS + 1))
            plan = plan_due(due_at, f"reader{i}@example.org")
            save_subscription(store, name, plan, began)
            coming = next_issue(plan, began)
            assert coming is not None
            issues[name] = coming.issue
        feed = Feed(lambda: fast_now(clock))
        environment = {
            "PYTHONPATH": f"{ROOT / 'tests' / 'support' / 'fast_clock'}:{ROOT}",
            "SOAK_CLOCK": clock,
            "PAPERLOOP_DATA_DIR": str(folder),
        }
        with feed.served() as address:
            query = SourceQuery("feed", url=address)
            store.fetches.plan(keep(store, library.settings, query), FETCH_HOURS, None)
            server = Server(library, tmp_path / "server.log", SERVE, environment)
            gauge = Gauge(server.pid)
            stopped = threading.Event()
            left = LEFT_SESSIONS if minutes >= LONG_MINUTES else READERS
            for n in range(left):
                visit(server.port, f"reader {n % READERS}", PAGES[n % len(PAGES)])

            def fetch(_: int) -> None:
                command = [sys.executable, "-m", "recommender", "fetch", "--due"]
                done = subprocess.run(
                    command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False
                )
                assert done.returncode == 0, done.stderr

            def look(n: int) -> None:
                i = n % READERS
                visit(server.port, f"reader {i}", PAGES[n // READERS % len(PAGES)])
                assert ask(server.port, "GET", f"/feed/{feeds[i]}.atom")[0] == 200

            models: set[str] = set()

            def measure(_: int) -> None:
                gauge.read()
                models.add(artifacts.latest_version(library.settings.models_dir))

            answered: list[str] = []

            def answer_mail(_: int) -> None:
                for to, content in box.mails[len(answered) :]:
                    answered.append(to)
                    path = re.search(rf"http://localhost:{port}(/f/[\w.~=-]+)", html_of(content))
                    assert path is not None
                    for _ in range(2):
                        assert ask(server.port, "POST", path[1])[0] == 200

            def all_happened() -> bool:
                """Say whether every digest went out, and papers came and a model was fitted."""
                sent = {
                    (x.reader_id, x.issue, x.channel)
                    for x in store.deliveries.list(limit=1_000)
                    if x.state == "sent"
                }
                return (
                    {(*x, channel) for x in issues.items() for channel in CHANNELS} <= sent
                    and feed.asked >= LEAST_FETCHES
                    and len(models) > 1
                    and artifacts.read_manifest(library.settings.models_dir).n_readers == READERS
                )

            errands = [
                Errand(fetch, 5.0, stopped),
                Errand(look, 1.0, stopped),
                Errand(answer_mail, 1.0, stopped),
                Errand(measure, 0.5, stopped),
            ]
            tokens = Tokens(signing_key(folder))
            ids = store.catalogue.ids()
            clients = [
                Client([server.port], tokens, x, ids[i:], PACE_SECONDS, KINDS)
                for i, x in enumerate(names)
            ]
            clock_started.touch()
            try:
                for thread in (*errands, *clients):
                    thread.start()
                time.sleep(minutes * 60)
                end = time.monotonic() + PATIENCE_SECONDS
                while not all_happened() and time.monotonic() < end:
                    time.sleep(1.0)
                for client in clients:
                    client.pressing = False
                for client in clients:
                    client.join(DELIVERED_SECONDS)
                stopped.set()
                for errand in errands:
                    errand.join(DELIVERED_SECONDS)
            finally:
                server.kill()
    said = (tmp_path / "server.log").read_text("utf-8", "replace")
    assert not [x for x in ("Traceback", "Error") if x in said], said
    assert [fault for x in errands for fault in x.faults] == []

    # Every event pressed is there once and in order, and each answered mail's once.
    pressed = 0
    for i, client in enumerate(clients):
        assert (client.waiting, client.refused) == ([], [])
        keys = [x.client_key for x in store.feedback.events(client.reader_id)]
        own = [x for x in keys if x.startswith(f"{client.reader_id} ")]
        assert own == client.pressed
        assert len(keys) - len(own) == answered.count(f"reader{i}@example.org")
        pressed += len(keys)

    lines = "\n".join(",".join(map(str, x)) for x in gauge.samples)
    (tmp_path / "gauge.csv").write_text(f"second,megabytes,files,threads\n{lines}\n", "utf-8")
    memory = [x[1] for x in gauge.last_two_thirds()]
    print(
        f"\nsoak: {hours:.0f} h, {pressed} events, {len(answered)} of them from {len(box.mails)} "
        f"mails, {feed.asked} fetches, {len(models) - 1} refits, {errands[1].done} pages; memory "
        f"{gauge.samples[0][1]:.0f} MB at first, then {min(memory):.0f} to {max(memory):.0f} MB, "
        f"slope {gauge.slope():+.3f} MB a minute, growth of the medians {gauge.growth(1):+.1f} MB, "
        f"{min(x[2] for x in gauge.last_two_thirds())} to {max(x[2] for x in gauge.samples)} open "
        f"files, lowest {gauge.rise_of_the_lowest(2):+.0f}, {gauge.growth(3):+.0f} threads"
    )

    # Every digest went out once by every channel; the next day's may have begun.
    mails = Counter((to, issue_of(content)) for to, content in box.mails)
    sent = {(x.reader_id, x.issue, x.channel): x.state for x in store.deliveries.list(limit=1_000)}
    for i, (name, issue) in enumerate(issues.items()):
        assert mails[f"reader{i}@example.org", issue] == 1
        assert {sent[name, issue, x] for x in CHANNELS} == {"sent"}
    assert set(mails.values()) == {1}
    files = [x for x in digest_folder(library.settings).rglob("*.html") if not x.is_symlink()]
    assert len(files) >= READERS

    # What is due was fetched, and what enough has happened for was fitted.
    assert feed.asked >= LEAST_FETCHES
    assert len(models) > 1
    assert artifacts.read_manifest(library.settings.models_dir).n_readers == READERS
    store.close()
    note(Row(f"{hours:.0f} hours of ten readers in {minutes:g} minutes", 1, pressed, 0, 0, 0))
    assert gauge.growth(1) < 0.05 * memory[0]
    assert max(x[2] for x in gauge.samples) < FILES_OF_A_PAGE * LEFT_SESSIONS + 150
    if minutes >= LONG_MINUTES:
        assert gauge.slope() < MAX_MEGABYTES_A_MINUTE[minutes]
        assert gauge.rise_of_the_lowest(2) <= MAX_MORE_FILES
    else:
        to_keep = min(max(LEFT_SESSIONS - left, 0), errands[1].done)
        assert gauge.growth(2) <= 12 + FILES_OF_A_PAGE * to_keep
    # A server has a thread for each thing asked at once, of which a loaded one has more.
    assert gauge.growth(3) <= (3 if minutes >= LONG_MINUTES else READERS + len(errands))


def plan_due(at: datetime, address: str) -> Subscription:
    """Return a plan of daily digests, the next of which is due in the half hour around `at`."""
    half_hours = max(int((at - NOW) / timedelta(minutes=30)), 1)
    due_at = NOW + half_hours * timedelta(minutes=30)
    # The hour of a plan is a whole one, in a zone that may be half an hour off.
    zone = "UTC" if due_at.minute == 0 else "Asia/Kolkata"
    return Subscription(
        "day",
        hour=due_at.astimezone(ZoneInfo(zone)).hour,
        zone=zone,
        bar=-1e9,
        channels=CHANNELS,
        address=address,
    )


def issue_of(content: bytes) -> str:
    """Return the issue that a mail's subject ends with."""
    return str(message_from_bytes(content, policy=policy.default)["Subject"]).split()[-1]


def html_of(content: bytes) -> str:
    part = message_from_bytes(content, policy=policy.default).get_body(("html",))
    assert part is not None
    return str(part.get_content())
