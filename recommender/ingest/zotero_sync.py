"""Keeps a reader in step with Zotero: a collection becomes an interest, a list a collection.

Runs when a person or the schedule asks. A collection is read by the versions of its items, so that
a second time costs one request. The event log keeps an item from being liked twice; what is no
longer in the collection is said and stays liked. A reading list is written as a collection of its
own: papers that Zotero has are added to it, others become items, and what left the list leaves the
collection if it came from here. Nothing is ever deleted in Zotero.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from recommender.domain import Paper
from recommender.domain.identifiers import title_key
from recommender.errors import ConfigError, RecommenderError, SourceError, TryLater
from recommender.ingest.fetch_job import polite_client
from recommender.ingest.import_job import ImportJob
from recommender.ingest.imported_feedback import ImportedFeedback, Role
from recommender.sources import Entry, Refusal
from recommender.sources.client import PoliteClient
from recommender.sources.zotero import (
    BATCH,
    StaleVersion,
    ZoteroCollection,
    ZoteroItem,
    ZoteroLibrary,
)
from recommender.sources.zotero_item import zotero_item
from recommender.store import AddResult, Origin, Store, SyncedCollection
from recommender.store.synced_collections import EVERY, ZOTERO, ZOTERO_LIST, next_time

if TYPE_CHECKING:  # not loaded by an import of files
    from recommender.config import Settings

MAX_ROUNDS = 5
"""How often a list is compared again because the library changed while it was written."""

_SENT = "?"
"""Begins the key of a paper that was sent and whose item's key is not known yet."""


@dataclass(frozen=True, slots=True)
class CollectionReport:
    """What became of one reading of a collection.

    Parameters
    ----------
    read
        Items that are new or changed in Zotero.
    new
        Papers that the library did not have.
    logged
        How many became likes or saves.
    removed
        Papers whose items were in the collection before and are not in it now.
    refused
        What could not be stored, a sentence each.
    error
        Why it failed; empty where it did not.
    """

    read: int = 0
    new: int = 0
    logged: int = 0
    removed: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    unchanged: bool = False
    error: str = ""


@dataclass(slots=True)
class ListReport:
    """What became of one writing of a reading list; papers by their ids."""

    collection: ZoteroCollection
    added: list[str] = field(default_factory=list)
    created: list[str] = field(default_factory=list)
    taken_out: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def open_library(
    settings: Settings, reader_id: str, path: str = "", client: PoliteClient | None = None
) -> ZoteroLibrary:
    """Return the Zotero library of a reader's key, or another one that the key may use.

    Raises
    ------
    ConfigError
        No key is set for the reader.
    SourceError
        Zotero is away or refuses the key.
    """
    key = settings.zotero_keys.get(reader_id)
    if key is None or not key.get_secret_value().strip():
        variable = f"PAPERLOOP_ZOTERO_KEYS__{reader_id.upper().replace('-', '_')}"
        raise ConfigError(
            f"No Zotero key is set for {reader_id}: make one at "
            f"https://www.zotero.org/settings/keys and set {variable}, or `zotero_keys` in "
            "config.toml."
        )
    library = ZoteroLibrary(
        client or polite_client(settings), key.get_secret_value().strip(), settings.zotero_url, path
    )
    library.open()
    return library


def load_synced_collection(
    store: Store,
    reader_id: str,
    library: ZoteroLibrary,
    collection: ZoteroCollection,
    interest_id: str,
    role: str,
) -> SyncedCollection:
    """Return what is kept of a collection, or a new record; interest and role are the given."""
    place = f"{library.path}/collections/{collection.key}"
    fresh = SyncedCollection(ZOTERO, place, collection.name, interest_id, role)
    return store.synced_collections.fill_in(reader_id, fresh)


def read_collection(
    store: Store,
    library: ZoteroLibrary,
    reader_id: str,
    collection: SyncedCollection,
    now: datetime,
) -> CollectionReport:
    """Read what is new in a collection; where Zotero is away, say so and when to try again.

    Raises
    ------
    StoreError
        The store failed; the next time reads the same again.
    """
    try:
        return _read(store, library, reader_id, collection, now)
    except SourceError as error:
        return record_failure(store, reader_id, collection, now, error)


