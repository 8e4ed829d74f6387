"""``kill -9`` at any moment: nothing acknowledged is lost, nothing is half there."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from attack_table import Row, note
from folders import ROOT
from stores import event, fill, sqlite_store

from recommender.store import Store

SUPPORT = ROOT / "tests" / "support"


@pytest.fixture(scope="module")
def program() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, str(SUPPORT / "killable.py")],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(SUPPORT)])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


def start(program: subprocess.Popen[str], job: str, path: Path, number: int) -> int:
    """Start a job and return the process id of its worker."""
    assert program.stdin is not None
    program.stdin.write(f"{job}\tsqlite:///{path}\t{number}\n")
    program.stdin.flush()
    return int(say(program))


def say(program: subprocess.Popen[str]) -> str:
    assert program.stdout is not None
    return program.stdout.readline().rstrip("\n")


def rest(program: subprocess.Popen[str]) -> list[str]:
    """Return what a worker acknowledged until it was over."""
    return list(iter(lambda: say(program), "over"))


def assert_whole(store: Store) -> None:
    with store.database.write() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        look = "INSERT INTO paper_search(paper_search, rank) VALUES('integrity-check', 1)"
        connection.exec_driver_sql(look)
    store.database.check()


def kill_while_liking(program: subprocess.Popen[str], folder: Path, rounds: int) -> int:
    """Kill a process that likes, again and again; return how many likes were acknowledged."""
    rng = random.Random(20261118)
    store = sqlite_store(folder)
    fill(store, 50)
    path = store.database.path
    assert path is not None
    store.close()
    acknowledged: set[str] = set()
    for number in range(rounds):
        worker = start(program, "like", path, number)
        acknowledged |= {say(program) for _ in range(rng.randint(1, 30))}
        os.kill(worker, signal.SIGKILL)
        acknowledged |= set(rest(program))
        assert_whole(store)
        stored = {x.client_key for x in store.feedback.events("me")}
        assert acknowledged <= stored
        # The kill may fall between the commit and its acknowledgement, once a round.
        assert len(stored - acknowledged) <= number + 1
        store.close()
    store.feedback.append(event("arxiv:2401.00000", "after all"))
    store.close()
    return len(acknowledged)


@pytest.mark.slow
def test_every_acknowledged_like_survives_a_kill(
    program: subprocess.Popen[str], tmp_path: Path
) -> None:
    kill_while_liking(program, tmp_path, rounds=4)


@pytest.mark.attack
@pytest.mark.slow
def test_every_acknowledged_like_survives_many_kills(
    program: subprocess.Popen[str], tmp_path: Path
) -> None:
    acknowledged = kill_while_liking(program, tmp_path, rounds=150)
    note(Row("`kill -9` of a process that votes", 150, acknowledged, 0, 0, 0))


@pytest.mark.slow
def test_adding_papers_is_all_or_nothing_wherever_it_is_killed(
    program: subprocess.Popen[str], tmp_path: Path
) -> None:
    survived = 0
    for statement in range(1, 100):
        folder = tmp_path / str(statement)
        folder.mkdir()
        store = sqlite_store(folder)
        ids = fill(store, 5)
        path = store.database.path
        assert path is not None
        store.close()
        start(program, "add", path, statement)
        finished = rest(program) == ["added"]
        assert_whole(store)
        known = store.catalogue.resolve(ids)
        if finished:
            assert store.catalogue.count() == 24
            assert known[ids[1]] == known[ids[0]] == ids[0]
            store.close()
            break
        assert store.catalogue.ids() == ids
        assert known == {x: x for x in ids}
        assert store.catalogue.search("new") == []
        store.close()
        survived += 1
    assert survived > 5
