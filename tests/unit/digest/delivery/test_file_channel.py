"""Files are written whole, in one step, or not at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from invented_week import manifest

from recommender.digest.delivery.file_channel import write_files
from recommender.digest.render.render import render
from recommender.errors import DigestError


def test_three_files_are_named_by_week_and_reader(tmp_path):
    paths = write_files(manifest(), tmp_path / "new" / "folder")
    assert [x.name for x in paths] == ["2026-W47-me.html", "2026-W47-me.txt", "2026-W47-me.md"]
    assert paths[0].read_bytes().decode() == render(manifest(), "html")
    assert sorted(paths[0].parent.iterdir()) == sorted(paths)


def test_writing_again_gives_the_same_bytes(tmp_path):
    first = [x.read_bytes() for x in write_files(manifest(), tmp_path)]
    assert [x.read_bytes() for x in write_files(manifest(), tmp_path)] == first


def test_a_folder_that_is_a_file_is_refused_with_one_sentence(tmp_path):
    (tmp_path / "taken").write_text("x")
    with pytest.raises(DigestError, match=r"cannot be written into .*taken"):
        write_files(manifest(), tmp_path / "taken")


def test_a_failed_write_leaves_the_old_file_and_no_rest(tmp_path, monkeypatch):
    old = [x.read_bytes() for x in write_files(manifest(), tmp_path)]

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(DigestError, match="No space left"):
        write_files(manifest(reader="Somebody"), tmp_path)
    assert [x.read_bytes() for x in sorted(tmp_path.iterdir())] == [old[0], old[2], old[1]]


@pytest.mark.parametrize("reader_id", ["../../etc", "a/b", "..", "ü"])
def test_a_readers_name_cannot_leave_the_folder(tmp_path, reader_id):
    for path in write_files(replace(manifest(), reader_id=reader_id), tmp_path):
        assert path.parent == tmp_path
        assert path.resolve().parent == tmp_path.resolve()
