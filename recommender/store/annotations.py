"""A reader's own annotations of papers: reading status, tags and a note.

An annotation is no feedback: no model reads it.
"""

from __future__ import annotations

import builtins
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from recommender.errors import StoreError
from recommender.store.database import Database
from recommender.store.models import ALIAS, MARK, PAPER
from recommender.store.paper_mapping import chunks, require
from recommender.store.readers import find_reader
from recommender.store.slugs import name_key
from recommender.store.validation import checked_name, checked_note

STATUSES = ("to-read", "reading", "read")
"""Reading status of a paper; ``""`` is none."""

MAX_TAGS = 50
"""Maximum tags of one paper."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """A reader's annotation on one paper.

    `status` is of `STATUSES` or ``""``, `tags` are in the order they were given, `note` is the
    reader's own words on the paper, and `at` is when it last changed, None for one that was
    never stored.
    """

    status: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""
    at: datetime | None = field(default=None, compare=False)

    def tagged(self, tag: str) -> Annotation:
        """Return the annotation with a tag; one that differs in case only is the same tag."""
        if name_key(tag) in map(name_key, self.tags):
            return self
        return replace(self, tags=(*self.tags, tag))

    def untagged(self, tag: str) -> Annotation:
        """Return the annotation without a tag, in whatever case it is written."""
        gone = name_key(tag)
        return replace(self, tags=tuple(x for x in self.tags if name_key(x) != gone))


class Annotations:
    """Keeps one annotation for each reader and paper; every method raises UnknownReader."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, reader_id: str) -> dict[str, Annotation]:
        """Return every annotation of a reader by canonical paper id, the newest first.

        Of papers that became one, the newest status counts, and all tags and notes do.
        """
        with self._database.read() as connection:
            reader = find_reader(connection, reader_id).reader_id
            return _load_annotations(connection, reader)

    def tags(self, reader_id: str) -> builtins.list[str]:
        """Return every tag a reader uses, in the order of the alphabet."""
        used = {
            name_key(t): t for annotation in self.all(reader_id).values() for t in annotation.tags
        }
        return [used[key] for key in sorted(used)]

    def status(
        self, reader_id: str, paper_ids: Sequence[str], status: str, now: datetime
    ) -> dict[str, Annotation]:
        """Say how far papers are read; returns the annotations they had before, for `put`.

        Raises
        ------
        UnknownPaper
            An id is no paper's; nothing was changed.
        StoreError
            The status is neither of `STATUSES` nor empty.
        """
        _check(Annotation(status))
        return self._change(reader_id, paper_ids, lambda x: replace(x, status=status), now)

    def tag(
        self, reader_id: str, paper_ids: Sequence[str], tag: str, now: datetime
    ) -> dict[str, Annotation]:
        """Add a tag to papers; returns the annotations they had before, for `put`.

        Raises UnknownPaper, or StoreError on an empty tag or too many.
        """
        tag = checked_name(tag, "Tag")
        return self._change(reader_id, paper_ids, lambda x: x.tagged(tag), now)

    def untag(
        self, reader_id: str, paper_ids: Sequence[str], tag: str, now: datetime
    ) -> dict[str, Annotation]:
        """Take a tag off papers; returns the annotations they had before, for `put`."""
        return self._change(reader_id, paper_ids, lambda x: x.untagged(tag), now)

    def note(self, reader_id: str, paper_id: str, note: str, now: datetime) -> None:
        """Keep a note on a paper, in the place of the one before; an empty one deletes it.

        Raises UnknownPaper, or StoreError on a note of more than 10,000 characters.
        """
        note = checked_note(note)
        self._change(reader_id, [paper_id], lambda x: replace(x, note=note), now)

    def put(self, reader_id: str, annotations: Mapping[str, Annotation], now: datetime) -> None:
        """Give papers the status and tags of these annotations in the place of theirs.

        Their notes stay: undoing a change of status must not take back words written since.
        Raises UnknownPaper or StoreError; nothing was changed then.
        """
        for annotation in annotations.values():
            _check(annotation)
        with self._database.write() as connection:
            reader = find_reader(connection, reader_id).reader_id
            held = _load_annotations(connection, reader)
            known = require(connection, annotations)
            put = {
                known[x]: replace(annotation, note=held.get(known[x], Annotation()).note)
                for x, annotation in annotations.items()
            }
            _write(connection, reader, put, now)

    def _change(
        self,
        reader_id: str,
        paper_ids: Iterable[str],
        changed: Callable[[Annotation], Annotation],
        now: datetime,
    ) -> dict[str, Annotation]:
        with self._database.write() as connection:
            reader = find_reader(connection, reader_id).reader_id
            held = _load_annotations(connection, reader)
            known = dict.fromkeys(require(connection, paper_ids).values())
            before = {x: held.get(x, Annotation()) for x in known}
            after = {x: changed(annotation) for x, annotation in before.items()}
            for annotation in after.values():
                _check(annotation)
            _write(connection, reader, {x: m for x, m in after.items() if m != before[x]}, now)
        return before


def _check(annotation: Annotation) -> None:
    if annotation.status not in ("", *STATUSES):
        raise StoreError(f"Status {annotation.status[:50]!r} is none of {', '.join(STATUSES)}.")
    if len(annotation.tags) > MAX_TAGS:
        raise StoreError(f"A paper has at most {MAX_TAGS} tags.")
    for tag in annotation.tags:
        checked_name(tag, "Tag")


def _load_annotations(connection: Connection, reader: str) -> dict[str, Annotation]:
    query = (
        select(
            PAPER.c.paper_id.label("canonical"),
            MARK.c.status,
            MARK.c.tags,
            MARK.c.note,
            MARK.c.changed_at,
        )
        .join(ALIAS, ALIAS.c.paper == PAPER.c.id)
        .join(MARK, MARK.c.paper_id == ALIAS.c.alias)
        .where(MARK.c.reader_id == reader)
        .order_by(MARK.c.changed_at.desc(), MARK.c.paper_id)
    )
    annotations: dict[str, Annotation] = {}
    for row in connection.execute(query):
        annotations[row.canonical] = _merge_row(annotations.get(row.canonical), row)
    return annotations


def _merge_row(annotation: Annotation | None, row: Any) -> Annotation:
    if annotation is None:
        return Annotation(row.status, tuple(json.loads(row.tags)), row.note, row.changed_at)
    for tag in json.loads(row.tags):
        annotation = annotation.tagged(tag)
    if row.note and row.note not in annotation.note:
        joined = "\n\n".join(x for x in (annotation.note, row.note) if x)
        annotation = replace(annotation, note=joined)
    return annotation


def _write(
    connection: Connection, reader: str, annotations: Mapping[str, Annotation], now: datetime
) -> None:
    for some in chunks(annotations):
        mine = select(PAPER.c.id).where(PAPER.c.paper_id.in_(some))
        names = select(ALIAS.c.alias).where(ALIAS.c.paper.in_(mine))
        old = delete(MARK).where(MARK.c.reader_id == reader, MARK.c.paper_id.in_(names))
        connection.execute(old)
        rows = [
            {
                "reader_id": reader,
                "paper_id": x,
                "status": annotations[x].status,
                "tags": json.dumps(list(annotations[x].tags), ensure_ascii=False),
                "note": annotations[x].note,
                "changed_at": now,
            }
            for x in some
            if annotations[x] != Annotation()
        ]
        if rows:
            connection.execute(insert(MARK), rows)
