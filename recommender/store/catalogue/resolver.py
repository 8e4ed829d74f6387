"""Links incoming records to stored papers, in one transaction.

All papers that a batch of records may touch are fetched once, records are
resolved one after the other in memory, and what changed is written at the end
in a few statements. That makes a batch fast, and all of it or nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, select

from recommender.domain import Paper, StatusStatement
from recommender.domain.citation_keys import made_key
from recommender.domain.identifiers import canonical_id, main_title_key, title_key
from recommender.domain.status import STATUSES, unite
from recommender.domain.title_status import TITLED
from recommender.store.catalogue import writer
from recommender.store.catalogue.matching import (
    are_versions,
    best_match,
    fingerprint,
    identifying_aliases,
    lookup_aliases,
    may_be_same,
    merge_papers,
    record_alias,
    relation_aliases,
    same_work,
    scheme_rank,
    title_alias,
    title_overlap,
    without_subtitle,
)
from recommender.store.catalogue.provenance import Origin
from recommender.store.catalogue.provenance_writer import ProvenanceWriter, separated_papers
from recommender.store.catalogue.writer import StagedPaper
from recommender.store.models import ALIAS, PAPER
from recommender.store.paper_mapping import chunks, load_with_aliases, select_papers

WHOLE_RECORDS = {x: x for x in ("openalex", "crossref", "pubmed")} | {
    "pubmed-xml": "pubmed",
    "nbib": "pubmed",
}
"""Sources whose record of a work says all that they know of its status, and as what they say it."""

Outcome = Literal["new", "merged", "unchanged"]


class Resolver:
    """Finds the paper of each record, merges or adds it, then writes what changed."""

    def __init__(
        self, connection: Connection, records: Sequence[Paper], now: datetime, origin: Origin
    ) -> None:
        self._connection = connection
        self._now = now
        self._origin = origin
        self._provenance = ProvenanceWriter(connection, origin, now)
        self._separated = separated_papers(connection)
        self._by_alias: dict[str, StagedPaper] = {}
        self._by_title: dict[str, list[StagedPaper]] = {}
        self._by_main_title: dict[str, list[StagedPaper]] = {}
        self._staged: list[StagedPaper] = []
        self._statements: list[tuple[str, StatusStatement]] = []
        self._key_owner: dict[str, int | StagedPaper] = {}
        self._fetch(records)
        self._fetch_key_owners(records)

    def resolve(self, record: Paper, line: int = 0) -> tuple[StagedPaper, Outcome]:
        """Make the record, from a line of its origin, part of the paper it is, or of a new one."""
        said = tuple(replace(x, recorded_at=self._now) for x in record.statements)
        if said:
            record = replace(record, statements=said)
        staged, outcome = self._resolve(record, line)
        if self._takes_back(record, staged.final):
            outcome = "merged"
        if said:
            self._keep_statements(record, said, staged)
        return staged, outcome

    def _takes_back(self, record: Paper, staged: StagedPaper) -> bool:
        """Drop what the record's source said of its status and says no more; return if it did.

        A statement of a notice that the library holds stands: it is the notice that makes it.
        """
        source = WHOLE_RECORDS.get(self._origin.source)
        if source is None or not any(x.source == source for x in staged.paper.statements):
            return False
        still = {(x.says, x.link) for x in record.statements if not x.subject}
        names = identifying_aliases(record)
        gone: set[tuple[str, str]] = set()
        for one in staged.paper.statements:
            key = (one.says, one.link)
            if one.source != source or one.says not in STATUSES or key in still:
                continue
            if not self._holds(one.link) and self._drop(names, source, key):
                gone.add(key)
        if gone:
            kept = (
                x
                for x in staged.paper.statements
                if (x.says, x.link) not in gone or x.source != source
            )
            staged.paper = replace(staged.paper, statements=tuple(kept))
        return bool(gone)

    def _holds(self, notice: str) -> bool:
        if not notice or notice in self._by_alias:
            return bool(notice)
        query = select(ALIAS.c.paper).where(ALIAS.c.alias == notice)
        return self._connection.scalar(query) is not None

    def _drop(self, names: Sequence[str], source: str, key: tuple[str, str]) -> bool:
        """Drop a statement of the work that has these ids, written or not; return if there is."""
        before = len(self._statements)
        self._statements = [
            (subject, x)
            for subject, x in self._statements
            if subject not in names or x.source != source or (x.says, x.link) != key
        ]
        return writer.drop_statement(self._connection, names, source, key) or before > len(
            self._statements
        )

    def _keep_statements(
        self, record: Paper, said: Sequence[StatusStatement], staged: StagedPaper
    ) -> None:
        """Keep what a record says of itself, and of other works, here or still to come."""
        own = next(
            (x for x in identifying_aliases(record) if self._owner(x) is staged.final),
            staged.final.paper.paper_id,
        )
        for one in said:
            if one.subject.startswith(TITLED) and not own.startswith("title:"):
                one = replace(one, link=own)
            self._statements.append((one.subject or own, one))
            for about in self._subjects(one.subject):
                united = unite(about.paper.statements, (replace(one, subject=""),))
                about.paper = replace(about.paper, statements=united)

    def _subjects(self, subject: str) -> list[StagedPaper]:
        """Return the staged papers that a statement of another record is about."""
        if subject.startswith(TITLED):
            staged = self._by_title.get(subject.removeprefix(TITLED), [])
            same = (f.final for f in staged)
            return [f for f in dict.fromkeys(same) if title_key(f.paper.title) in subject]
        about = self._owner(subject)
        return [] if about is None else [about]

    def _resolve(self, record: Paper, line: int) -> tuple[StagedPaper, Outcome]:
        named = self._named(record)
        whole, record = record, self._without_foreign_identifiers(record, named)
        if not named and record != whole:
            named = self._named(record)
        if len(named) == 1 and not self._changes(self._with_free_key(record, named[0]), named[0]):
            return self._with_versions(record, named[0], line, "unchanged")
        matches = self._with_title_match(record, named)
        if not matches:
            return self._create(self._with_free_key(record, None), line), "new"
        staged = min(matches, key=_seniority)
        record = self._with_free_key(record, staged)
        for other in matches:
            if other is not staged:
                self._merge(staged, other, line)
        before = staged.paper
        staged.paper = merge_papers(before, record)
        added = self._add_aliases(staged, self._free_aliases(record, staged))
        self._keep_former_title(before, staged)
        self._provenance.record_contribution(before, staged.paper, record, added, line)
        self._note_key_owner(staged)
        changed = added or len(matches) > 1 or staged.paper != before
        return self._with_versions(record, staged, line, "merged" if changed else "unchanged")

    def save(self) -> None:
        """Write every paper that changed, and its provenance."""
        writer.save(self._connection, self._staged)
        writer.save_statements(self._connection, self._statements)
        self._provenance.save()

    def _fetch(self, records: Sequence[Paper]) -> None:
        subjects = [x.subject for r in records for x in r.statements if x.subject]
        titles = [title_key(x.title) for x in records]
        titles += [x.removeprefix(TITLED) for x in subjects if x.startswith(TITLED)]
        main_titles = [main_title_key(x.title) for x in records]
        aliases = [x for r in records for x in (*lookup_aliases(r), title_alias(r.title))]
        aliases += subjects
        if self._separated:
            aliases += [record_alias(x) for x in records]
        keys = set(self._keys(PAPER.c.id, PAPER.c.title_key, (*titles, *main_titles)))
        keys.update(self._keys(PAPER.c.id, PAPER.c.main_title_key, main_titles))
        keys.update(self._keys(ALIAS.c.paper, ALIAS.c.alias, aliases))
        keys.update(*(self._separated.get(x, ()) for x in tuple(keys)))
        for some in chunks(sorted(keys)):
            query = select_papers(PAPER.c.id.in_(some))
            papers, names = load_with_aliases(self._connection, query)
            for key, paper in papers.items():
                staged = StagedPaper(paper, len(self._staged), key, paper)
                self._staged.append(staged)
                self._index_title(staged)
                for alias in names[key]:
                    self._index_alias(alias, staged)

    def _keys(self, wanted: Any, column: Any, values: Iterable[str]) -> Iterable[int]:
        for some in chunks(values):
            yield from self._connection.scalars(select(wanted).where(column.in_(some)))

    def _named(self, record: Paper) -> list[StagedPaper]:
        """Return the papers that the record's own ids name, the one most like it first."""
        known = [self._by_alias[x].final for x in lookup_aliases(record) if x in self._by_alias]
        named = list(dict.fromkeys(known))
        if self._separated and (separated := self._kept_apart_from(named)):
            return self._best_of_separated(record, named, separated)
        named = [f for f in named if may_be_same(record, f.paper)]
        if len(named) < 2:
            return named
        first = max(named, key=lambda f: title_overlap(record, f.paper))
        others = [f for f in named if f is not first and may_be_same(first.paper, f.paper)]
        return [first, *others]

    def _kept_apart_from(self, named: Sequence[StagedPaper]) -> list[StagedPaper]:
        """Return the papers that an undone merge separated from one of these."""
        keys = {x for f in named for x in self._separated.get(f.key or 0, ())}
        return [f for f in self._staged if f.key in keys and f.into is None]

    def _best_of_separated(
        self, record: Paper, named: Sequence[StagedPaper], separated: Sequence[StagedPaper]
    ) -> list[StagedPaper]:
        """Return the papers a record may be, where an undone merge has separated some of them.

        Only the one it is most like may be separated from others; of papers
        alike in title, the one that more of its identifiers name.
        """
        own = self._by_alias.get(record_alias(record))
        first = max(
            dict.fromkeys((*named, *separated)),
            key=lambda f: (
                own is not None and own.final is f,
                title_overlap(record, f.paper),
                sum(self._owner(x) is f for x in record.identifiers),
            ),
        )
        others = [f for f in named if f is not first and not self._are_separated(f, first)]
        return [first, *(f for f in others if may_be_same(first.paper, f.paper))]

    def _owner(self, alias: str) -> StagedPaper | None:
        return self._by_alias[alias].final if alias in self._by_alias else None

    def _are_separated(self, one: StagedPaper, other: StagedPaper) -> bool:
        return one.key is not None and other.key in self._separated.get(one.key, ())

    def _without_foreign_identifiers(self, record: Paper, named: list[StagedPaper]) -> Paper:
        """Return the record without the identifiers that belong to other papers than these."""
        owner = {x: self._by_alias[x].final for x in record.identifiers if x in self._by_alias}
        if not owner:
            return record
        kept = (x for x in record.identifiers if x not in owner or owner[x] in named)
        return replace(record, identifiers=tuple(kept))

    def _changes(self, record: Paper, staged: StagedPaper) -> bool:
        news = any(self._free_aliases(record, staged))
        return news or merge_papers(staged.paper, record) != staged.paper

    def _with_title_match(self, record: Paper, named: list[StagedPaper]) -> list[StagedPaper]:
        """Add the paper that has the record's title and is the same work, if there is one."""
        others = [f for f in self._same_title(record) if f not in named]
        if not others:
            return named
        fitting = [
            f
            for f in others
            if all(same_work(f.paper, m.paper) and not self._are_separated(f, m) for m in named)
        ]
        place = best_match(record, [f.paper for f in fitting])
        if place is None:
            versions = (i for i, f in enumerate(fitting) if are_versions(record, f.paper))
            place = next(versions, None)
        return named if place is None else [*named, fitting[place]]

    def _with_versions(
        self, record: Paper, staged: StagedPaper, line: int, outcome: Outcome
    ) -> tuple[StagedPaper, Outcome]:
        """Merge the stored papers that turn out to be versions of the record's work."""
        for other in self._same_title(record):
            one, other = staged.final, other.final
            if one is other or self._are_separated(one, other):
                continue
            if are_versions(one.paper, other.paper):
                first, second = sorted((one, other), key=_seniority)
                self._merge(first, second, line)
                outcome = "merged"
        return staged.final, outcome

    def _same_title(self, record: Paper) -> list[StagedPaper]:
        """Return the papers with the record's title, and those with it but for a subtitle."""
        found = dict.fromkeys(f.final for f in self._by_title.get(title_key(record.title), ()))
        by_main = self._by_main_title.get(main_title_key(record.title), ())
        others = (f.final for f in by_main if f.final not in found)
        shortened = dict.fromkeys(f for f in others if without_subtitle(record, f.paper))
        return [*found, *shortened]

    def _create(self, record: Paper, line: int) -> StagedPaper:
        paper_id = canonical_id(record.identifiers, record.title)
        if paper_id in self._by_alias:
            paper_id = fingerprint(record)
        staged = StagedPaper(
            replace(
                record,
                paper_id=paper_id,
                added_at=self._now,
                statements=tuple(x for x in record.statements if not x.subject),
            ),
            len(self._staged),
        )
        self._staged.append(staged)
        self._index_title(staged)
        aliases = [paper_id, *self._free_aliases(record, staged)]
        self._add_aliases(staged, aliases)
        self._provenance.record_new(record, paper_id, line)
        self._note_key_owner(staged)
        return staged

    def _fetch_key_owners(self, records: Sequence[Paper]) -> None:
        for some in chunks(x.citation_key for x in records if x.citation_key):
            query = select(PAPER.c.citation_key, PAPER.c.id).where(PAPER.c.citation_key.in_(some))
            for row in self._connection.execute(query):
                self._key_owner[row.citation_key] = row.id

    def _with_free_key(self, record: Paper, staged: StagedPaper | None) -> Paper:
        """Return the record without its citation key where that would say nothing new.

        A key that another paper has is not taken, nor one that was made of the paper.
        """
        key = record.citation_key
        if not key:
            return record
        owner = self._key_owner.get(key)
        if isinstance(owner, StagedPaper):
            owner = owner.final.key or owner.final
        own = None if staged is None else staged.key or staged
        if owner is not None and owner != own:
            return replace(record, citation_key="")
        if staged is not None and not staged.paper.citation_key and key == made_key(staged.paper):
            return replace(record, citation_key="")
        return record

    def _note_key_owner(self, staged: StagedPaper) -> None:
        if staged.paper.citation_key:
            self._key_owner[staged.paper.citation_key] = staged

    def _free_aliases(self, record: Paper, staged: StagedPaper) -> list[str]:
        """Return the ids of the record that no paper has yet."""
        titles = [title_alias(x.title) for x in (record, staged.paper)]
        other_title = titles[:1] if titles[0] != titles[1] else []
        wanted = (*identifying_aliases(record), *relation_aliases(record), *other_title)
        return [x for x in wanted if x not in self._by_alias]

    def _add_aliases(self, staged: StagedPaper, aliases: Iterable[str]) -> list[str]:
        """Add the aliases that no paper has yet; return these."""
        free = [x for x in dict.fromkeys(aliases) if x not in self._by_alias]
        for alias in free:
            staged.new_aliases.append(alias)
            self._index_alias(alias, staged)
        return free

    def _keep_former_title(self, before: Paper, staged: StagedPaper) -> None:
        """Let a paper be found by the title that it had until now."""
        if staged.paper.title != before.title:
            self._add_aliases(staged, [title_alias(before.title)])
            self._index_title(staged)

    def _index_title(self, staged: StagedPaper) -> None:
        title = staged.paper.title
        self._by_title.setdefault(title_key(title), []).append(staged)
        self._by_main_title.setdefault(main_title_key(title), []).append(staged)

    def _index_alias(self, alias: str, staged: StagedPaper) -> None:
        self._by_alias[alias] = staged
        if alias.startswith("title:"):
            self._by_title.setdefault(alias.removeprefix("title:"), []).append(staged)

    def _merge(self, staged: StagedPaper, other: StagedPaper, line: int) -> None:
        """Merge `other` into `staged`: its aliases follow, and with them all that name it."""
        before = staged.paper
        aliases = [x for x, f in self._by_alias.items() if f.final is other]
        other.into = staged
        staged.paper = replace(
            merge_papers(staged.paper, other.paper),
            added_at=min(x.paper.added_at or self._now for x in (staged, other)),
        )
        staged.new_aliases += other.new_aliases
        staged.merged_keys += other.merged_keys
        if other.key is not None:
            staged.merged_keys.append(other.key)
        for title in dict.fromkeys((other.paper.title, before.title)):
            former = title_alias(title)
            if former not in self._by_alias and former != title_alias(staged.paper.title):
                # Not fetched with the records: it may name a paper that was not staged.
                query = select(ALIAS.c.paper).where(ALIAS.c.alias == former)
                if self._connection.scalar(query) is None:
                    added = self._add_aliases(staged, [former])
                    aliases += added if title == other.paper.title else []
        self._index_title(staged)
        self._provenance.record_merge(before, staged.paper, other.paper, aliases, line)


def _seniority(staged: StagedPaper) -> tuple[bool, int, int]:
    return staged.key is None, scheme_rank(staged.paper.paper_id), staged.key or staged.number