def record_failure(
    store: Store,
    reader_id: str,
    collection: SyncedCollection,
    now: datetime,
    error: RecommenderError,
) -> CollectionReport:
    """Keep why a collection could not be read, and when it is tried again."""
    again = error.retry_at if isinstance(error, TryLater) else now + EVERY
    # A wrong time of the host must not put it off for good.
    pause = min(max(again - now, timedelta(minutes=1)), timedelta(days=1))
    next_at = next_time(now, pause)
    kept = store.synced_collections.put_off(reader_id, collection, str(error), next_at)
    return CollectionReport(error=kept.error)


def _read(
    store: Store,
    library: ZoteroLibrary,
    reader_id: str,
    collection: SyncedCollection,
    now: datetime,
) -> CollectionReport:
    since = int(collection.seen) if collection.seen.isdigit() else 0
    held = store.synced_collections.items(reader_id, collection)
    if not held:
        since = 0
    answer = library.versions(collection.place.rpartition("/")[2], since)
    later = replace(collection, next_at=next_time(now, EVERY), error="")
    if answer is None:
        store.synced_collections.save(reader_id, later)
        return CollectionReport(unchanged=True)
    version, inside = answer
    wanted = [key for key, changed in inside.items() if changed > since or key not in held]
    role = cast("Role", collection.role)
    judgements = ImportedFeedback.of(
        store, role, None if role == "catalogue" else reader_id, collection.interest_id or None, now
    )
    became: dict[str, str] = {}
    keys: list[str] = []

    def stored(entries: Sequence[Entry], added: Sequence[AddResult]) -> None:
        became.update((keys[x.line], one.paper_id) for x, one in zip(entries, added, strict=True))

    job = ImportJob(
        store,
        now,
        collection.name,
        judgements,
        origin=Origin("zotero", collection.place),
        stored=stored,
    )
    job.store_all(_entries(library.items(wanted), keys, job))
    before = store.catalogue.resolve(list(held.values()))
    items = {k: before.get(x, x) for k, x in held.items() if k in inside} | became
    still = set(items.values())
    removed = dict.fromkeys(before.get(x, x) for k, x in held.items() if k not in inside)
    store.synced_collections.save(reader_id, replace(later, seen=str(version)), items)
    refused = job.report("zotero").refused
    return CollectionReport(
        read=job.read,
        new=job.new,
        logged=judgements.logged if judgements else 0,
        removed=tuple(x for x in removed if x not in still),
        refused=tuple(f"{keys[x.line]}: {x.why}" if keys else x.why for x in refused),
    )


def _entries(items: Iterator[ZoteroItem], keys: list[str], job: ImportJob) -> Iterator[Entry]:
    """Yield the papers of items; the line of each is the place of its key in `keys`."""
    for item in items:
        if item.found is None:
            continue
        keys.append(item.key)
        line = len(keys) - 1
        if isinstance(item.found, Refusal):
            job.refuse(Refusal(line, item.found.why))
        else:
            yield replace(item.found, line=line)


def write_list(
    store: Store,
    library: ZoteroLibrary,
    reader_id: str,
    list_name: str,
    collection_name: str | None = None,
) -> ListReport:
    """Make a collection of Zotero hold the papers of a reading list.

    The collection is the one of this name (by default the list's), made if there is none. Items
    that were put into it by hand stay.

    Raises
    ------
    UnknownList
        The reader has no such list.
    SourceError
        Zotero is away, refuses the key, or changes all the time; what was written is kept, and the
        same again writes the rest.
    """
    held = store.reading_lists.get(reader_id, list_name)
    name = collection_name or held.name
    known = [x for x in library.collections() if name in (x.key, x.name)]
    if len(known) > 1:
        library.collection(name)  # raises, with the keys
    collection = known[0] if known else library.create_collection(name)
    report = ListReport(collection)
    place = f"{library.path}/collections/{collection.key}"
    ours = SyncedCollection(ZOTERO_LIST, place, held.list_id, role="catalogue")
    for _ in range(MAX_ROUNDS):
        try:
            _write_round(store, library, reader_id, held.paper_ids, ours, report)
        except StaleVersion:
            continue
        return report
    raise SourceError("The Zotero library changes all the time; write the list again later.")


