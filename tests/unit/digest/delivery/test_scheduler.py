"""Sending inside the app: at once, again and again, one round at a time, and an end."""

from __future__ import annotations

import time
from pathlib import Path
from threading import Event, Lock

import pytest

from recommender.config import Settings
from recommender.digest.delivery.scheduler import run_due, sending


def test_rounds_begin_at_once_never_overlap_and_end_with_the_app(tmp_path: Path) -> None:
    running, enough = Lock(), Event()
    rounds: list[bool] = []

    def run(_: Settings) -> None:
        alone = running.acquire(blocking=False)
        rounds.append(alone)
        time.sleep(0.05)
        if alone:
            running.release()
        if len(rounds) >= 3:
            enough.set()

    with sending(Settings(data_dir=tmp_path), seconds=0.02, run=run):
        assert enough.wait(20)
    done = len(rounds)
    time.sleep(0.2)
    assert all(rounds)
    assert len(rounds) <= done + 1


def test_a_round_that_raises_does_not_end_the_rounds(tmp_path: Path) -> None:
    again = Event()
    calls: list[int] = []

    def run(_: Settings) -> None:
        calls.append(1)
        if len(calls) == 1:
            raise OSError("no space left")
        again.set()

    with sending(Settings(data_dir=tmp_path), seconds=0.02, run=run):
        assert again.wait(20)


@pytest.mark.slow
def test_a_round_is_the_command_in_a_process_of_its_own(tmp_path: Path) -> None:
    run_due(Settings(data_dir=tmp_path))
    assert (tmp_path / "paperloop.sqlite3").is_file()
    assert (tmp_path / "digest.log").read_text() == ""
