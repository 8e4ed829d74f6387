"""Every row of a library, to see whether anything was written."""

from __future__ import annotations

from typing import Any

from recommender.store import Store
from recommender.store.dump import describe, dump_rows


def rows_of(store: Store) -> dict[str, list[Any]]:
    """Return the rows of every table by its name."""
    with dump_rows(store.database) as rows:
        return {x.name: [dict(row) for row in rows(x.name)] for x in describe()}
