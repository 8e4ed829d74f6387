"""The desk where new records meet the papers they may be; one transaction long.

All papers that a batch of records may touch are fetched once, records are
placed one after the other in memory, and what changed is written at the end in
a few statements. That makes a batch fast, and all of it or nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from recommender.domain import Paper
from recommender.identity import canonical_id, title_key
from recommender.store.matching import (
    choose,
    evidence,
    fingerprint,
    likeness,
    merged,
    plausible,
    same_work,
    scheme_rank,
    title_alias,
)
from recommender.store.models import ALIAS, LISTING, PAPER
from recommender.store.rows import chunks, listing_columns, paper_columns, papers_of, select_papers

Outcome = Literal["new", "merged", "unchanged"]


@dataclass(slots=True, eq=False)
class Folder:
    """One paper on the desk, numbered as it came; `key` is its row, None while it has none."""

    paper: Paper
    number: int
    key: int | None = None
    stored: Paper | None = None
    new_aliases: list[str] = field(default_factory=list)
    absorbed_keys: list[int] = field(default_factory=list)
    into: Folder | None = None

    @property
    def final(self) -> Folder:
        """The folder that this one has become part of, or itself."""
        return self if self.into is None else self.into.final

    @property
    def changed(self) -> bool:
        """True when something has to be written."""
        return bool(self.paper != self.stored or self.new_aliases or self.absorbed_keys)


class Desk:
    """Places records among stored papers, then writes what changed."""

    def __init__(self, connection: Connection, records: Sequence[Paper], now: datetime) -> None:
        self._connection = connection
        self._now = now
        self._by_alias: dict[str, Folder] = {}
        self._by_title: dict[str, list[Folder]] = {}
        self._folders: list[Folder] = []
        self._fetch(records)

    def place(self, record: Paper) -> tuple[Folder, Outcome]:
        """Make the record part of the paper it is, or of a new one."""
        named = self._named(record)
        record = self._owned(record, named)
        if len(named) == 1 and not self._adds(record, named[0]):
            return named[0], "unchanged"
        matches = self._with_namesake(record, named)
        if not matches:
            return self._open(record), "new"
        folder = min(matches, key=_seniority)
        before = folder.paper
        for other in matches:
            if other is not folder:
                self._absorb(folder, other)
        folder.paper = merged(folder.paper, record)
        learnt = self._learn(folder, self._news(record, folder))
        changed = learnt or len(matches) > 1 or folder.paper != before
        return folder, "merged" if changed else "unchanged"

    def save(self) -> None:
        """Write every folder that changed, under the next revision."""
        changed = [f for f in self._folders if f.into is None and f.changed]
        if not changed:
            return
        newest = self._connection.scalar(select(func.max(PAPER.c.revision))) or 0
        self._drop_absorbed(changed)
        self._insert([f for f in changed if f.key is None], newest + 1)
        self._update([f for f in changed if f.stored is not None], newest + 1)
        self._write(ALIAS, [{"alias": x, "paper": f.key} for f in changed for x in f.new_aliases])
        self._save_listings(changed)

    def _fetch(self, records: Sequence[Paper]) -> None:
        titles = [title_key(x.title) for x in records]
        aliases = [x for r in records for x in (*evidence(r), title_alias(r.title))]
        keys = list(self._keys(PAPER.c.id, PAPER.c.title_key, titles))
        keys += self._keys(ALIAS.c.paper, ALIAS.c.alias, aliases)
        for some in chunks(sorted(set(keys))):
            for key, paper in papers_of(
                self._connection, select_papers(PAPER.c.id.in_(some))
            ).items():
                folder = Folder(paper, len(self._folders), key, paper)
                self._folders.append(folder)
                self._by_title.setdefault(title_key(paper.title), []).append(folder)
            query = select(ALIAS).where(ALIAS.c.paper.in_(some))
            by_key = {f.key: f for f in self._folders}
            for row in self._connection.execute(query):
                self._know(row.alias, by_key[row.paper])

    def _keys(self, wanted: Any, column: Any, values: Iterable[str]) -> Iterable[int]:
        for some in chunks(values):
            yield from self._connection.scalars(select(wanted).where(column.in_(some)))

    def _named(self, record: Paper) -> list[Folder]:
        """Return the papers that the record's own ids name, the one most like it first."""
        known = [self._by_alias[x].final for x in evidence(record) if x in self._by_alias]
        named = list(dict.fromkeys(known))
        if len(named) < 2:
            return named
        first = max(named, key=lambda f: likeness(record, f.paper))
        others = [f for f in named if f is not first and plausible(first.paper, f.paper)]
        return [first, *others]

    def _owned(self, record: Paper, named: list[Folder]) -> Paper:
        """Return the record without the identifiers that belong to other papers than these."""
        owner = {x: self._by_alias[x].final for x in record.identifiers if x in self._by_alias}
        kept = (x for x in record.identifiers if x not in owner or owner[x] in named)
        return replace(record, identifiers=tuple(kept))

    def _adds(self, record: Paper, folder: Folder) -> bool:
        news = any(self._news(record, folder))
        return news or merged(folder.paper, record) != folder.paper

    def _with_namesake(self, record: Paper, named: list[Folder]) -> list[Folder]:
        """Add the paper that has the record's title and contradicts nothing, if there is one."""
        others = [f for f in self._namesakes(record.title) if f not in named]
        fitting = [f for f in others if all(same_work(f.paper, m.paper) for m in named)]
        place = choose(record, [f.paper for f in fitting])
        return named if place is None else [*named, fitting[place]]

    def _namesakes(self, title: str) -> list[Folder]:
        return list(dict.fromkeys(f.final for f in self._by_title.get(title_key(title), [])))

    def _open(self, record: Paper) -> Folder:
        paper_id = canonical_id(record.identifiers, record.title)
        if paper_id in self._by_alias:
            paper_id = fingerprint(record)
        folder = Folder(replace(record, paper_id=paper_id, added_at=self._now), len(self._folders))
        self._folders.append(folder)
        self._by_title.setdefault(title_key(record.title), []).append(folder)
        self._learn(folder, [paper_id, *self._news(record, folder)])
        return folder

    def _news(self, record: Paper, folder: Folder) -> list[str]:
        """Return the free ids that the record brings the paper."""
        titles = [title_alias(x.title) for x in (record, folder.paper)]
        other_title = titles[:1] if titles[0] != titles[1] else []
        return [x for x in (*evidence(record), *other_title) if x not in self._by_alias]

    def _learn(self, folder: Folder, aliases: Iterable[str]) -> bool:
        """Give the paper the aliases that are free; return whether there was one."""
        free = [x for x in dict.fromkeys(aliases) if x not in self._by_alias]
        for alias in free:
            folder.new_aliases.append(alias)
            self._know(alias, folder)
        return bool(free)

    def _know(self, alias: str, folder: Folder) -> None:
        self._by_alias[alias] = folder
        if alias.startswith("title:"):
            self._by_title.setdefault(alias.removeprefix("title:"), []).append(folder)

    def _absorb(self, folder: Folder, other: Folder) -> None:
        """Make `other` part of `folder`: its aliases follow, and with them all that name it."""
        other.into = folder
        folder.paper = replace(
            merged(folder.paper, other.paper),
            added_at=min(x.paper.added_at or self._now for x in (folder, other)),
        )
        folder.new_aliases += other.new_aliases
        folder.absorbed_keys += other.absorbed_keys
        if other.key is not None:
            folder.absorbed_keys.append(other.key)
        former = title_alias(other.paper.title)
        if former not in self._by_alias and former != title_alias(folder.paper.title):
            # Not fetched with the records: it may name a paper that is not on the desk.
            query = select(ALIAS.c.paper).where(ALIAS.c.alias == former)
            if self._connection.scalar(query) is None:
                self._learn(folder, [former])

    def _drop_absorbed(self, folders: Iterable[Folder]) -> None:
        for folder in folders:
            if not folder.absorbed_keys:
                continue
            old = folder.absorbed_keys
            moved = update(ALIAS).where(ALIAS.c.paper.in_(old)).values(paper=folder.key)
            self._connection.execute(moved)
            self._connection.execute(delete(LISTING).where(LISTING.c.paper.in_(old)))
            self._connection.execute(delete(PAPER).where(PAPER.c.id.in_(old)))

    def _insert(self, folders: Sequence[Folder], revision: int) -> None:
        self._write(PAPER, [paper_columns(f.paper, revision) for f in folders])
        keys: dict[str, int] = {}
        for some in chunks(f.paper.paper_id for f in folders):
            query = select(PAPER.c.paper_id, PAPER.c.id).where(PAPER.c.paper_id.in_(some))
            keys |= {row.paper_id: row.id for row in self._connection.execute(query)}
        for folder in folders:
            folder.key = keys[folder.paper.paper_id]

    def _update(self, folders: Sequence[Folder], revision: int) -> None:
        rows = [{**paper_columns(f.paper, revision), "row_key": f.key} for f in folders]
        if rows:
            self._connection.execute(update(PAPER).where(PAPER.c.id == bindparam("row_key")), rows)

    def _save_listings(self, folders: Sequence[Folder]) -> None:
        rewritten = [f for f in folders if f.stored and f.stored.listings != f.paper.listings]
        for some in chunks(f.key for f in rewritten):
            self._connection.execute(delete(LISTING).where(LISTING.c.paper.in_(some)))
        fresh = [*rewritten, *(f for f in folders if f.stored is None)]
        rows = [listing_columns(f.key or 0, x) for f in fresh for x in f.paper.listings]
        self._write(LISTING, rows)

    def _write(self, table: Any, rows: Sequence[dict[str, Any]]) -> None:
        if rows:
            self._connection.execute(insert(table), rows)


def _seniority(folder: Folder) -> tuple[bool, int, int]:
    return folder.key is None, scheme_rank(folder.paper.paper_id), folder.key or folder.number
