"""The papers of the library, each under one canonical id."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import repeat

from sqlalchemy import (
    ColumnElement,
    Connection,
    delete,
    func,
    insert,
    select,
    text,
    update,
)

from recommender.domain import Paper, StatusStatement
from recommender.domain.citation_keys import citation_key
from recommender.domain.status import CLEARED, NOT_SUGGESTED, in_force
from recommender.domain.title_status import TITLED
from recommender.errors import StoreError
from recommender.store import paper_mapping
from recommender.store.catalogue import merge_history, search, unmerge
from recommender.store.catalogue.provenance import Contribution, Merge, Origin
from recommender.store.catalogue.recency import is_new
from recommender.store.catalogue.resolver import Outcome, Resolver
from recommender.store.catalogue.search import SearchResult
from recommender.store.catalogue.unmerge import UndoneMerge
from recommender.store.catalogue.writer import next_revision
from recommender.store.database import Database
from recommender.store.models import ALIAS, PAPER, PAPER_STATUS
from recommender.store.validation import checked_paper

_REVISION = select(func.max(PAPER.c.revision))


@dataclass(frozen=True, slots=True)
class AddResult:
    """The result of adding one record.

    `paper_id` is the canonical id of the paper it is now part of; `outcome` is
    ``new``, ``merged`` (the paper gained something) or ``unchanged``.
    `citation_key` is the key under which the paper is exported, ``""`` for a record without one.
    """

    paper_id: str
    outcome: Outcome
    citation_key: str = ""


class Catalogue:
    """Adds, finds and merges papers.

    An id that is asked for may be canonical, a former one, or any identifier of
    the paper in any spelling. Lists of papers are in the order of their ids.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def validate(self, record: Paper) -> Paper:
        """Return the record as `add` would take it.

        Raises
        ------
        StoreError
            What `add` would refuse, so that a caller can refuse one record alone.
        """
        return checked_paper(record)

    def add(
        self,
        records: Sequence[Paper],
        now: datetime,
        origin: Origin = Origin(),  # noqa: B008 - frozen
        lines: Sequence[int] = (),
        *,
        valid: bool = False,
    ) -> list[AddResult]:
        """Store records in one transaction, merging those that are papers already held.

        Records are one paper when they share an identifier, or else a title with
        a compatible first author and year. A record that joins two stored papers
        merges these. What names a merged paper (events, slates, lists, digests)
        follows it; its old ids stay aliases. A record that adds nothing writes
        nothing.

        Parameters
        ----------
        records
            At best some hundreds a call; their `paper_id`, unless it is an
            identifier, and `added_at` are not looked at.
        now
            When a new paper was added.
        origin, lines
            The file or query they come from, and where each of them began in
            it, for `provenance`; no lines where there are none.
        valid
            True where `validate` has returned each of them, so that none is checked twice.

        Returns
        -------
        list[AddResult]
            One for each record, in their order.

        Raises
        ------
        StoreError
            A record may not be stored (see `validate`); nothing was stored then.
        """
        checked = records if valid else [checked_paper(record) for record in records]
        with self._database.write() as connection:
            resolver = Resolver(connection, checked, now, origin)
            starts = zip(checked, lines or repeat(0), strict=False)
            resolved = [resolver.resolve(record, line) for record, line in starts]
            resolver.save()
        return [
            AddResult(
                staged.final.paper.paper_id,
                outcome if staged.into is None else "merged",
                citation_key(staged.final.paper) if record.citation_key else "",
            )
            for record, (staged, outcome) in zip(checked, resolved, strict=True)
        ]

    def settle(self) -> None:
        """Let the database look at what came in, after many papers at once.

        PostgreSQL keeps new words of the search index in a list that every search walks, and
        plans with the sizes that tables had, until its own cleaning runs some minutes later.
        SQLite needs nothing.
        """
        if self._database.is_sqlite:
            return
        with suppress(StoreError), self._database.write() as connection:
            connection.execute(text("SELECT gin_clean_pending_list('paper_search_words')"))
            connection.execute(text("ANALYZE paper, paper_search, alias, listing, paper_status"))

    def provenance(self, paper_id: str) -> tuple[Contribution, ...]:
        """Return which record gave which field of a paper, the oldest first.

        Of a field with one value the record is named that gave it, of the
        identifiers and listings every record that gave some. Empty for a paper
        that came before this was kept. Raises UnknownPaper.
        """
        with self._database.read() as connection:
            return merge_history.provenance(connection, paper_id)

    def not_suggested(self) -> frozenset[str]:
        """Return the papers that are never suggested, see `Paper.suggestible`."""
        with self._database.read() as connection:
            # Not a join: SQLite would read every id of the library and not every statement.
            named = ALIAS.c.alias.in_(select(PAPER_STATUS.c.subject))
            keys = list(connection.scalars(select(ALIAS.c.paper).where(named).distinct()))
            subjects = select(PAPER_STATUS.c.subject).where(
                PAPER_STATUS.c.subject.startswith(TITLED)
            )
            titles = (x.removeprefix(TITLED) for x in connection.scalars(subjects).all())
            for some in paper_mapping.chunks(titles):
                keys += connection.scalars(select(PAPER.c.id).where(PAPER.c.title_key.in_(some)))
            found: list[str] = []
            for some in paper_mapping.chunks(keys):
                said = paper_mapping.load_statements(connection, some)
                bad = [
                    x
                    for x, y in said.items()
                    if not NOT_SUGGESTED.isdisjoint(z.says for z in in_force(y))
                ]
                query = select(PAPER.c.paper_id).where(PAPER.c.id.in_(bad))
                found += connection.scalars(query)
        return frozenset(found)

    def clear_status(self, paper_id: str, now: datetime) -> None:
        """Say that nothing recorded until now of a paper's status is true; raises UnknownPaper.

        What a source says of it later, with another notice, holds again.
        """
        with self._database.write() as connection:
            canonical = paper_mapping.require(connection, [paper_id])[paper_id]
            self._take_back_clearing(connection, canonical)
            row = paper_mapping.status_columns(canonical, StatusStatement(CLEARED, "reader"))
            connection.execute(insert(PAPER_STATUS).values(row | {"recorded_at": now}))

    def restore_status(self, paper_id: str) -> None:
        """Take back what `clear_status` said; raises UnknownPaper."""
        with self._database.write() as connection:
            canonical = paper_mapping.require(connection, [paper_id])[paper_id]
            self._take_back_clearing(connection, canonical)

    def _take_back_clearing(self, connection: Connection, canonical: str) -> None:
        key = select(PAPER.c.id).where(PAPER.c.paper_id == canonical).scalar_subquery()
        names = select(ALIAS.c.alias).where(ALIAS.c.paper == key)
        cleared = (PAPER_STATUS.c.says == CLEARED, PAPER_STATUS.c.subject.in_(names))
        connection.execute(delete(PAPER_STATUS).where(*cleared))
        change = update(PAPER).where(PAPER.c.paper_id == canonical)
        connection.execute(change.values(revision=next_revision(connection)))

    def merges(self, paper_id: str | None = None, limit: int | None = None) -> list[Merge]:
        """Return the merges of one paper or of all, undone ones too, the newest first.

        Raises UnknownPaper.
        """
        with self._database.read() as connection:
            return merge_history.merges(connection, paper_id, limit)

    def undo_merge(self, number: int, now: datetime) -> UndoneMerge:
        """Undo a merge: the other paper exists again, with its ids and what names them.

        Events, slates, lists and digests follow the ids they were made with;
        none is lost or changed. What the other one had given the kept paper
        goes with it. The two are kept separate: no later record merges them
        again.

        Raises
        ------
        UnknownMerge
            There is none of this number.
        NothingToUndo
            It has been undone before.
        """
        with self._database.write() as connection:
            return unmerge.undo_merge(connection, number, now)

    def get(self, paper_id: str) -> Paper:
        """Return one paper; raises UnknownPaper, with a hint, when there is none."""
        papers = self.get_many([paper_id])
        if paper_id not in papers:
            raise paper_mapping.unknown_paper(paper_id)
        return papers[paper_id]

    def get_many(self, ids: Sequence[str]) -> dict[str, Paper]:
        """Return ``{asked id: paper}`` in the order asked; unknown ids are left out."""
        with self._database.read() as connection:
            papers = paper_mapping.papers_by_id(connection, ids)
            # Most are asked for by the id of today.
            others = paper_mapping.resolve(connection, [x for x in ids if x not in papers])
            if others:
                papers |= paper_mapping.papers_by_id(connection, others.values())
        return {x: papers[others.get(x, x)] for x in ids if x in papers or x in others}

    def titles(self, ids: Sequence[str]) -> dict[str, str]:
        """Return ``{asked id: title}`` in the order asked; unknown ids are left out."""
        return self._column(PAPER.c.title, ids)

    def _column(self, column: ColumnElement[str], ids: Sequence[str]) -> dict[str, str]:
        with self._database.read() as connection:
            known = paper_mapping.resolve(connection, ids)
            values: dict[str, str] = {}
            for some in paper_mapping.chunks(known.values()):
                query = select(PAPER.c.paper_id, column).where(PAPER.c.paper_id.in_(some))
                values |= {row.paper_id: row[1] for row in connection.execute(query)}
        return {asked: values[paper_id] for asked, paper_id in known.items()}

    def resolve(self, ids: Iterable[str]) -> dict[str, str]:
        """Return ``{asked id: canonical id}`` in the order asked; unknown ids are left out."""
        with self._database.read() as connection:
            return paper_mapping.resolve(connection, ids)

    def require(self, ids: Iterable[str]) -> dict[str, str]:
        """Return what `resolve` does; raises UnknownPaper, with a hint, for the first unknown."""
        with self._database.read() as connection:
            return paper_mapping.require(connection, ids)

    def papers(self, after: str = "", limit: int | None = None) -> list[Paper]:
        """Return the papers whose id comes after `after`, at most `limit`."""
        with self._database.read() as connection:
            query = paper_mapping.select_papers(PAPER.c.paper_id > after).limit(limit)
            return list(paper_mapping.load_papers(connection, query).values())

    def ids(self) -> list[str]:
        """Return every canonical id, in order."""
        with self._database.read() as connection:
            return list(connection.scalars(select(PAPER.c.paper_id).order_by(PAPER.c.paper_id)))

    def count(self) -> int:
        """Return how many papers there are."""
        with self._database.read() as connection:
            return connection.scalar(select(func.count()).select_from(PAPER)) or 0

    def revision(self) -> int:
        """Return a number that rises whenever a paper is added, changed or merged; 0 at first."""
        return self._database.read_once("catalogue.revision", lambda x: x.scalar(_REVISION) or 0)

    def count_since(self, revision: int, most: int) -> int:
        """Return how many papers were added or changed after a revision, at most `most`."""
        some = select(PAPER.c.id).where(PAPER.c.revision > revision).limit(most).subquery()
        with self._database.read() as connection:
            return connection.scalar(select(func.count()).select_from(some)) or 0

    def names_since(self, revision: int) -> dict[str, list[str]]:
        """Return the papers that were added or changed after a revision, with all their ids.

        ``{canonical id: every id of the paper}``. A paper that was merged into another one
        since, or parted from it, is there under the other's id, or its own.
        """
        with self._database.read() as connection:
            changed = select(PAPER.c.paper_id, ALIAS.c.alias).where(PAPER.c.revision > revision)
            names: dict[str, list[str]] = {}
            for row in connection.execute(changed.join(ALIAS, ALIAS.c.paper == PAPER.c.id)):
                names.setdefault(row.paper_id, []).append(row.alias)
        return names

    def search(self, query: str, n: int = 20, *, newest: bool = False) -> list[tuple[str, float]]:
        """Return the `hits` of `find`: at most `n` pairs of id and score, best first."""
        with self._database.read() as connection:
            return list(search.find(connection, query, n, newest=newest, count=False).hits)

    def find(self, query: str, n: int = 20, *, newest: bool = False) -> SearchResult:
        """Find papers by words, by the operators of `search_query`, or by an identifier.

        Papers with all words come first and alone; only when there are none,
        those with any word, or a word that begins so. Accents and case do not
        count, and no text is an error. Without a word of title or abstract to
        rank by, and where `newest` is asked for, the newest papers come first.
        Scores are comparable within one result only.
        """
        with self._database.read() as connection:
            return search.find(connection, query, n, newest=newest)

    def new_between(self, start: datetime, end: datetime) -> list[Paper]:
        """Return the papers that are new from `start` to before `end`, as `recency` says."""
        with self._database.read() as connection:
            query = paper_mapping.select_papers(is_new(start, end))
            return list(paper_mapping.load_papers(connection, query).values())
