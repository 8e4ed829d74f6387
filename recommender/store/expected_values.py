"""What the columns of an SQLite library may hold: values of their own type, within bounds.

SQLite keeps whatever it is given. A file from outside may hold a text where a time belongs,
so that every page fails on it, or the highest of all row numbers, after which no row can be
added. Such a file is refused before it becomes the library.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from functools import partial

from recommender.store import schema

MAX_INTEGER = 2**53
"""Far beyond any count of ours; numbers above the highest row can still be given out."""

MAX_DEPTH = 50
"""Of JSON in a column: what nests deeper cannot be read from deep inside a program."""

_DATE = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"
_CLOCK = "[0-9][0-9]:[0-9][0-9]:[0-9][0-9]"
_TIME = (
    "typeof({0}) = 'text' AND substr({0}, 1, 19) GLOB '" + f"{_DATE} {_CLOCK}' "
    # The first and last year are left out: in another zone they would be no years any more.
    "AND substr({0}, 1, 4) BETWEEN '0002' AND '9998' "
    # A day that no month has is counted on by SQLite.
    "AND strftime('%Y-%m-%d %H:%M:%S', substr({0}, 1, 19), '+0 days') = substr({0}, 1, 19) "
    "AND (length({0}) = 19 OR (substr({0}, 20, 1) = '.' AND length({0}) BETWEEN 21 AND 26 "
    "AND substr({0}, 21) NOT GLOB '*[^0-9]*'))"
)
_IS_TEXT = "typeof({0}) = 'text'"
_MAY_HOLD = {
    "INTEGER": f"typeof({{0}}) = 'integer' AND {{0}} BETWEEN -{MAX_INTEGER} AND {MAX_INTEGER}",
    "BOOLEAN": "typeof({0}) = 'integer' AND {0} IN (0, 1)",
    "FLOAT": "typeof({0}) IN ('real', 'integer') AND {0} BETWEEN -1e300 AND 1e300",
    "DATETIME": _TIME,
    "TEXT": _IS_TEXT,
    "VARCHAR": _IS_TEXT,
}


def unfit_column(connection: sqlite3.Connection) -> str | None:
    """Return the first column that holds what it may not, as ``table.column``, or None.

    The tables must be those of a known version. Every row is read, text as UTF-8.
    """
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    for table in schema.table_names([str(x[0]) for x in names]):
        if column := _unfit(connection, table):
            return f"{table}.{column}"
    fits = _MAY_HOLD["INTEGER"].format("seq")
    highest = f"SELECT 1 FROM sqlite_sequence WHERE NOT ({fits})"  # noqa: S608 - all ours
    return "sqlite_sequence.seq" if connection.execute(highest).fetchone() else None


def _unfit(connection: sqlite3.Connection, table: str) -> str | None:
    columns = [
        (f'"{name}"', _MAY_HOLD[kind.partition("(")[0].upper()])
        for _, name, kind, *_ in connection.execute(f'PRAGMA table_info("{table}")')
    ]
    for name, may_hold in columns:
        # The names are those of a known version, see `unfit_column`.
        held = f'SELECT 1 FROM "{table}" WHERE {name} IS NOT NULL AND NOT '  # noqa: S608
        if connection.execute(f"{held} ({may_hold.format(name)}) LIMIT 1").fetchone():
            return name.strip('"')
    for name in (name.strip('"') for name, may_hold in columns if may_hold == _IS_TEXT):
        fits = _JSON.get((table, name), bool)
        try:
            rows = connection.execute(f'SELECT "{name}" FROM "{table}"')  # noqa: S608 - as above
            if not all(fits(text) for (text,) in rows if text):
                return name
        except sqlite3.OperationalError:  # no UTF-8
            return name
    return None


def _is_json(text: str, kind: type = object) -> bool:
    """Say whether a text is JSON of a kind that can be read wherever it is needed."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return False
    level, depth = [value], 0
    while level and depth <= MAX_DEPTH:
        level = [y for x in level for y in _inner(x) if isinstance(y, dict | list)]
        depth += 1
    return isinstance(value, kind) and depth <= MAX_DEPTH


def _inner(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _is_authors(text: str) -> bool:
    return _is_json(text, list) and all(
        isinstance(x, list) and 1 <= len(x) <= 3 and all(isinstance(y, str) for y in x)
        for x in json.loads(text)
    )


def _is_tags(text: str) -> bool:
    return _is_json(text, list) and all(isinstance(x, str) for x in json.loads(text))


_is_object = partial(_is_json, kind=dict)
_is_list = partial(_is_json, kind=list)
_JSON: Mapping[tuple[str, str], Callable[[str], bool]] = {
    ("paper", "authors"): _is_authors,
    ("paper", "details"): _is_object,
    ("paper", "versions"): _is_list,
    ("preference", "value"): _is_json,
    ("digest", "manifest"): _is_object,
    ("impression", "parts"): _is_object,
    ("impression", "reasons"): _is_list,
    ("paper_merge", "before"): _is_object,
    ("paper_merge", "other"): _is_object,
    ("paper_merge", "aliases"): _is_tags,
    ("mark", "tags"): _is_tags,
}
"""Columns of JSON; an empty text is none."""
