"""A library that this user cannot write is still read, copied and exported."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from stores import event, fill, sqlite_store

from recommender.errors import StoreUnavailable
from recommender.store import Store, engines


@pytest.fixture
def locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Return a library in a folder without the right to write, which root has all the same."""
    store = sqlite_store(tmp_path)
    fill(store)
    store.close()
    monkeypatch.setattr(engines.os, "access", lambda *_args, **_more: False)
    return Store(f"sqlite:///{tmp_path}/paperloop.sqlite3")


def test_it_is_read_and_copied_and_nothing_is_made_next_to_it(
    locked: Store, tmp_path: Path
) -> None:
    before = sorted(x.name for x in tmp_path.iterdir())
    assert locked.catalogue.search("long study")
    assert locked.database.is_read_only
    locked.close()
    assert sorted(x.name for x in tmp_path.iterdir()) == before


def test_a_write_is_refused_with_its_cause(locked: Store) -> None:
    paper_id = locked.catalogue.ids()[0]
    with pytest.raises(StoreUnavailable, match="may not be written by this user"):
        locked.feedback.append(event(paper_id, "key"))
    assert locked.feedback.events() == []
    locked.close()


def test_a_library_that_can_be_written_is_not_read_only(tmp_path: Path) -> None:
    store = sqlite_store(tmp_path)
    assert not store.database.is_read_only
    store.close()


def test_what_waits_in_a_log_left_behind_is_read_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "live").mkdir()
    store = sqlite_store(tmp_path / "live")
    fill(store)
    held = sqlite3.connect(tmp_path / "live" / "paperloop.sqlite3")
    held.execute("PRAGMA wal_autocheckpoint = 0")
    held.execute("UPDATE paper SET url = 'https://example.org/in-the-log'")
    held.commit()
    # As after a crash, or in a folder that was copied: the log, and no index of it.
    kept = tmp_path / "kept"
    kept.mkdir()
    for name in ("paperloop.sqlite3", "paperloop.sqlite3-wal"):
        shutil.copy(tmp_path / "live" / name, kept / name)
    held.close()
    store.close()
    assert (kept / "paperloop.sqlite3-wal").stat().st_size
    monkeypatch.setattr(engines.os, "access", lambda *_args, **_more: False)
    locked = Store(f"sqlite:///{kept}/paperloop.sqlite3")
    assert {x.url for x in locked.catalogue.papers()} == {"https://example.org/in-the-log"}
    with pytest.raises(StoreUnavailable, match="may not be written by this user"):
        locked.feedback.append(event(locked.catalogue.ids()[0], "key"))
    locked.close()
    assert sorted(x.name for x in kept.iterdir()) == [
        "paperloop.sqlite3",
        "paperloop.sqlite3-wal",
    ]
