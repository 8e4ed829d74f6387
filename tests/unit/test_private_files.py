"""What paperloop writes, its owner alone may read, whatever the umask."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from libraries import papers_on
from shells import Shell

from recommender.cli.atomic_write import write_text
from recommender.digest.delivery import scheduler
from recommender.private_files import open_private, replace_whole
from recommender.store import Store

pytestmark = pytest.mark.skipif(os.name != "posix", reason="rights are not kept so here")


@pytest.fixture
def no_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def open_to_others(folder: Path) -> list[str]:
    """Return what in a folder the group or others may use, but for locks, which hold nothing."""
    return [
        f"{x.relative_to(folder)} {mode(x):o}"
        for x in (folder, *folder.rglob("*"))
        if mode(x) & 0o077 and x.suffix != ".lock"
    ]


@pytest.mark.slow
def test_a_week_leaves_nothing_that_others_may_read(no_umask: None, tmp_path: Path) -> None:
    shell = Shell(tmp_path / "library")
    (tmp_path / "papers.jsonl").write_text(
        "\n".join(
            f'{{"title": "{x.title}", "abstract": "{x.abstract}"}}' for x in papers_on("bees")
        )
    )
    for words in (
        ["import", str(tmp_path / "papers.jsonl")],
        ["fit"],
        ["recommend"],
        ["digest", "--issue", "--out", str(tmp_path / "digests")],
        ["digest", "due"],
        ["export", "--all", "-o", str(tmp_path / "all.csv")],
        ["db", "archive", str(tmp_path / "all.zip")],
        ["db", "backup", str(tmp_path / "copy.sqlite3")],
    ):
        shell.run(*words)
    with Store(f"sqlite:///{shell.folder}/paperloop.sqlite3").database.write() as connection:
        connection.exec_driver_sql("UPDATE paper SET venue = 'held open'")
        beside = {x.name for x in shell.folder.glob("paperloop.sqlite3-*")}
        assert beside == {"paperloop.sqlite3-wal", "paperloop.sqlite3-shm"}
        assert open_to_others(shell.folder) == []
    assert open_to_others(tmp_path / "digests") == []
    assert [mode(tmp_path / x) for x in ("all.csv", "all.zip", "copy.sqlite3")] == [0o600] * 3


def test_a_log_that_was_open_to_others_is_closed(no_umask: None, tmp_path: Path) -> None:
    log = tmp_path / scheduler.LOG
    log.write_text("an older round")
    log.chmod(0o666)
    with open_private(log) as file:
        file.write(b"a round")
    assert (mode(log), log.read_text()) == (0o600, "a round")


def test_a_text_that_cannot_be_written_leaves_no_part(tmp_path: Path) -> None:
    with pytest.raises(UnicodeEncodeError):
        write_text(tmp_path / "x.txt", "\ud800")
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_replaced_whole_or_stays(no_umask: None, tmp_path: Path) -> None:
    path = tmp_path / "list.bib"
    path.write_text("before")

    def end_early() -> None:
        with replace_whole(path) as aside:
            aside.write_text("ha")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        end_early()
    assert [x.read_text() for x in tmp_path.iterdir()] == ["before"]
    with replace_whole(path) as aside:
        aside.write_text("after")
        assert path.read_text() == "before"
    assert [x.read_text() for x in tmp_path.iterdir()] == ["after"]
    assert mode(path) == 0o600
    with pytest.raises(FileNotFoundError), replace_whole(tmp_path / "nowhere" / "x"):
        pass
