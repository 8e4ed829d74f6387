"""A search to papers: FTS5 on SQLite, text search vectors on PostgreSQL.

Both keep a table ``paper_search`` by triggers that the migrations made, with the text that
`search_text` describes. Words reach the databases quoted and as values, so no query can be
a syntax error.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

from recommender.domain.identifiers import SCHEMES, normalise_identifier
from recommender.domain.segmentation import bigrams, has_unspaced
from recommender.store import paper_mapping
from recommender.store.catalogue import search_text
from recommender.store.catalogue.search_query import (
    Query,
    Term,
    Years,
    folded_pieces,
    folded_words,
    parse,
)

_WEIGHTS = {"title": "A", "author": "B", "abstract": "C", "venue": "D"}
"""What PostgreSQL calls the fields."""

_NEWEST = "year DESC, paper.published_at IS NULL, paper.published_at DESC"
_LISTED = (
    "EXISTS (SELECT 1 FROM listing WHERE listing.paper = paper.id"
    " AND lower(listing.source) LIKE :{0})"
)
_NAMED = "EXISTS (SELECT 1 FROM alias WHERE alias.paper = paper.id AND alias.alias LIKE :{0}_as)"

MAX_RANKED = 5_000
"""Papers with the words of a search that are ranked; of more, those that were added last."""
CAPPED = "More than {0:,} papers have these words; the {0:,} added last are ranked."
LOOSENED = "No paper has all of these words; these have some of them."


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search found.

    Parameters
    ----------
    hits
        Pairs of paper id and score (above 0), best first.
    total
        How many papers match, those beyond `hits` too.
    query
        What was understood; empty for an identifier.
    loosened
        True where no paper has all words, and these have some of them.
    capped
        True where only the papers added last were ranked and counted, see `MAX_RANKED`.
    """

    hits: tuple[tuple[str, float], ...] = ()
    total: int = 0
    query: Query = field(default_factory=Query)
    loosened: bool = False
    capped: bool = False

    @property
    def notes(self) -> tuple[str, ...]:
        """What was not done as it was asked, a sentence or two each."""
        capped = [CAPPED.format(MAX_RANKED)] if self.capped else []
        return (*self.query.notes, *([LOOSENED] if self.loosened else []), *capped)


def find(
    connection: Connection, asked: str, n: int, *, newest: bool = False, count: bool = True
) -> SearchResult:
    """Return up to `n` papers, and how many there are where `count` says so.

    The best come first; the newest do where `newest` says so, and where no word
    tells which is best. Words that no paper has all of are looked for one by one.
    """
    named = normalise_identifier(asked)
    known = paper_mapping.resolve(connection, [named]) if named else {}
    if known and n > 0:
        return SearchResult(((known[named], 1.0),), 1)
    query = parse(asked)
    if query.empty or n <= 0:
        return SearchResult(query=query)
    dialect = _Sqlite() if connection.dialect.name == "sqlite" else _Postgresql()
    hits = dialect.run(connection, query, n, newest, every=True)
    loosened = not hits and bool(query.free_words)
    if loosened:
        hits = dialect.run(connection, query, n, newest, every=False)
    total = dialect.count(connection) if count and len(hits) == n else len(hits)
    return SearchResult(hits, total, query, loosened and bool(hits), dialect.capped)


def mentioning(connection: Connection, phrase: str) -> list[str]:
    """Return the ids of papers with these words side by side in title or abstract."""
    words = tuple(w for x in parse(f'"{phrase.replace(chr(34), " ")}"').terms for w in x.words)
    if not words:
        return []
    dialect = _Sqlite() if connection.dialect.name == "sqlite" else _Postgresql()
    return dialect.mentioning(connection, Term(words, phrase=True))


