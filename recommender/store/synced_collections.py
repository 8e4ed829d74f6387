"""Collections that readers keep in step with: files on disk, and collections of Zotero.

The preference ``synced`` names them; which items each held when it was last read stands in pieces
under names of their own, because a preference is small. Forgetting the reader deletes both. The
log of events, and not this, is what keeps an item from being liked twice: without the items a
collection is simply read from its start.
"""

from __future__ import annotations

import builtins
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from recommender.errors import StoreError
from recommender.store.preferences import Preferences

NAME = "synced"
FILE, ZOTERO, ZOTERO_LIST = "file", "zotero", "zotero-list"
EVERY = timedelta(hours=1)
"""How often a collection on the network is read, and one that cannot be read is tried again."""
MAX_COLLECTIONS = 100
_PIECE_CHARACTERS = 20_000
_MAX_PLACE, _MAX_ERROR = 4_096, 500


@dataclass(frozen=True, slots=True)
class SyncedCollection:
    """One collection outside the library, and where the reader stands with it.

    Parameters
    ----------
    kind
        `FILE`, `ZOTERO` (a collection that is read) or `ZOTERO_LIST` (one that is written).
    place
        The path of the file, or the library and key of the collection.
    name
        What the reader calls it.
    interest_id
        The interest that its items count for.
    role
        ``liked``, ``saved`` or ``catalogue``.
    planned
        Whether the app's schedule reads it.
    seen
        How the file looked (`file_signature`), or the version of the collection, when it was last
        read to its end; empty before.
    next_at
        The schedule reads it not before this time, as ISO text; empty means at once. A file that
        has changed since it was `tried` is read at once.
    error
        Why the last reading failed; empty where it did not.
    tried
        How a file looked when its last reading failed; empty where it did not, or was missing.
    """

    kind: str
    place: str
    name: str = ""
    interest_id: str = ""
    role: str = "liked"
    planned: bool = False
    seen: str = ""
    next_at: str = ""
    error: str = ""
    tried: str = ""

    def due(self, now: datetime) -> bool:
        """Return whether the schedule should read it now."""
        if not self.planned:
            return False
        if self.kind == FILE:
            signature = file_signature(Path(self.place))
            if not signature:  # missing: once, so that it is said
                return not self.error or bool(self.tried)
            if signature == self.seen:  # well; once more where it was not, so that this is said
                return bool(self.error)
            if signature != self.tried:
                return True
        try:
            return not self.next_at or datetime.fromisoformat(self.next_at) <= now
        except (TypeError, ValueError):
            return True


def file_signature(path: Path) -> str:
    """Return what changes when a file is written or replaced; ``""`` where there is none."""
    try:
        status = path.stat()
    except OSError:
        return ""
    return f"{status.st_size}-{status.st_mtime_ns}-{status.st_ino}"


def next_time(now: datetime, pause: timedelta) -> str:
    """Return the time after a pause as `SyncedCollection.next_at` holds it."""
    return (now + pause).isoformat()


