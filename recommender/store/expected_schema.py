"""What an SQLite library of a version holds: its tables, indexes and triggers, and nothing else.

A trigger, a view or an expression in a table runs with the next statement that
touches it. A file that comes from outside is therefore compared with a library
that the migrations have just made, before anything else is read from it.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from recommender.store import schema
from recommender.store.engines import connect_sqlite, parse_url

Objects = Mapping[tuple[str, str], str]
"""Kind and name of an object to what it is made of, written in one way."""

_OWN_TABLES = {"sqlite_sequence", "sqlite_stat1", "sqlite_stat4"}
_SPACE = re.compile(r"\s+")
_AROUND = re.compile(r" ?([(),;]) ?")


def unexpected(connection: sqlite3.Connection, revision: str) -> str | None:
    """Return the first object that a library of this version does not hold, or lacks, or None."""
    found, wanted = _objects(connection), _made_by(revision)
    for kind, name in sorted({*found, *wanted}):
        if found.get((kind, name)) != wanted.get((kind, name)):
            return f"{kind} {name}"
    return None


@cache
def _made_by(revision: str) -> Objects:
    with TemporaryDirectory(prefix="paperloop-") as folder:
        path = Path(folder) / "made.sqlite3"
        path.touch(mode=0o600)
        schema.upgrade(parse_url(f"sqlite:///{path}"), revision)
        with closing(connect_sqlite(path, mode="ro")) as connection:
            return _objects(connection)


def _objects(connection: sqlite3.Connection) -> Objects:
    rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master")
    return {
        (str(kind), str(name)): _one_way(str(kind), f"{table} {made_by}")
        for kind, name, table, made_by in rows
        if not (kind == "table" and name in _OWN_TABLES)
    }


def _one_way(kind: str, made_by: str) -> str:
    """Write a statement without quotes and spaces that mean nothing.

    A table that a migration has rebuilt names its constraints in another order.
    """
    text = _AROUND.sub(r"\1", _SPACE.sub(" ", made_by.replace('"', ""))).strip()
    if kind != "table":
        return text
    head, _, body = text.partition("(")
    return f"{head}({','.join(sorted(body.removesuffix(')').split(',')))})"