class _Dialect(ABC):
    """One statement of SQL for one query; values are bound, never written into it."""

    score = ""
    listed_year = ""
    key = ""

    def __init__(self) -> None:
        self.where: list[str] = []
        self.capped = False
        self.values: dict[str, Any] = {}

    def run(
        self, connection: Connection, query: Query, n: int, newest: bool, *, every: bool
    ) -> tuple[tuple[str, float], ...]:
        """Return pairs of paper id and score."""
        self.where, self.values = [], {}
        together: list[str] = []
        positive: list[Term] = []
        for group in query.groups:
            texts = [x for x in group if isinstance(x, Term) and x.field != "source"]
            if not every and len(group) == 1 and texts and texts[0].free:
                continue
            if len(texts) == len(group) and not any(x.negated for x in texts):
                together.append(self.any_of(map(self.words, texts)))
                positive += texts
            else:
                self.where.append(f"({' OR '.join(map(self._condition, group))})")
        if not every:
            pieces = [y for x in query.free_words for y in folded_pieces(x)]
            together.append(self.any_of(map(self._loose, pieces)))
            positive += [Term((x,)) for x in pieces]
        weighed = [x for x in positive if x.field in ("", "title")]
        ranked = bool(weighed)
        tables = "paper"
        if together:
            self.values["wanted"] = self.all_of(together)
            self.values |= self.rank_by(weighed) if ranked else {}
            tables = self.tables("wanted", ranked=ranked)
            self.where.append(self.matches("wanted"))
            self.capped = (
                ranked and not newest and len(self.where) == 1 and self._cap(connection, n)
            )
        where = " AND ".join(self.where) or "1 = 1"
        order = f"{_NEWEST}, paper.paper_id" if newest or not ranked else ""
        statement = text(
            f"SELECT paper.paper_id, {self.score if ranked else '1.0'} AS score,"  # noqa: S608
            f" {self._year} AS year FROM {tables} WHERE {where}"
            f" ORDER BY {order or 'score DESC, paper.paper_id'} LIMIT :n"
        )
        found = connection.execute(statement, self.values | {"n": n})
        return tuple((row.paper_id, max(float(row.score), 1e-9)) for row in found)

    def _cap(self, connection: Connection, n: int) -> bool:
        """Leave out all but the `MAX_RANKED` papers added last; return whether there are more.

        A search for more papers than these, `n`, ranks them all.
        """
        oldest = connection.scalar(
            text(
                f"SELECT {self.key} FROM {self.index('wanted')} WHERE {self.matches('wanted')}"  # noqa: S608
                f" ORDER BY {self.key} DESC LIMIT 1 OFFSET :most"
            ),
            {"wanted": self.values["wanted"], "most": MAX_RANKED},
        )
        if oldest is None or n > MAX_RANKED:
            return False
        self.values["oldest"] = oldest
        self.where.append(f"{self.key} > :oldest")
        return True

    def count(self, connection: Connection) -> int:
        """Return how many papers match what `run` looked for last, at most `MAX_RANKED` of many."""
        if self.capped:
            return MAX_RANKED
        tables = self.tables("wanted") if "wanted" in self.values else "paper"
        counted = f"SELECT count(*) FROM {tables} WHERE {' AND '.join(self.where) or '1 = 1'}"  # noqa: S608
        return int(connection.scalar(text(counted), self.values) or 0)

    def mentioning(self, connection: Connection, term: Term) -> list[str]:
        """Return the ids of the papers whose title or abstract holds a phrase."""
        self.values = {"wanted": self.in_title_or_abstract(term)}
        statement = f"SELECT paper.paper_id FROM {self.tables('wanted')} WHERE "  # noqa: S608
        return list(connection.scalars(text(statement + self.matches("wanted")), self.values))

    # What each database writes in its own way -----------------------------------------

    @abstractmethod
    def tables(self, name: str, *, ranked: bool = False) -> str:
        """Return what stands behind FROM where the expression bound as `name` is looked for."""

    @abstractmethod
    def index(self, name: str) -> str:
        """Return the same without the papers themselves."""

    @abstractmethod
    def matches(self, name: str) -> str:
        """Return the condition that a paper matches the expression bound as `name`."""

    @abstractmethod
    def words(self, term: Term) -> str:
        """Return the expression that finds a term's words in the fields it asks for."""

    @abstractmethod
    def in_title_or_abstract(self, term: Term) -> str:
        """Return the expression that finds a phrase in title or abstract."""

    def rank_by(self, terms: Sequence[Term]) -> dict[str, str]:
        """Return what else is bound so that papers are ranked by the words of these terms."""
        return {}

    @abstractmethod
    def beginning(self, word: str) -> str:
        """Return the expression that finds a word or what begins with it, in any field."""

    @abstractmethod
    def all_of(self, expressions: Iterable[str]) -> str:
        """Return the expression that asks for every one."""

    @abstractmethod
    def any_of(self, expressions: Iterable[str]) -> str:
        """Return the expression that asks for one of them."""

    # What both do alike ---------------------------------------------------------------

    def _condition(self, asked: Term | Years) -> str:
        if isinstance(asked, Years):
            return self._years(asked)
        if asked.field == "source":
            return self._source(asked)
        name = self._bind(self.words(asked))
        not_ = "NOT " if asked.negated else ""
        inner = f"SELECT paper.id FROM {self.tables(name)} WHERE {self.matches(name)}"  # noqa: S608
        return f"paper.id {not_}IN ({inner})"

    def _loose(self, word: str) -> str:
        """Return what finds one of the words of a search that no paper has all of."""
        if not has_unspaced(word):
            return self.any_of(map(self.beginning, [*search_text.parts(word), *_joined(word)]))
        return self.any_of(self.words(Term((x,))) for x in bigrams(word))

    def _spelt(self, term: Term, write: Callable[[Sequence[str]], str]) -> str:
        """Return the expression of a term's words, parted and joined; `write` writes a phrase."""
        pieces = [y for x in term.words for y in folded_pieces(x)]
        if term.phrase:
            parted = tuple(y for x in pieces for y in _index_words(x))
            joined = tuple(y for x in pieces for y in (_joined(x) or _index_words(x)))
            return self.any_of(map(write, dict.fromkeys([parted, joined])))
        return self.all_of(self._spelt_word(x, write) for x in pieces)

    def _spelt_word(self, word: str, write: Callable[[Sequence[str]], str]) -> str:
        if has_unspaced(word):
            return write(_index_words(word))
        parted = self.all_of(write([x]) for x in search_text.parts(word))
        return self.any_of([parted, *(write([x]) for x in _joined(word))])

    def _bind(self, value: object) -> str:
        name = f"v{len(self.values)}"
        self.values[name] = value
        return name

    def _years(self, years: Years) -> str:
        first, last = self._bind(years.first or 0), self._bind(years.last or 9999)
        not_ = "NOT " if years.negated else ""
        return f"{self._year} {not_}BETWEEN :{first} AND :{last}"

    @property
    def _year(self) -> str:
        """The year of a paper, or that of its first listing where it has none."""
        listed = f"SELECT min({self.listed_year}) FROM listing WHERE listing.paper = paper.id"  # noqa: S608
        return f"coalesce(paper.year, ({listed}), -1)"

    def _source(self, term: Term) -> str:
        words = folded_words(term.words)
        name = self._bind(f"%{'%'.join(words)}%")
        known = _LISTED.format(name)
        if len(words) == 1 and words[0] in SCHEMES:
            self.values[f"{name}_as"] = f"{words[0]}:%"
            known = f"({known} OR {_NAMED.format(name)})"
        return f"NOT {known}" if term.negated else known


