"""`paperloop doctor` on libraries that are damaged, or open to others."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from libraries import NOW
from shells import Shell

from recommender.cli.doctor import Finding, examine
from recommender.config import load_settings
from recommender.training import artifacts


def findings(folder: Path) -> dict[str, Finding]:
    return {x.what: x for x in examine(load_settings(data_dir=folder), NOW)}


def test_a_broken_page_is_found(shell: Shell) -> None:
    path = shell.folder / "paperloop.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        look = "SELECT rootpage FROM sqlite_master WHERE type = 'index' AND tbl_name = 'listing'"
        (page,) = connection.execute(look).fetchone()
    content = bytearray(path.read_bytes())
    content[(page - 1) * size : page * size] = b"\xff" * size
    path.write_bytes(content)
    found = findings(shell.folder)["database"]
    assert not found.ok
    assert re.search("damaged: .*Page ", found.found)
    assert "db restore" in found.advice
    assert "BAD  database: damaged: " in shell.run("doctor", code=1).stdout


def test_a_row_that_points_nowhere_is_found(shell: Shell) -> None:
    with closing(sqlite3.connect(shell.folder / "paperloop.sqlite3")) as connection, connection:
        connection.execute("UPDATE listing SET paper = 987654")
    found = findings(shell.folder)["database"]
    assert not found.ok
    assert "point nowhere" in found.found


def model(folder: Path) -> Path:
    models = folder / "models"
    return models / artifacts.latest_version(models)


def test_an_altered_number_in_a_model_is_found(shell: Shell) -> None:
    path = model(shell.folder) / "features.idf.npy"
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)
    found = findings(shell.folder)["model"]
    assert not found.ok
    assert f"{path.name} is not as it was written" in found.found


def test_a_model_of_no_numbers_is_found_also_without_checksums(shell: Shell) -> None:
    place = model(shell.folder)
    facts = json.loads((place / "manifest.json").read_text())
    del facts["sha256"]
    (place / "manifest.json").write_text(json.dumps(facts))
    assert findings(shell.folder)["model"].ok
    name = next(k for k, v in facts["arrays"].items() if v[1] == "<f4" and 0 not in v[0])
    array = np.load(place / f"{name}.npy")
    array.flat[0] = np.nan
    np.save(place / f"{name}.npy", array)
    found = findings(shell.folder)["model"]
    assert not found.ok
    assert f"{name}.npy holds values that are no numbers" in found.found


@pytest.mark.parametrize(
    ("text", "ok"),
    [
        ("slate_size = 12\n", True),
        ('[smtp]\nhost = "h"\nsender = "a@b.c"\nuser = "u"\npassword = "p"\n', False),
        ('[source_keys]\nopenalex = "k"\n', False),
    ],
)
def test_a_password_that_others_may_read_is_found(shell: Shell, text: str, ok: bool) -> None:
    config = shell.folder / "config.toml"
    config.write_text(text)
    config.chmod(0o644)
    found = findings(shell.folder)["privacy"]
    assert found.ok is ok
    if not ok:
        assert "config.toml" in found.found
        assert found.advice == f"chmod 600 {config}"
    config.chmod(0o600)
    assert findings(shell.folder)["privacy"].ok


def test_a_model_that_others_may_read_is_found(shell: Shell) -> None:
    shell.folder.chmod(0o755)
    assert findings(shell.folder)["privacy"].ok
    (shell.folder / "models").chmod(0o755)
    found = findings(shell.folder)["privacy"]
    assert (found.ok, found.advice) == (False, f"chmod 700 {shell.folder}")
    assert "models" in found.found
    shell.folder.chmod(0o700)
    assert findings(shell.folder)["privacy"].ok


def test_a_folder_that_cannot_be_written_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    well = findings(tmp_path)["data directory"]
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    found = findings(tmp_path / "new")["data directory"]
    assert (well.ok, found.ok) == (True, False)
    assert "--data-dir" in found.advice
