"""A disk that is really full: every command says one sentence, and nothing is half done."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from libraries import make_library, papers_on
from shells import Shell

from recommender.library.archive import write_archive

pytestmark = [
    pytest.mark.attack,
    pytest.mark.slow,
    pytest.mark.skipif(
        sys.platform != "linux" or os.geteuid() != 0, reason="only root mounts a small disk"
    ),
]

ROOM_KB = 2_000_000


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own in memory, which `resize` makes full."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={ROOM_KB}k", "tmpfs", str(place)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no disk may be mounted here")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def resize(disk: Path, kilobytes: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={kilobytes}k", str(disk)], check=True)


def used(disk: Path) -> int:
    stat = os.statvfs(disk)
    return (stat.f_blocks - stat.f_bfree) * stat.f_frsize // 1024


@pytest.mark.parametrize("free_kb", [0, 64])
def test_a_full_disk_leaves_nothing_half_done(disk: Path, tmp_path: Path, free_kb: int) -> None:
    library = make_library(disk / "library", papers_on("bees", 40))
    folder = library.settings.data_dir
    folder.chmod(0o700)
    shell = Shell(folder)
    first = shell.json("recommend", "-n", "1")["items"][0]["paper_id"]
    store = library.open()
    write_archive(store, tmp_path / "elsewhere.zip", store.readers.list()[0].created_at)
    store.close()
    entries = "\n".join(
        f"@article{{k{i}, title={{A dated study of orchard number {i}}}, year=2020, "
        f"abstract={{{'pollen and nectar of orchards ' * 30}}}}}"
        for i in range(500)
    )
    (tmp_path / "many.bib").write_text(entries)
    resize(disk, used(disk) + free_kb)
    commands = [
        ("feedback", "like", first),
        ("import", str(tmp_path / "many.bib")),
        ("fit",),
        ("digest", "--issue", "--out", str(disk / "digests")),
        ("digest", "due"),
        ("db", "backup", str(disk / "copy.sqlite3")),
        ("db", "archive", str(disk / "all.zip")),
        ("db", "restore", str(tmp_path / "elsewhere.zip"), "--yes"),
    ]
    failed = [x for x in commands if not succeeds(shell, *x)]
    assert ("import", str(tmp_path / "many.bib")) in failed, "the disk was not full"
    assert [x.name for x in disk.rglob("*") if ".part" in x.name or ".arriving" in x.name] == []

    resize(disk, ROOM_KB)
    shell.run("doctor")
    assert shell.run("import", str(tmp_path / "many.bib")).stdout.count("500 new") == 1
    shell.run("feedback", "like", first)
    shell.run("fit")
    shell.run("doctor")


def succeeds(shell: Shell, *words: str) -> bool:
    """Run a command; one that fails has to say that the disk is full, in one sentence."""
    try:
        shell.run(*words)
    except AssertionError as error:
        said = str(error).lower()
        assert "traceback" not in said
        assert "disk is full" in said or "no space left" in said, said
        return False
    return True
