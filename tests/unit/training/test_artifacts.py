"""Models on disk: what was saved is what is loaded, and nothing half-written ever serves."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from recommender.errors import ArtifactDamaged, ArtifactError, ArtifactMismatch, NoModel
from recommender.training import artifacts
from recommender.training.artifacts import ModelManifest

ARRAYS = {
    "als.papers": np.arange(6, dtype=np.float32).reshape(3, 2),
    "nothing": np.zeros((0, 4), dtype=np.float64),
    "one": np.array(7),
}


def manifest() -> ModelManifest:
    return ModelManifest(
        library_id="library-a",
        created_at="2026-11-18T12:00:00+00:00",
        last_event_id=12,
        catalogue_revision=3,
        n_papers=3,
        n_readers=1,
        seed=0,
        settings={"factors": 2},
        package="0.1.0",
        rows=("me/general",),
    )


def save(folder: Path, now: datetime) -> ModelManifest:
    return artifacts.save(folder, ARRAYS, manifest(), now)


def test_loaded_equals_saved(tmp_path: Path, now: datetime) -> None:
    saved = save(tmp_path, now)
    arrays, loaded = artifacts.load(tmp_path, "library-a")
    assert loaded == saved
    assert loaded.rows == ("me/general",)
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(arrays[name], array)


def test_loaded_arrays_cannot_be_changed(tmp_path: Path, now: datetime) -> None:
    save(tmp_path, now)
    arrays, _ = artifacts.load(tmp_path, "library-a")
    with pytest.raises(ValueError, match="read-only"):
        arrays["als.papers"][0, 0] = 1


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="Linux says how files are read")
@pytest.mark.parametrize("by_row", [True, False])
def test_a_large_growing_array_is_read_where_it_is_asked_for(
    tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch, by_row: bool
) -> None:
    monkeypatch.setattr(artifacts, "MIN_RESERVED", 1)
    monkeypatch.setattr(artifacts, "READ_BY_ROW_BYTES", 256 if by_row else 257)
    papers = np.arange(64, dtype=np.float32).reshape(32, 2)
    artifacts.save(tmp_path, {"als.papers": papers}, manifest(), now, {"als.papers"})
    arrays, _ = artifacts.load(tmp_path, "library-a")
    np.testing.assert_array_equal(arrays["als.papers"], papers)
    flags = [
        set(mapping.split("VmFlags:")[1].split("\n")[0].split())
        for mapping in re.split(r"\n(?=[0-9a-f]+-[0-9a-f]+ )", Path("/proc/self/smaps").read_text())
        if f"{tmp_path}/" in mapping and "als.papers" in mapping
    ]
    assert any("rr" in x for x in flags) is by_row


def test_an_empty_folder_has_no_model(tmp_path: Path) -> None:
    with pytest.raises(NoModel, match="paperloop fit"):
        artifacts.load(tmp_path / "models", "library-a")


def test_a_model_of_another_library_is_rejected(tmp_path: Path, now: datetime) -> None:
    save(tmp_path, now)
    with pytest.raises(ArtifactMismatch, match="another library"):
        artifacts.load(tmp_path, "library-b")


def test_another_format_is_rejected(tmp_path: Path, now: datetime) -> None:
    saved = save(tmp_path, now)
    path = tmp_path / saved.version / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 99}))
    with pytest.raises(ArtifactMismatch, match="format 99"):
        artifacts.load(tmp_path, "library-a")


@pytest.mark.parametrize("name", ["manifest.json", "als.papers.npy", "nothing.npy", "one.npy"])
@pytest.mark.parametrize("fault", ["missing", "truncated", "garbage"])
def test_a_damaged_file_is_named(tmp_path: Path, now: datetime, name: str, fault: str) -> None:
    path = tmp_path / save(tmp_path, now).version / name
    whole = path.read_bytes()
    path.unlink()
    if fault != "missing":
        path.write_bytes(whole[: len(whole) // 2] if fault == "truncated" else b"\x00garbage")
    with pytest.raises(ArtifactDamaged, match=name.replace(".", r"\.")):
        artifacts.load(tmp_path, "library-a")


def test_an_array_of_another_shape_is_damage(tmp_path: Path, now: datetime) -> None:
    place = tmp_path / save(tmp_path, now).version
    np.save(place / "als.papers.npy", np.zeros((2, 2), dtype=np.float32))
    with pytest.raises(ArtifactDamaged):
        artifacts.load(tmp_path, "library-a")


def change_one_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 0x10
    path.write_bytes(content)


def put_nan(path: Path) -> None:
    array = np.load(path)
    array[1, 1] = np.nan
    np.save(path, array)


def append(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"more")


@pytest.mark.parametrize(
    ("damage", "how"),
    [
        (change_one_byte, "is not as it was written"),
        (put_nan, "holds values that are no numbers"),
        (append, "has another size than was written"),
    ],
)
def test_damage_inside_a_file_is_found_before_the_model_serves(
    tmp_path: Path, now: datetime, damage: Callable[[Path], None], how: str
) -> None:
    damage(tmp_path / save(tmp_path, now).version / "als.papers.npy")
    with pytest.raises(ArtifactDamaged, match=f"{how}.*run `paperloop fit`"):
        artifacts.load(tmp_path, "library-a")


def test_a_large_model_serves_unsummed_and_is_summed_when_verified(
    tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artifacts, "MAX_SUMMED_BYTES", 10)
    change_one_byte(tmp_path / save(tmp_path, now).version / "als.papers.npy")
    artifacts.load(tmp_path, "library-a")
    with pytest.raises(ArtifactDamaged, match="is not as it was written"):
        artifacts.verify(tmp_path)


def test_a_pickled_array_is_never_read(tmp_path: Path, now: datetime) -> None:
    place = tmp_path / save(tmp_path, now).version
    np.save(place / "one.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(ArtifactDamaged):
        artifacts.load(tmp_path, "library-a")


def test_only_the_newest_versions_are_kept(tmp_path: Path, now: datetime) -> None:
    saved = [save(tmp_path, now.replace(minute=x)).version for x in range(6)]
    kept = sorted(x.name for x in tmp_path.iterdir() if x.is_dir())
    assert kept == saved[-artifacts.KEPT :]
    assert artifacts.latest_version(tmp_path) == saved[-1]


def test_a_full_disk_leaves_the_old_model_serving(
    tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = save(tmp_path, now)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(artifacts.np, "save", full)
    with pytest.raises(ArtifactError, match="No space left"):
        artifacts.save(tmp_path, ARRAYS, replace(manifest(), seed=1), now.replace(minute=30))
    assert artifacts.load(tmp_path, "library-a")[1] == old
    assert not list(tmp_path.glob(".*.part"))


def test_two_cannot_fit_at_once(tmp_path: Path) -> None:
    with artifacts.fitting(tmp_path) as first, artifacts.fitting(tmp_path, wait=False) as second:
        assert first
        assert not second
    with artifacts.fitting(tmp_path, wait=False) as free:
        assert free


def test_a_killed_fit_gives_its_turn_back(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib\nfrom recommender.training import artifacts\n"
        "with artifacts.fitting(pathlib.Path(sys.argv[1])):\n"
        "    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"held\n"
        with artifacts.fitting(tmp_path, wait=False) as free:
            assert not free
        os.kill(child.pid, signal.SIGKILL)
    with artifacts.fitting(tmp_path, wait=False) as free:
        assert free
