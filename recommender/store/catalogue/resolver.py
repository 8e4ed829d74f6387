"""The desk where new records meet the papers they may be; one transaction long.

All papers that a batch of records may touch are fetched once, records are
placed one after the other in memory, and what changed is written at the end in
a few statements. That makes a batch fast, and all of it or nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, select

from recommender.domain import Paper
from recommender.domain.identifiers import canonical_id, title_key
from recommender.store.catalogue import writer
from recommender.store.catalogue.matching import (
    choose,
    evidence,
    fingerprint,
    likeness,
    merged,
    plausible,
    record_alias,
    same_work,
    scheme_rank,
    title_alias,
)
from recommender.store.catalogue.provenance import Origin
from recommender.store.catalogue.provenance_writer import Ledger, told_apart
from recommender.store.catalogue.writer import Folder
from recommender.store.models import ALIAS, PAPER
from recommender.store.paper_mapping import chunks, papers_of, select_papers

Outcome = Literal["new", "merged", "unchanged"]


class Desk:
    """Places records among stored papers, then writes what changed."""

    def __init__(
        self, connection: Connection, records: Sequence[Paper], now: datetime, origin: Origin
    ) -> None:
        self._connection = connection
        self._now = now
        self._ledger = Ledger(connection, origin, now)
        self._apart = told_apart(connection)
        self._by_alias: dict[str, Folder] = {}
        self._by_title: dict[str, list[Folder]] = {}
        self._folders: list[Folder] = []
        self._fetch(records)

    def place(self, record: Paper, line: int = 0) -> tuple[Folder, Outcome]:
        """Make the record, from a line of its origin, part of the paper it is, or of a new one."""
        named = self._named(record)
        whole, record = record, self._owned(record, named)
        if not named and record != whole:
            named = self._named(record)
        if len(named) == 1 and not self._adds(record, named[0]):
            return named[0], "unchanged"
        matches = self._with_namesake(record, named)
        if not matches:
            return self._open(record, line), "new"
        folder = min(matches, key=_seniority)
        for other in matches:
            if other is not folder:
                self._absorb(folder, other, line)
        before = folder.paper
        folder.paper = merged(before, record)
        learnt = self._learn(folder, self._news(record, folder))
        self._ledger.gave(before, folder.paper, record, learnt, line)
        changed = learnt or len(matches) > 1 or folder.paper != before
        return folder, "merged" if changed else "unchanged"

    def save(self) -> None:
        """Write every paper that changed, and who gave what."""
        writer.save(self._connection, self._folders)
        self._ledger.save()

    def _fetch(self, records: Sequence[Paper]) -> None:
        titles = [title_key(x.title) for x in records]
        aliases = [x for r in records for x in (*evidence(r), title_alias(r.title))]
        if self._apart:
            aliases += [record_alias(x) for x in records]
        keys = set(self._keys(PAPER.c.id, PAPER.c.title_key, titles))
        keys.update(self._keys(ALIAS.c.paper, ALIAS.c.alias, aliases))
        keys.update(*(self._apart.get(x, ()) for x in tuple(keys)))
        for some in chunks(sorted(keys)):
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
        if self._apart and (partners := self._partners(named)):
            return self._first_of(record, named, partners)
        named = [f for f in named if plausible(record, f.paper)]
        if len(named) < 2:
            return named
        first = max(named, key=lambda f: likeness(record, f.paper))
        others = [f for f in named if f is not first and plausible(first.paper, f.paper)]
        return [first, *others]

    def _partners(self, named: Sequence[Folder]) -> list[Folder]:
        """Return the papers that a reader told apart from one of these."""
        keys = {x for f in named for x in self._apart.get(f.key or 0, ())}
        return [f for f in self._folders if f.key in keys and f.into is None]

    def _first_of(
        self, record: Paper, named: Sequence[Folder], partners: Sequence[Folder]
    ) -> list[Folder]:
        """Return the papers a record may be, where the reader has told some of them apart.

        Only the one it is most like may be told apart from others; of papers
        alike in title, the one that more of its identifiers name.
        """
        own = self._by_alias.get(record_alias(record))
        first = max(
            dict.fromkeys((*named, *partners)),
            key=lambda f: (
                own is not None and own.final is f,
                likeness(record, f.paper),
                sum(self._owner(x) is f for x in record.identifiers),
            ),
        )
        others = [f for f in named if f is not first and not self._are_apart(f, first)]
        return [first, *(f for f in others if plausible(first.paper, f.paper))]

    def _owner(self, alias: str) -> Folder | None:
        return self._by_alias[alias].final if alias in self._by_alias else None

    def _are_apart(self, one: Folder, other: Folder) -> bool:
        return one.key is not None and other.key in self._apart.get(one.key, ())

    def _owned(self, record: Paper, named: list[Folder]) -> Paper:
        """Return the record without the identifiers that belong to other papers than these."""
        owner = {x: self._by_alias[x].final for x in record.identifiers if x in self._by_alias}
        if not owner:
            return record
        kept = (x for x in record.identifiers if x not in owner or owner[x] in named)
        return replace(record, identifiers=tuple(kept))

    def _adds(self, record: Paper, folder: Folder) -> bool:
        news = any(self._news(record, folder))
        return news or merged(folder.paper, record) != folder.paper

    def _with_namesake(self, record: Paper, named: list[Folder]) -> list[Folder]:
        """Add the paper that has the record's title and contradicts nothing, if there is one."""
        others = [f for f in self._namesakes(record.title) if f not in named]
        if not others:
            return named
        fitting = [
            f
            for f in others
            if all(same_work(f.paper, m.paper) and not self._are_apart(f, m) for m in named)
        ]
        place = choose(record, [f.paper for f in fitting])
        return named if place is None else [*named, fitting[place]]

    def _namesakes(self, title: str) -> list[Folder]:
        return list(dict.fromkeys(f.final for f in self._by_title.get(title_key(title), [])))

    def _open(self, record: Paper, line: int) -> Folder:
        paper_id = canonical_id(record.identifiers, record.title)
        if paper_id in self._by_alias:
            paper_id = fingerprint(record)
        folder = Folder(replace(record, paper_id=paper_id, added_at=self._now), len(self._folders))
        self._folders.append(folder)
        self._by_title.setdefault(title_key(record.title), []).append(folder)
        self._learn(folder, [paper_id, *self._news(record, folder)])
        self._ledger.opened(record, paper_id, line)
        return folder

    def _news(self, record: Paper, folder: Folder) -> list[str]:
        """Return the free ids that the record brings the paper."""
        titles = [title_alias(x.title) for x in (record, folder.paper)]
        other_title = titles[:1] if titles[0] != titles[1] else []
        return [x for x in (*evidence(record), *other_title) if x not in self._by_alias]

    def _learn(self, folder: Folder, aliases: Iterable[str]) -> list[str]:
        """Give the paper the aliases that are free; return these."""
        free = [x for x in dict.fromkeys(aliases) if x not in self._by_alias]
        for alias in free:
            folder.new_aliases.append(alias)
            self._know(alias, folder)
        return free

    def _know(self, alias: str, folder: Folder) -> None:
        self._by_alias[alias] = folder
        if alias.startswith("title:"):
            self._by_title.setdefault(alias.removeprefix("title:"), []).append(folder)

    def _absorb(self, folder: Folder, other: Folder, line: int) -> None:
        """Make `other` part of `folder`: its aliases follow, and with them all that name it."""
        before = folder.paper
        aliases = [x for x, f in self._by_alias.items() if f.final is other]
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
                aliases += self._learn(folder, [former])
        self._ledger.absorbed(before, folder.paper, other.paper, aliases, line)


def _seniority(folder: Folder) -> tuple[bool, int, int]:
    return folder.key is None, scheme_rank(folder.paper.paper_id), folder.key or folder.number