class SyncedCollections:
    """Keeps the collections of each reader, in the order they were first named."""

    def __init__(self, preferences: Preferences) -> None:
        self._preferences = preferences

    def list(self, reader_id: str) -> builtins.list[SyncedCollection]:
        """Return a reader's collections; what cannot be read of them is left out."""
        return _collections(self._preferences.get(reader_id, NAME, []))

    def of_all(self) -> dict[str, builtins.list[SyncedCollection]]:
        """Return the collections of every reader who has some, by reader."""
        return {x: _collections(y) for x, y in self._preferences.of_all(NAME).items()}

    def get(self, reader_id: str, kind: str, place: str) -> SyncedCollection | None:
        """Return one collection, or None."""
        held = self.list(reader_id)
        return next((x for x in held if (x.kind, x.place) == (kind, place)), None)

    def fill_in(self, reader_id: str, given: SyncedCollection) -> SyncedCollection:
        """Return a given record with what is kept of its collection.

        `seen` is kept only for the same interest and role: for others all is read again.
        """
        held = self.get(reader_id, given.kind, given.place)
        if held is None:
            return given
        same = (held.interest_id, held.role) == (given.interest_id, given.role)
        return replace(given, planned=held.planned, seen=held.seen if same else "")

    def items(self, reader_id: str, collection: SyncedCollection) -> dict[str, str]:
        """Return the papers of a collection by the item's key; empty where it was never read."""
        pieces, digest, n_pieces = builtins.list[str](), "", 1
        while len(pieces) < n_pieces:
            stored = self._preferences.get(reader_id, f"{_slug(collection)}:{len(pieces)}")
            try:
                of, n_pieces, piece = stored
            except (TypeError, ValueError):
                return {}
            if pieces and of != digest:
                return {}  # written again while it was read
            digest = of
            pieces.append(piece)
        text = "".join(pieces)
        return json.loads(text) if _digest(text) == digest else {}

    def save(
        self, reader_id: str, collection: SyncedCollection, items: Mapping[str, str] | None = None
    ) -> None:
        """Keep a collection, and with `items` what it holds, in the place of what was kept.

        Raises
        ------
        UnknownReader
            There is no such reader.
        StoreError
            Its place is too long, or there are too many.
        """
        if not collection.place or len(collection.place) > _MAX_PLACE:
            raise StoreError(f"The place of a collection has 1 to {_MAX_PLACE:,} characters.")
        with self._preferences.change(reader_id) as preferences:
            known = {(x.kind, x.place): x for x in _collections(preferences.get(NAME, []))}
            known[collection.kind, collection.place] = collection
            if len(known) > MAX_COLLECTIONS:
                raise StoreError(
                    f"At most {MAX_COLLECTIONS} files and collections can be kept in step with."
                )
            preferences.set(NAME, [asdict(x) for x in known.values()])
            if items is not None:
                preferences.delete_beginning(f"{_slug(collection)}:")
                for name, piece in _pieces(collection, items):
                    preferences.set(name, piece)

    def put_off(
        self, reader_id: str, collection: SyncedCollection, error: str, next_at: str
    ) -> SyncedCollection:
        """Keep why a collection could not be read and when it is tried again; raises as `save`."""
        text = "".join(c if c.isprintable() else " " for c in error)[:_MAX_ERROR]
        tried = file_signature(Path(collection.place)) if collection.kind == FILE else ""
        kept = replace(collection, next_at=next_at, error=text, tried=tried)
        self.save(reader_id, kept)
        return kept

    def remove(self, reader_id: str, kind: str, place: str) -> bool:
        """Keep a collection no longer; False where it was not kept. Likes and papers stay.

        Raises
        ------
        UnknownReader
            There is no such reader.
        """
        with self._preferences.change(reader_id) as preferences:
            held = _collections(preferences.get(NAME, []))
            gone = [x for x in held if (x.kind, x.place) == (kind, place)]
            if gone:
                rest = [asdict(x) for x in held if x not in gone]
                preferences.set(NAME, rest or None)
                preferences.delete_beginning(f"{_slug(gone[0])}:")
        return bool(gone)


def _slug(collection: SyncedCollection) -> str:
    return f"{NAME}:{_digest(f'{collection.kind} {collection.place}')}"


def _pieces(
    collection: SyncedCollection, items: Mapping[str, str]
) -> Iterator[tuple[str, list[Any]]]:
    """Yield the name and value of each preference that keeps the items."""
    text = json.dumps(dict(items), ensure_ascii=False, separators=(",", ":"))
    starts = range(0, len(text), _PIECE_CHARACTERS)
    slug, digest = _slug(collection), _digest(text)
    for i, start in enumerate(starts):
        yield f"{slug}:{i}", [digest, len(starts), text[start : start + _PIECE_CHARACTERS]]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _collections(stored: Any) -> list[SyncedCollection]:
    found: list[SyncedCollection] = []
    for one in stored if isinstance(stored, list) else ():
        try:
            collection = SyncedCollection(**one)
        except TypeError:
            continue
        if isinstance(collection.kind, str) and isinstance(collection.place, str):
            found.append(collection)
    return found
