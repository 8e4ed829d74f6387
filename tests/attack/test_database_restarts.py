"""PostgreSQL stops at once, as in a crash, while two processes vote: no vote is lost."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from attack_table import Row, note
from folders import ROOT
from postgres import Server
from stores import fill

from recommender.store import Store

pytestmark = [pytest.mark.attack, pytest.mark.slow]

VOTES = 30
"""Votes of each process for each restart."""


@pytest.mark.parametrize("times", [3, pytest.param(40, marks=pytest.mark.long)])
def test_votes_survive_a_database_that_stops(postgres_binaries: Path, times: int) -> None:
    server = Server(postgres_binaries)
    voters: list[subprocess.Popen[str]] = []
    try:
        server.start()
        url = server.url(server.new_database())
        store = Store(url)
        store.database.upgrade()
        fill(store, 50)
        voters += [start(url, f"p{n}", VOTES * times) for n in range(2)]
        said = [first_line(x) for x in voters]
        for _ in range(times):
            server.restart()
            time.sleep(0.3)
        said += [line for voter in voters for line in rest(voter)]
        # The connections of this process were cut off too; it opens new ones.
        store.close()
        stored = Counter(x.client_key for x in store.feedback.events("me"))
        store.close()
    finally:
        for voter in voters:
            voter.kill()
        server.stop()
    acknowledged = {*said} - {"refused", "over"}
    assert len(acknowledged) == 2 * VOTES * times
    assert said.count("refused") > 0, "the database was never away, so nothing was tried"
    attack, failed = "PostgreSQL stopped at once and started again", said.count("refused")
    lost, twice = len(acknowledged - {*stored}), sum(stored.values()) - len(stored)
    note(Row(attack, times, len(acknowledged), lost, twice, failed))


def start(url: str, name: str, n: int) -> subprocess.Popen[str]:
    folder = ROOT / "tests" / "support"
    return subprocess.Popen(
        [sys.executable, str(folder / "voter.py"), url, name, str(n)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (ROOT, folder)))},
        stdout=subprocess.PIPE,
        text=True,
    )


def first_line(voter: subprocess.Popen[str]) -> str:
    assert voter.stdout is not None
    return voter.stdout.readline().rstrip("\n")


def rest(voter: subprocess.Popen[str]) -> list[str]:
    assert voter.stdout is not None
    with voter.stdout:
        return [x.rstrip("\n") for x in voter.stdout]