class _Sqlite(_Dialect):
    score = "-bm25(paper_search, 8.0, 1.0, 4.0, 1.0)"
    listed_year = "CAST(strftime('%Y', listing.listed_at) AS INTEGER)"
    key = "paper_search.rowid"

    def index(self, name: str) -> str:
        return "paper_search"

    def tables(self, name: str, *, ranked: bool = False) -> str:
        return "paper JOIN paper_search ON paper.id = paper_search.rowid"

    def matches(self, name: str) -> str:
        return f"paper_search MATCH :{name}"

    def words(self, term: Term) -> str:
        if term.field == "author":
            return self._in("authors", self._spelt(term, self._in_names))
        if term.field:
            return self._in(term.field, self._spelt(term, self._in_order))
        # Names have words of their own in the index, so the fields need not be named.
        return self.any_of([self._spelt(term, self._in_order), self._spelt(term, self._in_names)])

    def in_title_or_abstract(self, term: Term) -> str:
        return self._in("{title abstract}", self._spelt(term, self._in_order))

    def beginning(self, word: str) -> str:
        return f'("{word}" OR "{word}"*)'

    def all_of(self, expressions: Iterable[str]) -> str:
        return _enclosed(" AND ", expressions)

    def any_of(self, expressions: Iterable[str]) -> str:
        return _enclosed(" OR ", expressions)

    def _in_order(self, words: Sequence[str]) -> str:
        return '"' + " ".join(words) + '"'

    def _in_names(self, words: Sequence[str]) -> str:
        return self._in_order([x + search_text.END_OF_NAME for x in words])

    def _in(self, columns: str, expression: str) -> str:
        return f"({columns} : {expression})"


