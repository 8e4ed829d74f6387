"""`paperloop up` on a library that was never opened, in a folder this user may not write."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from shells import Shell

from recommender.cli import serve
from recommender.store import backups, engines


@pytest.fixture(autouse=True)
def not_served(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_more: object) -> None:
        raise AssertionError("the app was started")

    monkeypatch.setattr(serve, "launch", refuse)


def lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the right to write, which root has all the same."""
    monkeypatch.setattr(engines.os, "access", lambda _path, mode, **_more: mode != os.W_OK)


def said(shell: Shell) -> str:
    return " ".join(shell.run("up", "--no-browser", code=1).stderr.split())


def test_one_that_was_never_opened_says_what_to_do(
    empty: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty.run("db", "upgrade")
    lock(monkeypatch)
    words = said(empty)
    assert "is not set up yet (its papers, reader or model are missing)" in words
    assert str(tmp_path / "empty") in words
    assert "choose another with --data-dir" in words


def test_one_of_an_older_version_is_told_to_be_upgraded(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite3.connect(shell.folder / "paperloop.sqlite3") as file:
        file.execute("UPDATE alembic_version SET version_num = '0020'")
    file.close()
    lock(monkeypatch)
    assert "has to be upgraded, and this user may not write there" in said(shell)


def test_an_empty_folder_says_what_to_do(empty: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(backups, "make_private_folder", refuse)
    assert "(Permission denied); let this user write there" in said(empty)
