"""Runs the migrations: on the connection the store hands over, or alone for developers.

The store upgrades a library in one transaction, with foreign keys off, and
checks them afterwards (`recommender.store.schema`). From a checkout, alembic's
own command works on the database of the settings: ``alembic revision
--autogenerate -m "what changes"``, ``alembic upgrade head``, ``alembic check``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from alembic import context
from sqlalchemy import Connection

from recommender.store.backups import make_file
from recommender.store.column_types import UTCDateTime
from recommender.store.engines import make_engine, parse_url
from recommender.store.models import SQLModel

SEARCH_INDEX = "paper_search"
"""Tables and indexes of the text search, which no model describes."""


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Leave out of comparisons what belongs to the text search."""
    return kind not in ("table", "index") or not (name or "").startswith(SEARCH_INDEX)


def as_plain(kind: str, value: object, _context: object) -> str | Literal[False]:
    """Write our time type into migrations as the plain one: they must not change with us."""
    return "sa.DateTime(timezone=True)" if isinstance(value, UTCDateTime) else False


def migrate(connection: Connection) -> None:
    """Run the migrations on a connection, in the transaction it is in or in one of theirs."""
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=True,
        transactional_ddl=True,
        compare_server_default=True,
        include_name=is_ours,
        render_item=as_plain,
    )
    with context.begin_transaction():
        context.run_migrations()


def migrate_alone() -> None:
    """Open the database of the settings and migrate it."""
    from recommender.config import load_settings  # noqa: PLC0415 - the store needs no settings

    url = parse_url(load_settings().url)
    if url.get_backend_name() == "sqlite":
        make_file(Path(url.database or ""))
    engine = make_engine(url, migrating=True)
    with engine.connect() as connection:
        connection = connection.execution_options(writing=True)
        with connection.begin():
            migrate(connection)


if context.is_offline_mode():
    raise SystemExit("Migrations run on a database, not into a script: leave out --sql.")
given = context.config.attributes.get("connection")
if given is None:
    migrate_alone()
else:
    migrate(given)
