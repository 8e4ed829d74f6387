"""The reading lists: named, ordered lists of papers of one reader, with notes."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, update

from recommender.errors import UnknownList
from recommender.store.database import Database
from recommender.store.list_mapping import (
    ListEntry,
    ReadingList,
    append_entries,
    build_list,
    delete_entries,
    list_row,
    list_rows,
    load_entries,
    renumber,
    require_unused_name,
    set_note,
)
from recommender.store.models import READING_LIST
from recommender.store.paper_mapping import require
from recommender.store.readers import find_reader
from recommender.store.slugs import free_slug, name_key
from recommender.store.validation import checked_name, checked_note

__all__ = ["ListEntry", "ReadingList", "ReadingLists"]


class ReadingLists:
    """Makes, finds, fills, orders, annotates and deletes reading lists.

    A list's id is ``<reader_id>/<slug of its first name>`` and never changes.
    Every method that names a list raises UnknownList when there is none.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, reader_id: str) -> builtins.list[ReadingList]:
        """Return a reader's lists, oldest first; raises UnknownReader."""
        with self._database.read() as connection:
            reader = find_reader(connection, reader_id).reader_id
            return [build_list(connection, row) for row in list_rows(connection, reader)]

    def get(self, reader_id: str, name_or_id: str) -> ReadingList:
        """Return one list by id, by slug or by name; raises UnknownReader, UnknownList."""
        with self._database.read() as connection:
            reader = find_reader(connection, reader_id)
            lists = list_rows(connection, reader.reader_id)
            for ids in ({name_or_id, f"{reader.reader_id}/{name_or_id}"}, {name_key(name_or_id)}):
                for row in lists:
                    if ids & {row.list_id, row.name_key}:
                        return build_list(connection, row)
        names = ", ".join(row.name for row in lists) or "none yet"
        raise UnknownList(f"No reading list is called {name_or_id[:100]!r}; there is: {names}.")

    def create(self, reader_id: str, name: str, now: datetime, about: str = "") -> ReadingList:
        """Make an empty list; raises UnknownReader, NameTaken, StoreError on an empty name."""
        name, about = checked_name(name, "Reading list"), checked_note(about)
        with self._database.write() as connection:
            reader = find_reader(connection, reader_id).reader_id
            require_unused_name(connection, reader, name)
            taken = {x.list_id.partition("/")[2] for x in list_rows(connection, reader)}
            list_id = f"{reader}/{free_slug(name, taken, 'list')}"
            columns = {"list_id": list_id, "name": name, "name_key": name_key(name)}
            new = insert(READING_LIST).values(
                reader_id=reader, created_at=now, about=about, **columns
            )
            connection.execute(new)
            return build_list(connection, list_row(connection, list_id))

    def add(self, list_id: str, paper_id: str, now: datetime) -> ReadingList:
        """Put a paper at the end; one that is there stays where it is. Raises UnknownPaper."""
        return self.extend(list_id, [paper_id], now)

    def extend(self, list_id: str, paper_ids: Sequence[str], now: datetime) -> ReadingList:
        """Put papers at the end in this order; those that are there stay where they are.

        Raises UnknownPaper; nothing was changed then.
        """
        with self._database.write() as connection:
            row = list_row(connection, list_id)
            known = dict.fromkeys(require(connection, paper_ids).values())
            held = {x.paper_id for x in load_entries(connection, row.number)}
            fresh = [ListEntry(x, "", now) for x in known if x not in held]
            append_entries(connection, row.number, fresh)
            return build_list(connection, row)

    def remove(self, list_id: str, paper_id: str) -> ReadingList:
        """Take a paper out; one that is not there changes nothing. Raises UnknownPaper."""
        return self.take_out(list_id, [paper_id])

    def take_out(self, list_id: str, paper_ids: Sequence[str]) -> ReadingList:
        """Take papers out, with their notes. Raises UnknownPaper; nothing was changed then."""
        with self._database.write() as connection:
            row = list_row(connection, list_id)
            delete_entries(connection, row.number, require(connection, paper_ids).values())
            return build_list(connection, row)

    def put(self, list_id: str, entries: Sequence[ListEntry]) -> ReadingList:
        """Make these the entries of the list, in this order; what stood there is gone.

        Raises UnknownPaper, StoreError on a note that is too long; nothing was changed then.
        """
        with self._database.write() as connection:
            row = list_row(connection, list_id)
            known = require(connection, [x.paper_id for x in entries])
            fresh = {
                known[x.paper_id]: ListEntry(known[x.paper_id], checked_note(x.note), x.added_at)
                for x in entries
            }
            held = [x.paper_id for x in load_entries(connection, row.number)]
            delete_entries(connection, row.number, held)
            append_entries(connection, row.number, list(fresh.values()))
            return build_list(connection, row)

    def move(self, list_id: str, paper_id: str, position: int) -> ReadingList:
        """Move a paper to a place counted from 0, at most to either end.

        A paper that is not in the list changes nothing. Raises UnknownPaper.
        """
        with self._database.write() as connection:
            row = list_row(connection, list_id)
            canonical = require(connection, [paper_id])[paper_id]
            order = [x.paper_id for x in load_entries(connection, row.number)]
            if canonical in order:
                order.remove(canonical)
                order.insert(max(position, 0), canonical)
                renumber(connection, row.number, order)
            return build_list(connection, row)

    def shift(self, list_id: str, paper_id: str, by: int) -> ReadingList:
        """Move a paper by some places, up where `by` is below 0; as `move` otherwise."""
        with self._database.read() as connection:
            row = list_row(connection, list_id)
            canonical = require(connection, [paper_id])[paper_id]
            order = [x.paper_id for x in load_entries(connection, row.number)]
        place = order.index(canonical) + by if canonical in order else 0
        return self.move(list_id, paper_id, place)

    def note(self, list_id: str, paper_id: str, note: str) -> ReadingList:
        """Keep a note with a paper of the list, in the place of the one before.

        A paper that is not in the list changes nothing. Raises UnknownPaper,
        StoreError on a note of more than 10,000 characters.
        """
        note = checked_note(note)
        with self._database.write() as connection:
            row = list_row(connection, list_id)
            canonical = require(connection, [paper_id])[paper_id]
            set_note(connection, row.number, canonical, note)
            return build_list(connection, row)

    def describe(self, list_id: str, about: str) -> ReadingList:
        """Say what a list is for, in the place of what was said before."""
        about = checked_note(about)
        with self._database.write() as connection:
            list_row(connection, list_id)
            change = update(READING_LIST).where(READING_LIST.c.list_id == list_id)
            connection.execute(change.values(about=about))
            return build_list(connection, list_row(connection, list_id))

    def rename(self, list_id: str, name: str) -> ReadingList:
        """Give a list another name; the id stays. Raises NameTaken."""
        name = checked_name(name, "Reading list")
        with self._database.write() as connection:
            row = list_row(connection, list_id)
            if row.name_key != name_key(name):
                require_unused_name(connection, row.reader_id, name)
            change = update(READING_LIST).where(READING_LIST.c.list_id == list_id)
            connection.execute(change.values(name=name, name_key=name_key(name)))
            return build_list(connection, list_row(connection, list_id))

    def delete(self, list_id: str) -> None:
        """Delete a list; its papers stay in the catalogue."""
        with self._database.write() as connection:
            row = list_row(connection, list_id)
            connection.execute(delete(READING_LIST).where(READING_LIST.c.number == row.number))