class _Postgresql(_Dialect):
    score = "ts_rank(paper_search.words, CASE numnode(ranking) WHEN 0 THEN wanted ELSE ranking END)"
    listed_year = "CAST(extract(year FROM listing.listed_at AT TIME ZONE 'UTC') AS INTEGER)"
    key = "paper_search.id"

    def index(self, name: str) -> str:
        return f"paper_search, to_tsquery('paper_search', :{name}) AS wanted"

    def tables(self, name: str, *, ranked: bool = False) -> str:
        joined = "paper JOIN paper_search ON paper.id = paper_search.id"
        wanted = f"to_tsquery('paper_search', :{name}) AS wanted"
        # Stop words are looked for, but say nothing of which paper is best.
        ranking = ", to_tsquery('english', :ranking) AS ranking" if ranked else ""
        return f"{joined}, {wanted}{ranking}"

    def matches(self, name: str) -> str:
        return "paper_search.words @@ wanted"

    def words(self, term: Term) -> str:
        if term.field == "author":
            return self._names(term)
        if term.field:
            return self._in(_WEIGHTS[term.field], term)
        if term.phrase or any(map(has_unspaced, term.words)):
            return self.any_of([self._in("ACD", term), self._names(term)])
        # Weights would make the server look at every row that its index finds. Names have
        # words of their own there, so none is needed.
        end = search_text.END_OF_NAME
        spelt = [
            self._spelt(term, lambda x: f"'{x[0]}'"),
            self._spelt(term, lambda x: f"'{x[0]}{end}'"),
        ]
        return self.any_of(spelt)

    def rank_by(self, terms: Sequence[Term]) -> dict[str, str]:
        # A sum over words in every spelling, in names too; a run counts in one piece.
        end = search_text.END_OF_NAME
        written: list[str] = []
        for word in (y for term in terms for x in term.words for y in folded_pieces(x)):
            if has_unspaced(word):
                written.append("(" + " <-> ".join(f"'{x}'" for x in _index_words(word)) + ")")
            else:
                spelt = [*_index_words(word), *_joined(word)]
                written += [f"'{x}'" for y in spelt for x in (y, y + end)]
        return {"ranking": self.any_of(written)}

    def in_title_or_abstract(self, term: Term) -> str:
        return self._in("AC", term)

    def beginning(self, word: str) -> str:
        return f"'{word}':*"

    def all_of(self, expressions: Iterable[str]) -> str:
        return _enclosed(" & ", expressions)

    def any_of(self, expressions: Iterable[str]) -> str:
        return _enclosed(" | ", expressions)

    def _in(self, weights: str, term: Term) -> str:
        def write(words: Sequence[str]) -> str:
            if len(words) == 1:
                return f"'{words[0]}':{weights}"
            # Positions run on from title to authors to abstract: a phrase lies in one of them.
            return self.any_of(" <-> ".join(f"'{x}':{y}" for x in words) for y in weights)

        return self._spelt(term, write)

    def _names(self, term: Term) -> str:
        end = search_text.END_OF_NAME

        def write(words: Sequence[str]) -> str:
            return "(" + " <-> ".join(f"'{x}{end}':B" for x in words) + ")"

        return self._spelt(term, write)


def _enclosed(joint: str, expressions: Iterable[str]) -> str:
    distinct = list(dict.fromkeys(expressions))
    return distinct[0] if len(distinct) == 1 else f"({joint.join(distinct)})"


def _index_words(word: str) -> list[str]:
    """Return a word of a query as the index has it: codes of a run, parts of a compound."""
    return search_text.codes(word) if has_unspaced(word) else search_text.parts(word)


def _joined(word: str) -> list[str]:
    """Return a compound in one word; [] for what is none."""
    if has_unspaced(word) or len(search_text.parts(word)) < 2:
        return []
    return search_text.joined_forms(word)[:1]
