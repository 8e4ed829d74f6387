"""`paperloop watch`: once, planned, until it is stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Empty, Queue

import pytest
from folders import ROOT
from shells import Shell

from recommender.cli import watch
from recommender.config import Settings
from recommender.digest.delivery.scheduler import commands_due
from recommender.errors import StoreBusy
from recommender.ingest import import_job, watched_file
from recommender.store import Catalogue


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched_file, "SETTLE_SECONDS", 0.0)


def due(settings: Settings) -> list[tuple[str, ...]]:
    return [x for x in commands_due(settings, datetime.now(UTC)) if x[0] != "digest"]


def entry(key: str) -> str:
    return f"@article{{{key}, title = {{On the habits of {key}}}, doi = {{10.5555/{key}}}}}\n"


@pytest.mark.usefixtures("quick")
def test_once_reads_names_what_is_gone_and_says_what_is_wrong(shell: Shell, tmp_path: Path) -> None:
    refs = tmp_path / "refs.bib"
    assert "not there" in shell.run("watch", str(refs), "--once", code=1).stdout
    refs.write_text(entry("otters") + entry("badgers"))
    said = shell.run("watch", str(refs), "--once", "--interest", "Mustelids").stdout
    assert "2 read, 2 new, 2 newly liked" in said
    assert "unchanged" in shell.run("watch", str(refs), "--once", "-i", "Mustelids").stdout
    refs.write_text(entry("otters"))
    said = shell.run("watch", str(refs), "--once", "--interest", "Mustelids").stderr
    assert "no longer in the file, still liked: On the habits of badgers" in said
    (look,) = shell.json("watch", str(refs), "--once", "-i", "Mustelids")["files"]
    assert (look["state"], look["logged"]) == ("unchanged", 0)
    refs.write_text("no references at all\n")
    assert "refused" in shell.run("watch", str(refs), "--once", code=1).stdout


@pytest.mark.usefixtures("quick")
def test_a_watched_file_may_take_as_long_as_an_import(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_job, "BATCH", 2)
    monkeypatch.setenv("PAPERLOOP_IMPORT_MINUTES", "1e-9")
    refs = tmp_path / "refs.bib"
    refs.write_text("".join(map(entry, ("otters", "badgers", "voles"))))
    found = shell.run("watch", str(refs), "--once", code=1)
    assert "2 read, 2 new, 2 newly liked" in found.stdout
    assert "raise the setting import_minutes" in found.stderr


@pytest.mark.usefixtures("quick")
def test_what_is_wrong_with_a_planned_file_is_said_once(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refs = tmp_path / "refs.bib"
    settings = Settings(data_dir=shell.folder)
    refs.write_text("")
    assert "empty or still being written" in shell.run("watch", str(refs), "--plan", code=1).stdout
    assert due(settings) == []
    monkeypatch.setattr(watched_file, "EVERY", timedelta())
    refs.write_text(" ")
    refs.write_text("")  # another time, the same trouble
    assert due(settings) == [("watch", "--due"), ("fit", "--if-due")]
    assert shell.run("watch", "--due", code=1).stdout == ""
    assert "empty or still being written" in shell.run("watch").stderr
    assert "still being written" in shell.run("watch", str(refs), "--once", code=1).stdout
    refs.write_text(entry("otters"))
    assert "1 newly liked" in shell.run("watch", "--due").stdout
    assert "written" not in shell.run("watch").stderr


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("busy", ["look", "refit_if_due"])
def test_a_busy_library_does_not_end_the_watch(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, busy: str
) -> None:
    refs = tmp_path / "refs.bib"
    refs.write_text(entry("otters"))
    does, calls, naps = getattr(watch, busy), 0, 0

    def fail_first(*given: object) -> object:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise StoreBusy("Another process keeps the library.")
        return does(*given)

    def sleep(_: float) -> None:
        nonlocal naps
        naps += 1
        if naps == 5:
            refs.write_text(entry("otters") + entry("badgers"))
        if naps == 12:
            raise KeyboardInterrupt

    monkeypatch.setattr(watch, busy, fail_first)
    monkeypatch.setattr(time, "sleep", sleep)
    said = shell.run("watch", str(refs), code=130)
    assert said.stderr.count("Another process keeps the library. It is tried again.") == 1
    assert said.stdout.count("1 newly liked") == 2


@pytest.mark.usefixtures("quick")
def test_papers_whose_titles_cannot_be_read_are_named_by_their_ids(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refs = tmp_path / "refs.bib"
    refs.write_text(entry("otters") + entry("badgers"))
    shell.run("watch", str(refs), "--once")

    def busy(*_: object) -> None:
        raise StoreBusy("Another process keeps the library.")

    monkeypatch.setattr(Catalogue, "titles", busy)
    refs.write_text(entry("otters"))
    said = shell.run("watch", str(refs), "--once").stderr
    assert "still liked: doi:10.5555/badgers" in said


@pytest.mark.usefixtures("quick")
def test_a_planned_file_is_read_by_the_schedule_when_it_changes(
    shell: Shell, tmp_path: Path
) -> None:
    refs = tmp_path / "refs.bib"
    settings = Settings(data_dir=shell.folder)
    assert "No file is watched" in shell.run("watch").stderr
    refs.write_text(entry("otters"))
    shell.run("watch", str(refs), "--plan")
    assert due(settings) == []
    refs.write_text(entry("otters") + entry("badgers"))
    assert due(settings) == [("watch", "--due"), ("fit", "--if-due")]
    assert "1 newly liked" in shell.run("watch", "--due").stdout
    assert due(settings) == []
    (held,) = shell.json("watch")["watched"]
    assert (held["place"], held["planned"]) == (str(refs), True)
    shell.run("watch", str(refs), "--stop")
    refs.write_text(entry("otters"))
    assert due(settings) == []
    assert "not watched" in shell.run("watch", str(refs), "--stop", code=2).stderr


def test_wrong_words_are_refused(shell: Shell, tmp_path: Path) -> None:
    shell.run("watch", "--once", code=2)
    shell.run("watch", "x.bib", "--once", "--plan", code=2)
    shell.run("watch", "x.bib", "--due", code=2)
    assert "is a folder" in shell.run("watch", str(tmp_path), "--once", code=1).stderr


@pytest.mark.slow
def test_it_watches_until_it_is_stopped_and_starts_again_where_it_was(
    shell: Shell, tmp_path: Path
) -> None:
    refs = tmp_path / "refs.bib"
    refs.write_text(entry("otters"))

    def said(until: str, do: str = "") -> str:
        lines: Queue[str] = Queue()
        process = subprocess.Popen(
            [sys.executable, "-m", "recommender", "watch", str(refs)],
            cwd=ROOT,
            env=os.environ | {"PAPERLOOP_DATA_DIR": str(shell.folder), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout is not None
        feed = threading.Thread(target=lambda: [lines.put(x) for x in process.stdout or ()])
        feed.start()
        text, end = "", time.monotonic() + 60
        try:
            while until not in text and time.monotonic() < end:
                try:
                    text += lines.get(timeout=0.5)
                except Empty:
                    continue
                if do and "Watching" in text:
                    refs.write_text(do[: len(do) // 2])
                    time.sleep(0.3)
                    refs.write_text(do)
                    do = ""
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)
            feed.join()
            process.stdout.close()
        return text

    assert "1 newly liked" in said("newly liked")
    more = entry("otters") + entry("badgers")
    assert "2 read, 1 new, 1 newly liked" in said("newly liked", more)
    assert "newly" not in shell.run("watch", str(refs), "--once").stdout
