"""``kill -9`` while sending, and two rounds at once: nothing is lost, nothing goes out twice."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from queue import Queue
from threading import Event, Thread

import pytest
from aimed_kills import MOMENTS, UNCLEAR
from attack_table import Row, note
from folders import ROOT
from mail_servers import Box, working
from stores import paper, sqlite_store

from recommender.digest.delivery.dispatch import LEASE
from recommender.digest.subscription import Subscription, save_subscription
from recommender.store import Store

SUPPORT = ROOT / "tests" / "support"
FIRST = datetime(2026, 1, 5, 7, tzinfo=UTC)
READERS = ("ada", "bob", "cat")


class SlowBox(Box):
    """Takes a moment over every mail, and tells when one begins, so that kills fall into it."""

    def __init__(self) -> None:
        super().__init__()
        self.touched = Event()

    async def handle_MAIL(self, server, session, envelope, address, options):  # type: ignore[no-untyped-def]  # noqa: N802
        self.touched.set()
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # type: ignore[no-untyped-def]  # noqa: N802
        await asyncio.sleep(0.01)
        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(0.01)
        return answer


@dataclass
class Senders:
    """The program that forks senders, and what they have said."""

    process: subprocess.Popen[str]
    ended: dict[int, int] = field(default_factory=dict)
    begun: Queue[int] = field(default_factory=Queue)

    def listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            words = line.split()
            if words[0] == "over":
                self.ended[int(words[1])] = int(words[2])
            else:
                self.begun.put(int(words[0]))

    def start(self, folder: Path, port: int, now: datetime, moment: str = "") -> int:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{folder}\t{port}\t{now.isoformat()}\t{moment}\n")
        self.process.stdin.flush()
        return self.begun.get(timeout=60)

    def wait(self, worker: int) -> int:
        end = time.monotonic() + 120
        while worker not in self.ended:
            assert time.monotonic() < end, "a sender does not end"
            time.sleep(0.002)
        return self.ended[worker]


@contextmanager
def senders() -> Iterator[Senders]:
    paths = [ROOT, SUPPORT]
    with subprocess.Popen(
        [sys.executable, str(SUPPORT / "killable_sending.py")],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        running = Senders(process)
        Thread(target=running.listen, daemon=True).start()
        try:
            yield running
        finally:
            process.kill()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = sqlite_store(tmp_path)
    for name in READERS:
        opened.readers.ensure(name, FIRST - timedelta(days=3))
        mail = Subscription(channels=("mail",), address=f"{name}@example.org")
        save_subscription(opened, name, mail, FIRST - timedelta(days=3))
    yield opened
    opened.close()


def kill_while_sending(store: Store, folder: Path, rounds: int) -> Counter[str]:
    """Kill one sender of two, or both, in every week; return the states of all mails."""
    rng = random.Random(20261121)
    box, now, took = SlowBox(), FIRST, 0.3
    with senders() as running, working(box) as server:
        port = server.port or 0
        for week in range(rounds):
            fresh = [paper(f"Of week {week}", f"arxiv:2601.{week:05d}", published_at=now)]
            store.catalogue.add(fresh, now)
            began = time.monotonic()
            box.touched.clear()
            pair = [running.start(folder, port, now) for _ in range(2)]
            if week % 2:
                # One of two, at any moment of its round.
                time.sleep(rng.uniform(0, took))
                kill(pair[rng.randrange(2)])
            else:
                # Both, as when a machine dies, while the server is being spoken to.
                box.touched.wait(5 * took)
                time.sleep(rng.uniform(0, 0.06))
                kill(*pair)
            for worker in pair:
                running.wait(worker)
            took = 0.8 * took + 0.2 * (time.monotonic() - began)
            later = now + 2 * LEASE
            assert running.wait(running.start(folder, port, later)) == 0
            now += timedelta(days=7)
        assert running.wait(running.start(folder, port, now - timedelta(days=1))) == 0
    return judged(store, box, rounds)


def kill_at_every_moment(store: Store, folder: Path, rounds: int) -> tuple[Counter[str], int]:
    """Let one of two senders die at one of `MOMENTS` in every week.

    Returns the states of all mails, and how many kills left theirs unclear.
    """
    box, now, blurred = SlowBox(), FIRST, 0
    with senders() as running, working(box) as server:
        port = server.port or 0
        for week in range(rounds):
            fresh = [paper(f"Of week {week}", f"arxiv:2602.{week:05d}", published_at=now)]
            store.catalogue.add(fresh, now)
            moment = MOMENTS[week % len(MOMENTS)]
            aimed, other = (running.start(folder, port, now, x) for x in (moment, ""))
            killed = running.wait(aimed) == signal.SIGKILL
            assert running.wait(other) == 0
            blurred += killed and moment in UNCLEAR
            assert running.wait(running.start(folder, port, now + 2 * LEASE)) == 0
            states = Counter(x.state for x in store.deliveries.list() if x.channel == "mail")
            assert states["unclear"] == blurred, f"{moment}: {dict(states)}"
            now += timedelta(days=7)
    return judged(store, box, rounds), blurred


def kill(*workers: int) -> None:
    for worker in workers:
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)


def judged(store: Store, box: Box, rounds: int) -> Counter[str]:
    """Hold the ledger against the letter box; return the states of all mails."""
    arrived = Counter(
        (to.partition("@")[0], message_from_bytes(content)["Subject"].rpartition(" ")[2])
        for to, content in box.mails
    )
    assert max(arrived.values()) == 1, "a mail went out twice"
    ledger = [x for x in store.deliveries.list() if x.channel == "mail"]
    assert len(ledger) == rounds * len(READERS), "an issue was lost"
    states = Counter(x.state for x in ledger)
    assert set(states) <= {"sent", "unclear"}
    for x in ledger:
        if x.state == "sent":
            assert arrived[x.reader_id or "", x.issue] == 1
    known = {(x.reader_id, x.issue) for x in ledger}
    assert set(arrived) <= known
    return states


@pytest.mark.slow
def test_a_few_kills_lose_nothing_and_send_nothing_twice(store: Store, tmp_path: Path) -> None:
    states = kill_while_sending(store, tmp_path, rounds=2)
    assert states["sent"] >= 3


@pytest.mark.parametrize(
    "rounds",
    [
        pytest.param(len(MOMENTS), marks=pytest.mark.slow),
        pytest.param(200, marks=pytest.mark.long),
    ],
)
def test_a_kill_leaves_a_mail_unclear_only_between_its_beginning_and_its_end(
    store: Store, tmp_path: Path, rounds: int
) -> None:
    states, blurred = kill_at_every_moment(store, tmp_path, rounds)
    print(f"\n{rounds} aimed kills: {dict(states)}")
    assert states == {"sent": rounds * len(READERS) - blurred, "unclear": blurred}
    assert blurred >= rounds / len(MOMENTS)


@pytest.mark.parametrize(
    "rounds",
    [
        pytest.param(25, marks=(pytest.mark.slow, pytest.mark.attack)),
        pytest.param(200, marks=pytest.mark.long),
    ],
)
def test_many_kills_lose_nothing_and_send_nothing_twice(
    store: Store, tmp_path: Path, rounds: int
) -> None:
    states = kill_while_sending(store, tmp_path, rounds)
    print(f"\n{rounds} kills: {dict(states)}")
    # `judged` has found each mail once, or none that the ledger does not call unclear.
    killed = rounds + (rounds + 1) // 2
    attack = "`kill -9` of processes that send digests"
    note(Row(attack, killed, states["sent"], 0, 0, states["unclear"]))
    # A killed sender leaves at most the one mail unclear that it was sending.
    assert 0 < states["unclear"] <= killed
    if rounds == 200:
        assert states["unclear"] < states["sent"] / 4
