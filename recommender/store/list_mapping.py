"""Reading lists between their tables and their records; for `store.reading_lists` only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from recommender.errors import NameTaken, UnknownList
from recommender.store.models import ALIAS, PAPER, READING_LIST, READING_LIST_ENTRY
from recommender.store.paper_mapping import chunks
from recommender.store.slugs import name_key


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One paper of a list under its canonical id; `note` says why it is there, or nothing."""

    paper_id: str
    note: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class ReadingList:
    """One reading list; its entries are in the reader's order, each paper once."""

    list_id: str
    reader_id: str
    name: str
    created_at: datetime
    about: str = ""
    entries: tuple[ListEntry, ...] = ()

    @property
    def paper_ids(self) -> tuple[str, ...]:
        """The canonical ids of its papers, in their order."""
        return tuple(x.paper_id for x in self.entries)

    @property
    def notes(self) -> dict[str, str]:
        """The notes by paper id, of the papers that have one."""
        return {x.paper_id: x.note for x in self.entries if x.note}


def list_rows(connection: Connection, reader_id: str) -> list[Row[Any]]:
    """Return the rows of a reader's lists, oldest first."""
    query = select(READING_LIST).where(READING_LIST.c.reader_id == reader_id)
    return list(connection.execute(query.order_by(READING_LIST.c.number)))


def list_row(connection: Connection, list_id: str) -> Row[Any]:
    """Return a list's row; raises UnknownList."""
    query = select(READING_LIST).where(READING_LIST.c.list_id == list_id)
    row = connection.execute(query).first()
    if row is None:
        raise UnknownList(f"No reading list has the id {list_id[:100]!r}.")
    return row


def require_unused_name(connection: Connection, reader_id: str, name: str) -> None:
    """Raise NameTaken where the reader has a list of this name."""
    if any(row.name_key == name_key(name) for row in list_rows(connection, reader_id)):
        raise NameTaken(f"There is a reading list {name!r} already.")


def build_list(connection: Connection, row: Row[Any]) -> ReadingList:
    """Return a list with its entries."""
    entries = load_entries(connection, row.number)
    return ReadingList(
        row.list_id, row.reader_id, row.name, row.created_at, row.about, tuple(entries)
    )


def load_entries(connection: Connection, number: int) -> list[ListEntry]:
    """Return a list's entries; two that became one paper are the first, with either's note."""
    entry = READING_LIST_ENTRY.c
    query = (
        select(PAPER.c.paper_id, entry.note, entry.added_at)
        .join(ALIAS, ALIAS.c.paper == PAPER.c.id)
        .join(READING_LIST_ENTRY, entry.paper_id == ALIAS.c.alias)
        .where(entry.list == number)
        .order_by(entry.position, entry.paper_id)
    )
    entries: dict[str, ListEntry] = {}
    for row in connection.execute(query):
        held = entries.get(row.paper_id)
        if held is None:
            entries[row.paper_id] = ListEntry(row.paper_id, row.note, row.added_at)
        elif not held.note:
            entries[row.paper_id] = replace(held, note=row.note)
    return list(entries.values())


def append_entries(connection: Connection, number: int, entries: Sequence[ListEntry]) -> None:
    """Put entries at the end of a list."""
    mine = READING_LIST_ENTRY.c.list == number
    last = connection.scalar(select(func.max(READING_LIST_ENTRY.c.position)).where(mine))
    start = 0 if last is None else last + 1
    rows = [
        {
            "list": number,
            "paper_id": x.paper_id,
            "position": start + i,
            "note": x.note,
            "added_at": x.added_at,
        }
        for i, x in enumerate(entries)
    ]
    if rows:
        connection.execute(insert(READING_LIST_ENTRY), rows)


def delete_entries(connection: Connection, number: int, canonical: Iterable[str]) -> None:
    """Delete the entries of papers, under whatever id they were put in."""
    entry = READING_LIST_ENTRY.c
    for some in chunks(canonical):
        mine = select(PAPER.c.id).where(PAPER.c.paper_id.in_(some))
        names = select(ALIAS.c.alias).where(ALIAS.c.paper.in_(mine))
        gone = delete(READING_LIST_ENTRY).where(entry.list == number, entry.paper_id.in_(names))
        connection.execute(gone)


def renumber(connection: Connection, number: int, order: Sequence[str]) -> None:
    """Give the entries of a list the places that their papers have in `order`."""
    places = [{"canonical": paper_id, "place": i} for i, paper_id in enumerate(order)]
    if places:
        connection.execute(_update_entries(number).values(position=bindparam("place")), places)


def set_note(connection: Connection, number: int, canonical: str, note: str) -> None:
    """Keep a note with the entries of one paper."""
    values = {"canonical": canonical, "said": note}
    connection.execute(_update_entries(number).values(note=bindparam("said")), [values])


def _update_entries(number: int) -> Any:
    entry = READING_LIST_ENTRY.c
    mine = select(PAPER.c.id).where(PAPER.c.paper_id == bindparam("canonical")).scalar_subquery()
    names = select(ALIAS.c.alias).where(ALIAS.c.paper == mine)
    return update(READING_LIST_ENTRY).where(entry.list == number, entry.paper_id.in_(names))
