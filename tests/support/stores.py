"""Libraries for tests: fresh ones in a millisecond, and things to put into them."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from recommender.domain import Author, Event, EventKind, Paper, Reason, Recommendation, Slate
from recommender.store import Store

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


@cache
def _empty_library() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/library.sqlite3")
        store.database.upgrade()
        copy = Path(folder) / "copy.sqlite3"
        store.database.backup(copy)
        store.close()
        return copy.read_bytes()


def sqlite_store(folder: Path) -> Store:
    """Return an empty, migrated library in a folder."""
    file = folder / "paperloop.sqlite3"
    file.touch(0o600)
    file.write_bytes(_empty_library())
    return Store(f"sqlite:///{file}")


def paper(title: str, *identifiers: str, author: str = "", **fields: object) -> Paper:
    """Return a record as a source would make it."""
    if author:
        fields["authors"] = (Author(family=author, given="Ada"),)
    return Paper(title=title, identifiers=identifiers, **fields)  # type: ignore[arg-type]


def fill(store: Store, n: int = 6, reader: str = "me") -> list[str]:
    """Add a reader and papers ``arxiv:2401.00000`` …; return the papers' ids."""
    store.readers.ensure(reader, NOW)
    records = [paper(f"The long study number {i}", f"arxiv:2401.{i:05d}") for i in range(n)]
    return [x.paper_id for x in store.catalogue.add(records, NOW)]


def event(
    paper_id: str, key: str, kind: EventKind = EventKind.like, reader: str = "me", **more: object
) -> Event:
    """Return an event of the reader's first interest."""
    return Event(key, reader, "general", paper_id, kind, NOW, **more)  # type: ignore[arg-type]


def slate(slate_id: str, paper_ids: Sequence[str], **more: object) -> Slate:
    """Return a slate that shows the papers in their order."""
    reason = Reason("words", "Shares words with your likes.", words=("long", "study"))
    items = tuple(
        Recommendation(i, x, "", 1.0 / i, {"als": 0.5, "tfidf": 0.25}, (reason,), 0.5, "me/general")
        for i, x in enumerate(paper_ids, start=1)
    )
    fields = {"reader_id": "me", "interest_id": None, "surface": "app", "model": "m1"} | more
    return Slate(slate_id=slate_id, created_at=NOW, items=items, **fields)  # type: ignore[arg-type]
