"""Copies of a library, and what may come back."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from stores import NOW, event, fill, paper, sqlite_store

from recommender.errors import SchemaMismatch, StoreError
from recommender.store import Store, migrations
from recommender.store.engines import connect_sqlite, make_engine, parse_url

DEEP = "[" * 900 + "]" * 900


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = sqlite_store(tmp_path)
    ids = fill(opened)
    opened.feedback.append(event(ids[0], "k"))
    yield opened
    opened.close()


def run_sql(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def test_a_copy_brings_everything_back(store: Store, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite3"
    named, papers, log = (
        store.database.library_id,
        store.catalogue.papers(),
        store.feedback.events(),
    )
    store.database.backup(copy)
    store.catalogue.add([paper("Added after the copy")], NOW)
    store.readers.forget("me")
    store.database.restore(copy)
    assert (store.catalogue.papers(), store.feedback.events()) == (papers, log)
    assert store.database.library_id == named
    assert store.catalogue.search("long study")
    assert store.feedback.append(event(papers[0].paper_id, "k2")).event_id > log[-1].event_id


def test_a_copy_is_one_private_file_and_replaces_another(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    copy = folder / "copy.sqlite3"
    copy.write_text("an older copy")
    store.database.backup(copy)
    assert [x.name for x in folder.iterdir()] == ["copy.sqlite3"]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_a_copy_is_made_while_another_writes(store: Store, tmp_path: Path) -> None:
    other = Store(f"sqlite:///{store.database.path}")
    with other.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM listing")
        connection.exec_driver_sql("UPDATE paper SET venue = 'half done'")
        store.database.backup(tmp_path / "copy.sqlite3")
    other.close()
    store.database.restore(tmp_path / "copy.sqlite3")
    assert {x.venue for x in store.catalogue.papers()} == {""}


def test_whoever_has_the_library_open_sees_what_came_back(store: Store, tmp_path: Path) -> None:
    other = Store(f"sqlite:///{store.database.path}")
    store.database.backup(tmp_path / "copy.sqlite3")
    store.catalogue.add([paper("Added after the copy")], NOW)
    seen = other.catalogue.revision()
    store.database.restore(tmp_path / "copy.sqlite3")
    assert other.catalogue.count() == 6
    assert other.catalogue.revision() > seen
    assert len(other.catalogue.names_since(seen)) == 6
    other.close()


def test_an_older_copy_is_brought_to_this_version(store: Store, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite3"
    store.database.backup(copy)
    engine = make_engine(parse_url(f"sqlite:///{copy}"), migrating=True)
    with engine.connect() as connection:
        connection = connection.execution_options(writing=True)
        with connection.begin():
            command.downgrade(migrations.configuration(connection), "-1")
    store.database.restore(copy)
    store.database.check()
    assert store.catalogue.count() == 6


@pytest.mark.parametrize(
    ("statements", "error", "why"),
    [
        (["DELETE FROM setting"], StoreError, "not a paperloop library"),
        (["DROP TABLE alembic_version"], StoreError, "not a paperloop library"),
        (["DELETE FROM alembic_version"], StoreError, "not a paperloop library"),
        (["UPDATE alembic_version SET version_num = '9999'"], SchemaMismatch, "newer paperloop"),
    ],
)
def test_what_is_not_our_library_is_refused(
    store: Store, tmp_path: Path, statements: list[str], error: type[StoreError], why: str
) -> None:
    copy = tmp_path / "copy.sqlite3"
    store.database.backup(copy)
    run_sql(copy, *statements)
    with pytest.raises(error, match=why):
        store.database.restore(copy)
    assert store.catalogue.count() == 6


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER evil AFTER INSERT ON event BEGIN DELETE FROM paper; END",
        "CREATE VIEW spy AS SELECT * FROM event",
        "CREATE TABLE more (x)",
        "CREATE INDEX odd ON paper (abs(id))",
        "DROP INDEX {index}",
        "ALTER TABLE paper ADD COLUMN more AS (hex(title))",
        "DROP TRIGGER paper_search_update",
    ],
)
def test_a_copy_with_another_schema_is_refused(
    store: Store, tmp_path: Path, statement: str
) -> None:
    copy = tmp_path / "copy.sqlite3"
    store.database.backup(copy)
    with closing(sqlite3.connect(copy)) as connection:
        look = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        index = connection.execute(look).fetchone()[0]
    run_sql(copy, statement.format(index=index))
    with pytest.raises(StoreError, match="not a library as paperloop makes it"):
        store.database.restore(copy)
    assert store.catalogue.count() == 6
    with store.database.read() as connection:
        assert not connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE name IN ('evil', 'spy', 'more', 'odd')"
        ).all()


@pytest.mark.parametrize(
    ("statement", "column"),
    [
        ("UPDATE event SET created_at = 'yesterday'", "event.created_at"),
        ("UPDATE event SET created_at = '2026-02-30 10:00:00.000000'", "event.created_at"),
        ("UPDATE event SET created_at = '2026-02-03 10:00:00.5x'", "event.created_at"),
        ("UPDATE event SET created_at = '9999-12-31 23:59:59.000000'", "event.created_at"),
        ("UPDATE event SET created_at = 7", "event.created_at"),
        ("UPDATE event SET event_id = 9223372036854775807", "event.event_id"),
        ("UPDATE paper SET revision = 9223372036854775807", "paper.revision"),
        ("UPDATE paper SET year = 'soon'", "paper.year"),
        ("UPDATE paper SET title = x'00'", "paper.title"),
        ("UPDATE reader SET name = CAST(x'ff6d65' AS TEXT)", "reader.name"),
        ("UPDATE interest SET about = x'00'", "interest.about"),
        ("UPDATE paper SET authors = '[[\"A\", 7]]'", "paper.authors"),
        ("UPDATE paper SET authors = '{'", "paper.authors"),
        ("UPDATE paper SET details = '[]'", "paper.details"),
        ("INSERT INTO preference VALUES ('me', 'digest', '{')", "preference.value"),
        (f"INSERT INTO preference VALUES ('me', 'digest', '{DEEP}')", "preference.value"),
        ("UPDATE sqlite_sequence SET seq = 9223372036854775807", "sqlite_sequence.seq"),
    ],
)
def test_a_value_that_no_library_has_is_refused(
    store: Store, tmp_path: Path, statement: str, column: str
) -> None:
    copy = tmp_path / "copy.sqlite3"
    store.database.backup(copy)
    with closing(connect_sqlite(copy)) as connection:
        # As somebody skilled does it: nothing but the value shows.
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        look = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        triggers = connection.execute(look).fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement)
        for _, definition in triggers:
            connection.execute(definition)
    with pytest.raises(StoreError, match=f"{column} holds a value that it cannot have"):
        store.database.restore(copy)
    assert store.catalogue.count() == 6
    assert len(store.feedback.events()) == 1


def test_a_view_in_the_place_of_a_table_is_never_run(store: Store, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite3"
    store.database.backup(copy)
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n"
    run_sql(
        copy,
        "DROP TABLE alembic_version",
        f"CREATE VIEW alembic_version AS SELECT max(x) AS version_num FROM ({endless})",
    )
    with pytest.raises(StoreError, match="not a paperloop library"):
        store.database.restore(copy)


def test_a_copy_that_was_analysed_comes_back(store: Store, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite3"
    store.database.backup(copy)
    run_sql(copy, "ANALYZE")
    store.database.restore(copy)
    assert store.catalogue.count() == 6


def test_a_damaged_library_takes_no_good_copy_with_it(store: Store, tmp_path: Path) -> None:
    copy, live = tmp_path / "copy.sqlite3", store.database.path
    assert live is not None
    store.database.backup(copy)
    good = copy.read_bytes()
    store.catalogue.add([paper(f"Paper {i}", f"doi:10.1/{i}") for i in range(200)], NOW)
    store.database.empty_log()
    store.close()
    break_an_index(live)
    with pytest.raises(StoreError, match="damaged"):
        store.database.backup(copy)
    assert copy.read_bytes() == good
    assert not list(tmp_path.glob(".copy*"))


def break_an_index(path: Path) -> None:
    """Overwrite the page in which an index begins."""
    with closing(sqlite3.connect(path)) as connection:
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        look = "SELECT rootpage FROM sqlite_master WHERE type = 'index' AND tbl_name = 'alias'"
        (page,) = connection.execute(look).fetchone()
    content = bytearray(path.read_bytes())
    content[(page - 1) * size : page * size] = b"\xff" * size
    path.write_bytes(content)


@pytest.mark.parametrize("content", [b"", b"hello", b"SQLite format 3\x00" * 300])
def test_any_other_file_is_refused(store: Store, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other").write_bytes(content)
    with pytest.raises(StoreError, match="not a paperloop library"):
        store.database.restore(tmp_path / "other")
    with pytest.raises(StoreError, match="no file"):
        store.database.restore(tmp_path / "absent")
    with pytest.raises(StoreError, match="no file"):
        store.database.restore(tmp_path)
    assert len(store.feedback.events()) == 1


def test_a_damaged_copy_is_refused(store: Store, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite3"
    store.database.backup(copy)
    content = bytearray(copy.read_bytes())
    for place in range(4096 * 6, len(content), 4096):
        content[place : place + 64] = b"\xff" * 64
    copy.write_bytes(content)
    with pytest.raises(StoreError, match=r"damaged|not a paperloop library"):
        store.database.restore(copy)
    assert store.catalogue.count() == 6


def test_a_library_beyond_opening_is_replaced(store: Store, tmp_path: Path) -> None:
    copy, live = tmp_path / "copy.sqlite3", store.database.path
    assert live is not None
    store.database.backup(copy)
    store.close()
    live.write_bytes(b"overwritten by something else" * 1000)
    with pytest.raises(StoreError, match="paperloop db restore"):
        store.catalogue.count()
    store.close()
    store.database.restore(copy)
    assert store.catalogue.count() == 6


def test_a_copy_restores_to_where_there_was_no_library(store: Store, tmp_path: Path) -> None:
    store.database.backup(tmp_path / "copy.sqlite3")
    new = Store(f"sqlite:///{tmp_path}/elsewhere/paperloop.sqlite3")
    new.database.restore(tmp_path / "copy.sqlite3")
    assert new.catalogue.papers()[0].title == "The long study number 0"
    new.close()


def test_a_copy_needs_another_name_and_a_place(store: Store, tmp_path: Path) -> None:
    live = store.database.path
    assert live is not None
    with pytest.raises(StoreError, match="the library itself"):
        store.database.backup(live)
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be written"):
        store.database.backup(tmp_path / "file" / "copy.sqlite3")
    with pytest.raises(StoreError, match="no library"):
        Store(f"sqlite:///{tmp_path}/none.sqlite3").database.backup(tmp_path / "copy")
    assert store.catalogue.count() == 6


def test_what_a_forgotten_reader_did_is_not_in_the_file(store: Store, tmp_path: Path) -> None:
    live = store.database.path
    assert live is not None
    store.feedback.append(event("arxiv:2401.00001", "a very telling client key"))
    store.readers.forget("me")
    files = [x for x in tmp_path.iterdir() if x.name.startswith(live.name)]
    assert not any(b"telling client key" in x.read_bytes() for x in files)
