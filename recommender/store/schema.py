"""The version of the tables: which it is, which it must be, and the way there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import URL, Connection, inspect, text

from recommender.errors import SchemaMismatch, StoreError
from recommender.store.db_errors import NO_TABLES, translate_errors
from recommender.store.engines import make_engine

if TYPE_CHECKING:
    from recommender.store.migrations import Progress

HEAD = "0021"
"""The newest of the migrations, as a test compares: the tables that this program needs."""


def revision_of(connection: Connection) -> str | None:
    """Return the version of the tables behind a connection, or None."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def check(revision: str | None) -> None:
    """Raise SchemaMismatch unless `revision` is the head."""
    if revision == HEAD:
        return
    if revision is None or revision in versions():
        raise SchemaMismatch(NO_TABLES)
    raise SchemaMismatch(
        f"The library was made by a newer paperloop (version {revision} of its tables): "
        "install that version, or restore an older copy."
    )


def versions() -> list[str]:
    """Return every version that a migration of this program leads to, newest first."""
    from recommender.store.migrations import all_versions  # noqa: PLC0415 - slow, and rarely needed

    return all_versions()


def table_names(names: Iterable[str]) -> list[str]:
    """Return those of a database's tables that hold rows of ours, as named, in their order."""
    return [x for x in names if not x.startswith(("paper_search", "alembic_", "sqlite_"))]


def upgrade(url: URL, revision: str = "head", progress: Progress | None = None) -> None:
    """Run what is missing in one transaction, with foreign keys off and checked after."""
    with translate_errors():
        engine = make_engine(url, migrating=True)
        with engine.connect() as connection:
            connection = connection.execution_options(writing=True)
            with connection.begin():
                _upgrade(connection, revision, progress)


def _upgrade(connection: Connection, revision: str, progress: Progress | None) -> None:
    current = revision_of(connection)
    if current == HEAD:
        return
    from recommender.store.migrations import run  # noqa: PLC0415 - as above

    if current is not None and current not in versions():
        check(current)
    run(connection, revision, progress)
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
