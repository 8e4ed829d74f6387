"""All rows of a library, out of one database and into another, of any kind and older version.

Rows travel as JSON objects, column by column, times as ISO 8601 in UTC. They
are written into a temporary SQLite library of the version they were taken
at, brought to this version by the migrations, and checked there; only a whole
library then takes the place of the one that was.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from recommender.errors import SchemaMismatch, StoreError
from recommender.store import schema
from recommender.store.column_types import UTCDateTime
from recommender.store.database import Database
from recommender.store.db_errors import translate_errors
from recommender.store.engines import make_engine, parse_url
from recommender.store.expected_values import MAX_INTEGER
from recommender.store.models import READER

Row = Mapping[str, Any]
RowReader = Callable[[str], Iterable[Row]]
"""Table name to its rows; raises nothing for a table that has none."""

_BATCH_SIZE = 1_000


@dataclass(frozen=True, slots=True)
class TableDescription:
    """What a table holds, in a sentence, and the kind of each column."""

    name: str
    description: str
    columns: Mapping[str, str]


def describe() -> list[TableDescription]:
    """Return the tables of this version, in an order in which rows can be inserted."""
    said = {m.local_table.name: m.class_.__doc__ or "" for m in SQLModel._sa_registry.mappers}  # type: ignore[attr-defined]
    return [
        TableDescription(
            x.name, " ".join(said[x.name].split()), {c.name: _kind(c) for c in x.columns}
        )
        for x in SQLModel.metadata.sorted_tables
    ]


@contextmanager
def dump_rows(database: Database) -> Iterator[RowReader]:
    """Hand out the rows of every table, all as of one moment.

    Raises
    ------
    SchemaMismatch
        The tables are not of this version.
    """
    database.check()
    with database.read() as connection:
        yield lambda name: _rows(connection, SQLModel.metadata.tables[name])


def restore_rows(database: Database, revision: str, rows_of: RowReader) -> None:
    """Put a library's rows in the place of all that a database holds.

    Parameters
    ----------
    revision
        The version of the tables that the rows were taken from.

    Raises
    ------
    SchemaMismatch
        The rows are of a version that this program does not know.
    StoreError
        A row does not fit its table; nothing is changed then.
    """
    if revision not in schema.versions():
        raise SchemaMismatch(
            f"The archive is of version {revision[:20]!r} of the tables, which this paperloop"
            " does not know; use the version that made it, or a newer one."
        )
    parent = database.path.parent if database.path is not None else None
    with TemporaryDirectory(prefix=".arriving-", dir=parent) as folder:
        made = Path(folder) / "arriving.sqlite3"
        _build(made, revision, rows_of)
        if database.is_sqlite:
            database.restore(made)
        else:
            _replace(database, Database(f"sqlite:///{made}"))


def _build(path: Path, revision: str, rows_of: RowReader) -> None:
    path.touch(mode=0o600)
    url = parse_url(f"sqlite:///{path}")
    schema.upgrade(url, revision)
    engine = make_engine(url, migrating=True)
    with translate_errors(), engine.connect() as connection:
        connection = connection.execution_options(writing=True)
        with connection.begin():
            _fill(connection, rows_of)
    schema.upgrade(url)


def _fill(connection: sa.Connection, rows_of: RowReader) -> None:
    as_it_was = sa.MetaData()
    as_it_was.reflect(connection)
    for name in schema.table_names(as_it_was.tables):
        table = as_it_was.tables[name]
        # Making the tables has given the library a name of its own.
        connection.execute(sa.delete(table))
        for rows in _batches(rows_of(name)):
            connection.execute(sa.insert(table), [_validated(table, row) for row in rows])
    schema.check_references(connection)


def _replace(database: Database, arriving: Database) -> None:
    tables = SQLModel.metadata.sorted_tables
    with arriving.read() as source, database.write() as target:
        # Events go with their reader; on their own they may not be deleted.
        target.execute(sa.delete(READER))
        for table in reversed(tables):
            target.execute(sa.delete(table))
        for table in tables:
            for rows in _batches(map(dict, source.execute(sa.select(table)).mappings())):
                target.execute(sa.insert(table), rows)
            _advance_sequence(target, table)
    arriving.close()


def _advance_sequence(connection: sa.Connection, table: sa.Table) -> None:
    """Let PostgreSQL number the next row after the ones that came with numbers."""
    column = table.autoincrement_column
    if column is None:
        return
    newest = connection.scalar(sa.select(sa.func.max(column)))
    sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
    if newest is not None:
        connection.execute(sa.select(sa.func.setval(sequence, newest)))


def _rows(connection: sa.Connection, table: sa.Table) -> Iterator[dict[str, Any]]:
    found = connection.execution_options(yield_per=_BATCH_SIZE).execute(
        sa.select(table).order_by(*table.primary_key.columns)
    )
    for row in found.mappings():
        yield {name: _plain(value) for name, value in row.items()}


def _batches(rows: Iterable[Row]) -> Iterator[list[dict[str, Any]]]:
    waiting = (dict(x) for x in rows)
    while batch := list(islice(waiting, _BATCH_SIZE)):
        yield batch


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _kind(column: sa.Column[Any]) -> str:
    if isinstance(column.type, UTCDateTime | sa.DateTime):
        return "time"
    return {bool: "true or false", int: "number", float: "fraction", date: "day"}.get(
        column.type.python_type, "text"
    )


def _validated(table: sa.Table, row: Row) -> dict[str, Any]:
    unknown = sorted(set(row) - set(table.columns.keys()))
    if unknown:
        raise StoreError(f"Table {table.name} has no column {unknown[0][:60]!r}.")
    return {name: _value(table.columns[name], value) for name, value in row.items()}


def _value(column: sa.Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, sa.DateTime):
        return _time(column, value)
    wanted: type | tuple[type, ...] = column.type.python_type
    allowed = (builtins.int, builtins.float) if wanted is float else wanted
    if not isinstance(value, allowed) or (isinstance(value, bool) and wanted is not bool):
        raise _cannot_be(column, value)
    if isinstance(value, builtins.int) and abs(value) > MAX_INTEGER:
        raise _cannot_be(column, f"a number of {value.bit_length()} bits")
    if isinstance(value, builtins.float) and not math.isfinite(value):
        raise _cannot_be(column, value)
    return value


def _time(column: sa.Column[Any], value: Any) -> datetime:
    try:
        return datetime.fromisoformat(value).astimezone(UTC).replace(tzinfo=None)
    except (TypeError, ValueError, OverflowError):
        raise _cannot_be(column, value) from None


def _cannot_be(column: sa.Column[Any], value: Any) -> StoreError:
    return StoreError(f"{column.table.name}.{column.name} cannot be {str(value)[:60]!r}.")
