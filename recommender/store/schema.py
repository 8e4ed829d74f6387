"""The version of the tables: alembic, run from a checkout or from an installed wheel."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection

from recommender.errors import SchemaMismatch, StoreError
from recommender.store.engines import make_engine
from recommender.store.faults import NO_TABLES, plain_faults

_PACKAGE = Path(__file__).resolve().parent.parent


def configuration(connection: Connection | None = None) -> Config:
    """Return alembic's configuration without an ini file; `connection` is used as it is."""
    inside, beside = _PACKAGE / "_migrations", _PACKAGE.parent / "migrations"
    folder = inside if inside.is_dir() else beside
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@cache
def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(configuration())


def head() -> str:
    """Return the newest version among the migrations."""
    newest = _scripts().get_current_head()
    if newest is None:
        raise StoreError("This installation holds no migrations; install paperloop again.")
    return newest


def revision_of(connection: Connection) -> str | None:
    """Return the version of the tables behind a connection, or None."""
    return MigrationContext.configure(connection).get_current_revision()


def check(revision: str | None) -> None:
    """Raise SchemaMismatch unless `revision` is the head."""
    if revision == head():
        return
    if revision is None or revision in versions():
        raise SchemaMismatch(NO_TABLES)
    raise SchemaMismatch(
        f"The library was made by a newer paperloop (version {revision} of its tables): "
        "install that version, or restore an older copy."
    )


def versions() -> list[str]:
    """Return every version that a migration of this program leads to, newest first."""
    return [script.revision for script in _scripts().walk_revisions()]


def table_names(names: Iterable[str]) -> list[str]:
    """Return those of a database's tables that hold rows of ours, as named, in their order."""
    return [x for x in names if not x.startswith(("paper_search", "alembic_", "sqlite_"))]


def upgrade(url: URL, revision: str = "head") -> None:
    """Run what is missing in one transaction, with foreign keys off and checked after."""
    with plain_faults():
        engine = make_engine(url, migrating=True)
        with engine.connect() as connection:
            connection = connection.execution_options(writing=True)
            with connection.begin():
                _upgrade(connection, revision)


def _upgrade(connection: Connection, revision: str) -> None:
    current = revision_of(connection)
    if current == head():
        return
    if current is not None and current not in versions():
        check(current)
    command.upgrade(configuration(connection), revision)
    check_references(connection)


def check_references(connection: Connection) -> None:
    """Raise StoreError if a row of an SQLite library points nowhere; PostgreSQL sees to it."""
    if connection.dialect.name == "sqlite":
        orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if orphans:
            table = orphans[0][0]
            raise StoreError(
                f"All was taken back: {len(orphans)} rows would point nowhere, the first in "
                f"{table}. Make a copy with `paperloop db backup` and report it."
            )
