"""A search to papers: FTS5 on SQLite, text search vectors on PostgreSQL.

Both keep a table ``paper_search`` by triggers that the migrations made. Words
reach the databases quoted and as values, so no query can be a syntax error.
Accents do not count: FTS5 drops them itself, on PostgreSQL a function does when
a paper is stored and `_plain` does for the query.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from recommender.domain.identifiers import SCHEMES, normalise_identifier
from recommender.store import paper_mapping
from recommender.store.catalogue.search_query import WORD, Query, Term, Years, folded, parse

_COLUMNS = {"author": "authors", "venue": "venue"}
_NEWEST = "year DESC, paper.published_at IS NULL, paper.published_at DESC"
_LISTED = (
    "EXISTS (SELECT 1 FROM listing WHERE listing.paper = paper.id"
    " AND lower(listing.source) LIKE :{0})"
)
_NAMED = "EXISTS (SELECT 1 FROM alias WHERE alias.paper = paper.id AND alias.alias LIKE :{0}_as)"


def find(
    connection: Connection, asked: str, n: int, *, newest: bool = False
) -> list[tuple[str, float]]:
    """Return up to `n` pairs of paper id and score (above 0).

    The best come first; the newest do where `newest` says so, and where no word
    tells which is best. Words that no paper has all of are looked for one by one.
    """
    named = normalise_identifier(asked)
    known = paper_mapping.resolve(connection, [named]) if named else {}
    if known and n > 0:
        return [(known[named], 1.0)]
    query = parse(asked)
    if query.empty or n <= 0:
        return []
    dialect = _Sqlite() if connection.dialect.name == "sqlite" else _Postgresql()
    found = dialect.run(connection, query, n, newest, every=True)
    if not found and len(query.free_words) > 0:
        found = dialect.run(connection, query, n, newest, every=False)
    return found


class _Dialect:
    """One statement of SQL for one query; values are bound, never written into it."""

    score = ""
    key = ""
    listed_year = ""

    def __init__(self) -> None:
        self.where: list[str] = []
        self.values: dict[str, Any] = {}

    def run(
        self, connection: Connection, query: Query, n: int, newest: bool, *, every: bool
    ) -> list[tuple[str, float]]:
        """Return pairs of paper id and score."""
        self.where, self.values = [], {"n": n}
        for years in query.years:
            self._years(years)
        for term in query.terms:
            if term.field == "source":
                self._source(term)
        texts = [x for x in query.terms if x.field != "source"]
        wanted = [x for x in texts if not x.negated]
        if not every:
            wanted = [x for x in wanted if x.field or x.phrase]
        self._words(wanted, query.free_words if not every else [])
        for term in texts:
            if term.negated:
                self._exclude(term)
        score = self.score if query.ranked else "1.0"
        order = f"{_NEWEST}, paper.paper_id" if newest or not query.ranked else ""
        statement = text(
            f"SELECT paper.paper_id, {score} AS score, {self._year} AS year FROM paper"  # noqa: S608
            " JOIN paper_search ON paper.id = paper_search."
            + self.key
            + self._tables(query.ranked)
            + f" WHERE {' AND '.join(self.where) or '1 = 1'}"
            f" ORDER BY {order or 'score DESC, paper.paper_id'} LIMIT :n"
        )
        found = connection.execute(statement, self.values)
        return [(row.paper_id, max(float(row.score), 1e-9)) for row in found]

    def _tables(self, ranked: bool) -> str:
        return ""

    def _words(self, wanted: Sequence[Term], any_of: Sequence[str]) -> None:
        raise TypeError("a dialect knows how words are looked for")

    def _exclude(self, term: Term) -> None:
        raise TypeError("a dialect knows how words are negated")

    def _bind(self, value: object) -> str:
        name = f"v{len(self.values)}"
        self.values[name] = value
        return name

    def _years(self, years: Years) -> None:
        first, last = self._bind(years.first or 0), self._bind(years.last or 9999)
        not_ = "NOT " if years.negated else ""
        self.where.append(f"{self._year} {not_}BETWEEN :{first} AND :{last}")

    @property
    def _year(self) -> str:
        """The year of a paper, or that of its first listing where it has none."""
        listed = f"SELECT min({self.listed_year}) FROM listing WHERE listing.paper = paper.id"  # noqa: S608
        return f"coalesce(paper.year, ({listed}), -1)"

    def _source(self, term: Term) -> None:
        words = folded(term.words)
        name = self._bind(f"%{'%'.join(words)}%")
        known = _LISTED.format(name)
        if len(words) == 1 and words[0] in SCHEMES:
            self.values[f"{name}_as"] = f"{words[0]}:%"
            known = f"({known} OR {_NAMED.format(name)})"
        self.where.append(f"NOT {known}" if term.negated else known)


class _Sqlite(_Dialect):
    score = "-bm25(paper_search, 8.0, 1.0, 4.0, 1.0)"
    key = "rowid"
    listed_year = "CAST(strftime('%Y', listing.listed_at) AS INTEGER)"

    def _words(self, wanted: Sequence[Term], any_of: Sequence[str]) -> None:
        parts = [self._expression(x) for x in wanted]
        if any_of:
            parts.append("(" + " OR ".join(f'"{x}" OR "{x}"*' for x in any_of) + ")")
        if parts:
            self.where.append(f"paper_search MATCH :{self._bind(' AND '.join(parts))}")

    def _exclude(self, term: Term) -> None:
        name = self._bind(self._expression(term))
        inner = f"SELECT rowid FROM paper_search WHERE paper_search MATCH :{name}"  # noqa: S608
        self.where.append(f"paper.id NOT IN ({inner})")

    def _expression(self, term: Term) -> str:
        joint = " + " if term.phrase else " AND "
        words = joint.join(f'"{x}"' for x in term.words)
        column = _COLUMNS.get(term.field, term.field)
        return f"{column} : ({words})" if column else f"({words})"


class _Postgresql(_Dialect):
    score = "ts_rank(paper_search.words, wanted)"
    key = "id"
    listed_year = "CAST(extract(year FROM listing.listed_at AT TIME ZONE 'UTC') AS INTEGER)"

    def _tables(self, ranked: bool) -> str:
        return ", to_tsquery('english', :wanted) AS wanted" if ranked else ""

    def _words(self, wanted: Sequence[Term], any_of: Sequence[str]) -> None:
        parts = [self._expression(x) for x in wanted if x.field not in _COLUMNS]
        if any_of:
            parts.append("(" + " | ".join(f"'{x}':*" for x in _plain(any_of)) + ")")
        if parts:
            self.values["wanted"] = " & ".join(parts)
            self.where.append("paper_search.words @@ wanted")
        self.where += [self._named(x) for x in wanted if x.field in _COLUMNS]

    def _exclude(self, term: Term) -> None:
        if term.field in _COLUMNS:
            self.where.append(f"NOT {self._named(term)}")
            return
        name = self._bind(self._expression(term))
        self.where.append(f"NOT paper_search.words @@ to_tsquery('english', :{name})")

    def _named(self, term: Term) -> str:
        name = self._bind(self._expression(term))
        return f"paper_search.{_COLUMNS[term.field]} @@ to_tsquery('simple', :{name})"

    def _expression(self, term: Term) -> str:
        words = _plain(term.words)
        if term.field in _COLUMNS:
            return _joined(words, term.phrase)
        if term.field == "title":
            return _joined(words, term.phrase, ":A")
        if not term.phrase:
            return _joined(words, False)
        # Positions run on from title to authors to abstract: a phrase lies in one of them.
        return "(" + " | ".join(_joined(words, True, f":{x}") for x in "ABCD") + ")"


def _joined(words: Sequence[str], phrase: bool, weight: str = "") -> str:
    return "(" + (" <-> " if phrase else " & ").join(f"'{x}'{weight}" for x in words) + ")"


def _plain(words: Sequence[str]) -> list[str]:
    """Return words as the function ``paper_search_text`` leaves them in the index."""
    spelt = unicodedata.normalize("NFKD", " ".join(words))
    return WORD.findall("".join(c for c in spelt if not "\u0300" <= c <= "\u036f"))
