"""Words to papers: FTS5 on SQLite, text search vectors on PostgreSQL.

The index is kept by triggers (SQLite) or is an expression index (PostgreSQL);
both are made by the first migration. A query is cut into words and every word
is quoted, so no user input can be a syntax error or an operator.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import Connection, text

from recommender.identity import normalise_identifier
from recommender.store import rows

MOST_WORDS = 64
_WORD = re.compile(r"[^\W_]+")

_SQLITE = text(
    "SELECT paper.paper_id, -bm25(paper_search, 8.0, 1.0, 4.0) AS score"
    " FROM paper_search JOIN paper ON paper.id = paper_search.rowid"
    " WHERE paper_search MATCH :words ORDER BY score DESC, paper.paper_id LIMIT :n"
)
_VECTOR = (
    "(setweight(to_tsvector('english', title), 'A') ||"
    " setweight(to_tsvector('english', authors), 'B') ||"
    " setweight(to_tsvector('english', abstract), 'C'))"
)
_POSTGRESQL = text(
    f"SELECT paper_id, ts_rank({_VECTOR}, words) AS score"  # noqa: S608
    f" FROM paper, to_tsquery('english', :words) AS words WHERE {_VECTOR} @@ words"
    " ORDER BY score DESC, paper_id LIMIT :n"
)


def find(connection: Connection, query: str, n: int) -> list[tuple[str, float]]:
    """Return up to `n` pairs of paper id and score (above 0), best first."""
    named = normalise_identifier(query)
    known = rows.resolve(connection, [named]) if named else {}
    if known and n > 0:
        return [(known[named], 1.0)]
    words = _WORD.findall(query)[:MOST_WORDS]
    if not words or n <= 0:
        return []
    return _match(connection, words, n, every=True) or _match(connection, words, n, every=False)


def _match(
    connection: Connection, words: Sequence[str], n: int, *, every: bool
) -> list[tuple[str, float]]:
    if connection.dialect.name == "sqlite":
        statement = _SQLITE
        expression = (" AND " if every else " OR ").join(
            f'"{word}"' if every else f'"{word}" OR "{word}"*' for word in words
        )
    else:
        statement = _POSTGRESQL
        expression = (" & " if every else " | ").join(
            f"'{word}'" if every else f"'{word}':*" for word in words
        )
    found = connection.execute(statement, {"words": expression, "n": n})
    return [(row.paper_id, max(float(row.score), 1e-9)) for row in found]
