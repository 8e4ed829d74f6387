"""The tables: made, changed, taken back, and made by two processes at once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.util import CommandError
from folders import ROOT
from postgres import Server
from stores import event, fill, sqlite_store

from recommender.errors import SchemaMismatch, StoreError
from recommender.store import Store, migrations, schema
from recommender.store.engines import make_engine, parse_url
from recommender.store.models import SQLModel


@contextmanager
def migrating(path: Path) -> Iterator[sa.Connection]:
    """Open a file as a migration sees it: one transaction, foreign keys off."""
    engine = make_engine(parse_url(f"sqlite:///{path}"), migrating=True)
    with engine.connect() as connection:
        connection = connection.execution_options(writing=True)
        with connection.begin():
            yield connection


def tables_of(connection: sa.Connection) -> dict[str, Any]:
    """Return every table with its columns, keys, checks and indexes, by name."""
    look = sa.inspect(connection)
    return {
        table: {
            "columns": {
                c["name"]: (str(c["type"]), c["nullable"]) for c in look.get_columns(table)
            },
            "primary key": look.get_pk_constraint(table)["constrained_columns"],
            "unique": sorted(
                (x["name"], x["column_names"]) for x in look.get_unique_constraints(table)
            ),
            "checks": sorted((x["name"], x["sqltext"]) for x in look.get_check_constraints(table)),
            "foreign keys": sorted(
                (x["name"], x["constrained_columns"], x["referred_table"], x["options"])
                for x in look.get_foreign_keys(table)
            ),
            "indexes": sorted((x["name"], x["column_names"]) for x in look.get_indexes(table)),
        }
        for table in look.get_table_names()
        if not table.startswith(("paper_search", "alembic", "sqlite"))
    }


def test_an_empty_library_is_upgraded_once(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/new/folder/paperloop.sqlite3")
    assert store.database.revision() is None
    with pytest.raises(SchemaMismatch, match="paperloop db upgrade"):
        store.database.check()
    assert not (tmp_path / "new").exists()
    store.database.upgrade()
    named = store.database.library_id
    store.database.upgrade()
    store.database.check()
    assert store.database.revision() == store.database.head()
    assert store.database.library_id == named
    store.close()


def test_the_tables_needed_are_those_of_the_newest_migration() -> None:
    assert schema.versions()[0] == schema.HEAD


@pytest.mark.slow
def test_a_library_of_this_version_opens_without_alembic(tmp_path: Path) -> None:
    sqlite_store(tmp_path).close()
    program = (
        "import sys; from recommender.store import Store; "
        f"store = Store('sqlite:///{tmp_path}/paperloop.sqlite3'); "
        "store.database.upgrade(); store.database.check(); store.close(); "
        "sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


def test_two_libraries_have_two_names(tmp_path: Path) -> None:
    names = set()
    for folder in ("a", "b"):
        store = Store(f"sqlite:///{tmp_path}/{folder}/paperloop.sqlite3")
        store.database.upgrade()
        names.add(store.database.library_id)
        store.close()
    assert len(names) == 2


@pytest.mark.slow
def test_every_migration_can_be_taken_back_and_run_again(tmp_path: Path) -> None:
    store = sqlite_store(tmp_path)
    path = store.database.path
    assert path is not None
    with migrating(path) as connection:
        before = tables_of(connection)
        for _ in range(2):
            command.downgrade(migrations.configuration(connection), "base")
            assert tables_of(connection) == {}
            command.upgrade(migrations.configuration(connection), "head")
        assert tables_of(connection) == before
    fill(store)
    assert store.catalogue.search("long study")
    store.close()


@pytest.mark.slow
def test_each_step_can_be_taken_back_alone(tmp_path: Path) -> None:
    store = sqlite_store(tmp_path)
    assert store.database.path is not None
    with migrating(store.database.path) as connection:
        for _ in schema.versions():
            after = tables_of(connection)
            command.downgrade(migrations.configuration(connection), "-1")
            left = schema.revision_of(connection)
            command.upgrade(migrations.configuration(connection), "+1")
            assert tables_of(connection) == after
            command.downgrade(migrations.configuration(connection), left or "base")


def test_the_migrations_lead_to_the_models(tmp_path: Path) -> None:
    store = sqlite_store(tmp_path)
    assert store.database.path is not None
    with migrating(store.database.path) as connection:
        command.check(migrations.configuration(connection))
        migrated = tables_of(connection)
    (tmp_path / "models.sqlite3").touch()
    with migrating(tmp_path / "models.sqlite3") as connection:
        SQLModel.metadata.create_all(connection)
        assert tables_of(connection) == migrated


def test_drift_would_be_found(tmp_path: Path) -> None:
    store = sqlite_store(tmp_path)
    assert store.database.path is not None
    with migrating(store.database.path) as connection:
        connection.execute(sa.text("ALTER TABLE reader ADD COLUMN shoe_size INTEGER"))
        with pytest.raises(CommandError, match="shoe_size"):
            command.check(migrations.configuration(connection))


def test_every_constraint_has_a_name() -> None:
    for table in SQLModel.metadata.tables.values():
        assert all(x.name for x in table.constraints)
        assert all(x.name for x in table.indexes)


def test_the_triggers_stand_at_the_head(tmp_path: Path) -> None:
    store = sqlite_store(tmp_path)
    with store.database.read() as connection:
        query = sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
        names = connection.scalars(query).all()
    store.close()
    search = ["paper_search_delete", "paper_search_insert", "paper_search_update"]
    assert names == ["event_is_final", "event_is_kept", *search]


def rebuild_reader(connection: sa.Connection) -> None:
    """Change a parent table the way a batch migration does: copy, drop, rename."""
    operations = Operations(MigrationContext.configure(connection, opts={"render_as_batch": True}))
    with operations.batch_alter_table("reader", recreate="always") as batch:
        batch.add_column(sa.Column("colour", sa.Text()))


def test_children_survive_a_table_that_is_rebuilt(tmp_path: Path) -> None:
    store = sqlite_store(tmp_path)
    ids = fill(store)
    store.feedback.append(event(ids[0], "k"))
    path = store.database.path
    store.close()
    assert path is not None
    with migrating(path) as connection:
        rebuild_reader(connection)
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    assert len(store.feedback.events("me")) == 1
    assert store.readers.interests("me")[0].name == "General"
    store.close()


def test_the_same_with_foreign_keys_on_would_lose_them(tmp_path: Path) -> None:
    store = sqlite_store(tmp_path)
    ids = fill(store)
    store.feedback.append(event(ids[0], "k"))
    with store.database.write() as connection:
        connection.exec_driver_sql("PRAGMA legacy_alter_table = ON")
        rebuild_reader(connection)
    assert store.feedback.events() == []
    store.close()


def test_an_upgrade_that_orphans_rows_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = sqlite_store(tmp_path)
    fill(store)
    store.close()
    path = store.database.path
    assert path is not None

    def careless(config: Any, _target: str) -> None:
        config.attributes["connection"].execute(sa.text("DELETE FROM reader"))

    with migrating(path) as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
    monkeypatch.setattr(command, "upgrade", careless)
    with pytest.raises(StoreError, match=r"1 rows .* interest"):
        store.database.upgrade()
    assert [x.name for x in store.readers.list()] == ["me"]
    store.close()


def test_a_newer_library_is_refused_and_left_alone(tmp_path: Path) -> None:
    store = sqlite_store(tmp_path)
    with store.database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    for refusing in (store.database.check, store.database.upgrade):
        with pytest.raises(SchemaMismatch, match=r"newer paperloop \(version 9999"):
            refusing()
    assert store.database.revision() == "9999"
    store.close()


def test_an_older_library_is_told_to_upgrade(tmp_path: Path) -> None:
    store = sqlite_store(tmp_path)
    with store.database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
    with pytest.raises(SchemaMismatch, match="paperloop db upgrade"):
        store.database.check()
    store.close()


@pytest.mark.slow
def test_two_processes_that_upgrade_at_once_make_one_library(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/library/paperloop.sqlite3"
    program = (
        "import sys; from recommender.store import Store\n"
        "store = Store(sys.argv[1]); print('ready', flush=True); sys.stdin.readline()\n"
        "store.database.upgrade(); print(store.database.library_id)"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", program, url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=60) for process in running]
    assert [process.returncode for process in running] == [0, 0], answers
    assert len({out for out, _ in answers}) == 1
    store = Store(url)
    store.database.check()
    store.close()


@pytest.mark.postgres
def test_postgresql_migrates_forth_and_back_without_drift(postgres_server: Server) -> None:
    store = Store(postgres_server.url(postgres_server.new_database()))
    store.database.upgrade()
    with store.database.write() as connection:
        command.check(migrations.configuration(connection))
        before = tables_of(connection)
        command.downgrade(migrations.configuration(connection), "base")
        assert tables_of(connection) == {}
        command.upgrade(migrations.configuration(connection), "head")
        assert tables_of(connection) == before
    fill(store)
    assert store.catalogue.search("long study")
    store.close()
