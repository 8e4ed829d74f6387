"""What goes wrong with a database is said in one plain sentence."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import exc
from stores import NOW, event, fill, paper, sqlite_store

from recommender.errors import (
    InvalidValue,
    MissingExtra,
    SchemaMismatch,
    StoreBusy,
    StoreError,
    StoreUnavailable,
)
from recommender.store import Store, database, engines
from recommender.store.db_errors import translate_error, translate_errors


def test_a_library_held_by_another_is_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "BUSY_SECONDS", 0)
    store = sqlite_store(tmp_path)
    ids = fill(store)
    other = Store(f"sqlite:///{store.database.path}")
    with other.database.write(), pytest.raises(StoreBusy, match="try again"):
        store.feedback.append(event(ids[0], "k"))
    assert store.feedback.events() == []
    store.close()
    other.close()


def test_half_a_character_is_no_fault_of_the_database(tmp_path: Path) -> None:
    store = sqlite_store(tmp_path)
    with pytest.raises(InvalidValue, match="cannot be stored or looked for"):
        store.readers.get("a\ud800")  # as an argument of a command that is no UTF-8
    store.close()


def test_threads_wait_in_line_to_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "BUSY_SECONDS", 0)
    store = sqlite_store(tmp_path)
    ids = fill(store)

    def write(key: int) -> None:
        with store.database.write() as connection:
            connection.execute(sa.text("UPDATE reader SET name = name"))
            time.sleep(0.02)
        store.feedback.append(event(ids[0], f"k{key}"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(16)))
    assert len(store.feedback.events()) == 16
    store.close()


def test_a_line_that_does_not_move_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "MAX_WAIT_SECONDS", 0.05)
    store = sqlite_store(tmp_path)
    ids = fill(store)
    with store.database.write(), pytest.raises(StoreBusy, match="try again"):
        store.feedback.append(event(ids[0], "k"))
    store.feedback.append(event(ids[0], "k"))
    assert len(store.feedback.events()) == 1
    store.close()


def test_reading_goes_on_while_another_writes(tmp_path: Path) -> None:
    store = sqlite_store(tmp_path)
    fill(store)
    other = Store(f"sqlite:///{store.database.path}")
    with other.database.write() as connection:
        connection.execute(sa.text("DELETE FROM reader"))
        assert [x.name for x in store.readers.list()] == ["me"]
    assert store.readers.list() == []
    store.close()
    other.close()


def test_a_full_disk_stores_nothing_and_says_so(tmp_path: Path) -> None:
    store = sqlite_store(tmp_path)
    with store.database.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError, match="disk is full"):
        store.catalogue.add([paper(f"Paper {i}", abstract="x y " * 2_000) for i in range(50)], NOW)
    assert store.catalogue.count() == 0
    store.close()


def test_a_library_that_may_only_be_read_says_so(tmp_path: Path) -> None:
    store = sqlite_store(tmp_path)
    with store.database.read() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(StoreError, match="may not be written"):
        fill(store)
    store.close()


@pytest.mark.parametrize(
    "content", [b"not a database at all" * 100, b"SQLite format 3\x00" + b"x" * 4096]
)
def test_a_file_that_is_no_database_says_how_to_go_on(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "paperloop.sqlite3").write_bytes(content)
    store = Store(f"sqlite:///{tmp_path}/paperloop.sqlite3")
    for use in (store.database.revision, store.catalogue.papers, store.database.upgrade):
        with pytest.raises(StoreError, match="paperloop db restore"):
            use()
    store.close()


def test_an_empty_file_is_a_library_without_tables(tmp_path: Path) -> None:
    (tmp_path / "paperloop.sqlite3").touch()
    store = Store(f"sqlite:///{tmp_path}/paperloop.sqlite3")
    for use in (store.database.check, store.catalogue.papers, lambda: store.database.library_id):
        with pytest.raises(SchemaMismatch, match="paperloop db upgrade"):
            use()
    store.close()


def test_reading_an_absent_library_makes_no_file(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/paperloop.sqlite3")
    with pytest.raises(SchemaMismatch, match="no library at"):
        store.catalogue.papers()
    assert list(tmp_path.iterdir()) == []


def test_a_library_in_a_place_that_cannot_be_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    store = Store(f"sqlite:///{tmp_path}/file/paperloop.sqlite3")
    with pytest.raises(StoreError, match="cannot be made"):
        store.database.upgrade()


@pytest.mark.parametrize(
    "url", ["", "nonsense", "mysql://me:secret@host/db", "sqlite://", "sqlite:///:memory:", "://"]
)
def test_a_url_we_cannot_use_is_refused_without_its_secret(url: str) -> None:
    with pytest.raises(StoreError) as refused:
        Store(url)
    assert "secret" not in str(refused.value)


def test_a_password_is_never_shown() -> None:
    store = Store("postgresql://me:secret@localhost/library")
    assert "secret" not in repr(store.database)


def test_a_server_that_is_not_there_is_named_without_its_url() -> None:
    store = Store("postgresql://me:secret@/library?host=/nonexistent")
    with pytest.raises(StoreUnavailable, match="does not answer") as refused:
        store.catalogue.papers()
    assert "secret" not in str(refused.value)
    store.close()


def test_copies_of_postgresql_are_left_to_its_own_tools(tmp_path: Path) -> None:
    store = Store("postgresql://me@localhost/library")
    with pytest.raises(StoreError, match="pg_dump"):
        store.database.backup(tmp_path / "copy")
    with pytest.raises(StoreError, match="pg_restore"):
        store.database.restore(tmp_path / "copy")


def test_a_missing_driver_gives_the_command_that_installs_it() -> None:
    with (
        pytest.raises(MissingExtra, match=r"pip install .*paperloop\[postgres\]"),
        translate_errors(),
    ):
        raise ModuleNotFoundError(name="psycopg")
    with pytest.raises(ModuleNotFoundError), translate_errors():
        raise ModuleNotFoundError(name="something")


def test_what_is_not_foreseen_is_still_one_sentence() -> None:
    assert str(translate_error(RuntimeError("x"))) == "The database could not do it (RuntimeError)."


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (exc.OperationalError, "database or disk is full"),
        (exc.OperationalError, "disk I/O error"),
        (exc.OperationalError, "attempt to write a readonly database"),
        (exc.OperationalError, "unable to open database file"),
        (exc.OperationalError, "database is locked"),
        (exc.OperationalError, "connection to server at 127.0.0.1 failed: Connection refused"),
        (exc.OperationalError, "server closed the connection unexpectedly"),
        (exc.OperationalError, "terminating connection due to administrator command"),
        (exc.OperationalError, "the database system is starting up"),
        (exc.OperationalError, "could not extend file: No space left on device"),
        (exc.InterfaceError, "the connection is closed"),
        (exc.InternalError, "cannot execute INSERT in a read-only transaction"),
    ],
)
def test_what_may_pass_is_told_from_what_never_will(kind: type[exc.DBAPIError], text: str) -> None:
    assert isinstance(translate_error(kind("", None, Exception(text))), StoreUnavailable)
    never = translate_error(exc.IntegrityError("", None, Exception("constraint failed")))
    assert isinstance(never, InvalidValue)
    assert isinstance(
        translate_error(exc.DataError("", None, Exception("out of range"))), InvalidValue
    )


def test_what_can_never_be_stored_is_told_apart(tmp_path: Path) -> None:
    store = sqlite_store(tmp_path)
    ids = fill(store)
    with pytest.raises(InvalidValue):
        store.feedback.append(event(ids[0], " spaces around "))
    store.close()


def test_every_commit_is_synced_before_it_is_acknowledged(tmp_path: Path) -> None:
    full = 2  # of https://www.sqlite.org/pragma.html#pragma_synchronous
    store = sqlite_store(tmp_path)
    for opened in (store.database.read, store.database.write):
        with opened() as connection:
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == full
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    store.close()