def _write_round(
    store: Store,
    library: ZoteroLibrary,
    reader_id: str,
    paper_ids: Sequence[str],
    ours: SyncedCollection,
    report: ListReport,
) -> None:
    """Compare list and collection, and write what differs; raises StaleVersion."""
    key = report.collection.key
    answer = library.versions(key)
    assert answer is not None  # without a version to compare with it is never "unchanged"
    version, inside = answer
    put = store.synced_collections.items(reader_id, ours)
    wanted = dict.fromkeys(store.catalogue.resolve(paper_ids).values())
    present = _present(store, library, list(inside))
    put = {k: x for k, x in put.items() if k.startswith(_SENT) or k in inside}
    put |= {k: x for x, k in present.items() if _SENT + x in put}

    papers = store.catalogue.get_many([x for x in wanted if x not in present])
    elsewhere = _elsewhere(store, reader_id, library.path)
    by_key = {elsewhere[x]: x for x in papers if x in elsewhere}
    changes: list[tuple[str, str, dict[str, Any]]] = []
    for item in library.items(list(by_key)):
        paper_id = by_key[item.key]
        changed = _with_collections(item, [*item.collections, key])
        changes.append(("added", paper_id, changed))
    there = {paper_id for _, paper_id, _ in changes}
    changes += [
        ("created", x, zotero_item(paper, [key])) for x, paper in papers.items() if x not in there
    ]
    gone = [k for x, k in present.items() if x not in wanted and k in put]
    for item in library.items(gone):
        rest = [x for x in item.collections if x != key]
        changes.append(("taken_out", put[item.key], _with_collections(item, rest)))

    for start in range(0, len(changes), BATCH):
        some = changes[start : start + BATCH]
        put |= {_SENT + x: x for what, x, _ in some if what != "taken_out"}
        store.synced_collections.save(reader_id, ours, put)
        result = library.write([x for _, _, x in some], version)
        version = result.version
        for i, (what, paper_id, _) in enumerate(some):
            if i in result.keys:
                getattr(report, what).append(paper_id)
                report.failed.pop(paper_id, None)
                if what != "taken_out":
                    put[result.keys[i]] = paper_id
            else:
                report.failed[paper_id] = result.failed.get(i, "Zotero gave no reason")
            put.pop(_SENT + paper_id, None)
    store.synced_collections.save(reader_id, ours, put)


def _with_collections(item: ZoteroItem, collections: list[str]) -> dict[str, Any]:
    return {
        "key": item.key,
        "version": item.version,
        "collections": list(dict.fromkeys(collections)),
    }


def _present(store: Store, library: ZoteroLibrary, keys: list[str]) -> dict[str, str]:
    """Return the items of a collection that are papers of the library, by paper id."""
    items = [x for x in library.items(keys) if isinstance(x.found, Entry)]
    names = {x.key: _names(cast("Entry", x.found).paper) for x in items}
    known = store.catalogue.resolve([x for some in names.values() for x in some])
    present: dict[str, str] = {}
    for key, some in names.items():
        paper_id = next((known[x] for x in some if x in known), None)
        if paper_id is not None:
            present.setdefault(paper_id, key)
    return present


def _names(paper: Paper) -> list[str]:
    return [*paper.identifiers, f"title:{title_key(paper.title)}"]


def _elsewhere(store: Store, reader_id: str, path: str) -> Mapping[str, str]:
    """Return the items that the library of Zotero is known to have, by paper id."""
    found: dict[str, str] = {}
    for collection in store.synced_collections.list(reader_id):
        if collection.kind in (ZOTERO, ZOTERO_LIST) and collection.place.startswith(f"{path}/"):
            items = store.synced_collections.items(reader_id, collection)
            current = store.catalogue.resolve(list(items.values()))
            for key, paper_id in items.items():
                if not key.startswith(_SENT):
                    found.setdefault(current.get(paper_id, paper_id), key)
    return found
