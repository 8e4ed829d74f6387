"""A reference file that a reader keeps in step with: what is new in it becomes a like.

Reference managers write such a file again whenever its collection changes (Better BibTeX calls it
*keep updated*). Each look copies the file aside and imports the copy as `paperloop import` would,
so that an item is liked once, whatever restarts or replaces the file. What is no longer in it is
said and stays liked.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal, cast

from recommender.errors import SourceError
from recommender.ingest.import_job import MANY, ImportJob
from recommender.ingest.imported_feedback import ImportedFeedback, Role
from recommender.ingest.reports import FileReport
from recommender.store import Store
from recommender.store.synced_collections import (
    EVERY,
    FILE,
    SyncedCollection,
    file_signature,
    next_time,
)

SETTLE_SECONDS = 2.0
"""How long a file has to stay as it is before it is taken for written to its end."""

_LOOKS = 15
_ROLES = {"liked": "liked", "saved": "saved", "catalogue": "read"}


@dataclass(frozen=True, slots=True)
class FileLook:
    """What one look at a watched file found.

    Parameters
    ----------
    state
        ``missing`` (no such file), ``unfinished`` (it is still being written), ``unchanged``,
        ``read``, or ``failed`` where the look raised.
    report
        What the import did, where it was read.
    logged
        How many items became likes or saves.
    removed
        Papers that were in the file before and are not in it now.
    """

    state: Literal["missing", "unfinished", "unchanged", "read", "failed"]
    report: FileReport | None = None
    logged: int = 0
    removed: tuple[str, ...] = ()


def load_watched_file(
    store: Store, reader_id: str, path: Path, interest_id: str, role: str
) -> SyncedCollection:
    """Return what is kept of a file, or a new record of it; interest and role are the given ones.

    Raises
    ------
    SourceError
        It is a folder.
    """
    if path.is_dir():
        raise SourceError(f"{path} is a folder; name the file to watch.")
    place = str(path.absolute())
    fresh = SyncedCollection(FILE, place, path.name, interest_id, role)
    return store.synced_collections.fill_in(reader_id, fresh)


def look(
    store: Store,
    reader_id: str,
    file: SyncedCollection,
    now: datetime,
    sleep: Callable[[float], None],
    max_minutes: float | None = None,
) -> FileLook:
    """Read a file if it has changed since it was last read; waits for one that is being written.

    The schedule tries a planned file that cannot be read again in an hour, or once it changes, and
    a missing one once it is there.

    Parameters
    ----------
    file
        As `load_watched_file` returns it.
    sleep
        Waits for so many seconds.
    max_minutes
        Minutes of processor time that reading may take, as in `import_paths`.

    Raises
    ------
    SourceError
        The file cannot be read.
    StoreError
        The store failed; the next look reads the file again.
    """
    kept = store.synced_collections.get(reader_id, FILE, file.place)
    planned = kept if kept is not None and kept.planned else None
    try:
        found = _look(store, reader_id, file, kept is not None, now, sleep, max_minutes)
    except SourceError as error:
        if planned is not None:
            store.synced_collections.put_off(reader_id, planned, str(error), next_time(now, EVERY))
        raise
    if planned is not None:
        if found.state in ("missing", "unfinished"):
            text = in_words(file, found)
            store.synced_collections.put_off(reader_id, planned, text, next_time(now, EVERY))
        elif found.state == "unchanged" and planned.error:
            well = replace(planned, next_at="", error="", tried="")
            store.synced_collections.save(reader_id, well)
    return found


def _look(
    store: Store,
    reader_id: str,
    file: SyncedCollection,
    known: bool,
    now: datetime,
    sleep: Callable[[float], None],
    max_minutes: float | None,
) -> FileLook:
    path = Path(file.place)
    before = file_signature(path)
    if not before:
        return FileLook("missing")
    if known and before == file.seen:
        return FileLook("unchanged")
    seen = _wait_until_written(path, sleep)
    try:
        with tempfile.TemporaryDirectory(prefix="paperloop-") as folder:
            copy = Path(folder) / path.name
            if seen:
                with suppress(FileNotFoundError):  # it is just being replaced
                    shutil.copyfile(path, copy)
            if copy.exists() and file_signature(path) == seen:
                return _read(store, reader_id, replace(file, seen=seen), copy, now, max_minutes)
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror or error}.") from error
    return FileLook("unfinished" if file_signature(path) else "missing")


def _wait_until_written(path: Path, sleep: Callable[[float], None]) -> str:
    """Return the signature that a file has kept for `SETTLE_SECONDS`; ``""`` if it keeps none."""
    before = file_signature(path)  # begins with the size
    for _ in range(_LOOKS):
        sleep(SETTLE_SECONDS)
        after = file_signature(path)
        # An empty file is one that its program has just opened to write.
        if after and after == before and not after.startswith("0-"):
            return after
        before = after
    return ""


def _read(
    store: Store,
    reader_id: str,
    file: SyncedCollection,
    copy: Path,
    now: datetime,
    max_minutes: float | None,
) -> FileLook:
    role = cast("Role", file.role)
    judgements = ImportedFeedback.of(
        store, role, None if role == "catalogue" else reader_id, file.interest_id or None, now
    )
    job = ImportJob(store, now, file.place, judgements, max_minutes=max_minutes)
    report = job.import_file(copy, None)
    if report.new >= MANY:
        store.catalogue.settle()
    held = store.synced_collections.items(reader_id, file)
    current = store.catalogue.resolve(list(held))
    before = dict.fromkeys(current.get(x, x) for x in held)
    inside = dict.fromkeys(report.paper_ids)
    # An entry that is broken may be one that is not written yet: then nothing counts as removed.
    removed = tuple(x for x in before if x not in inside) if report.ok else ()
    items = dict.fromkeys([*inside, *(x for x in before if x not in removed)], "")
    store.synced_collections.save(reader_id, replace(file, next_at="", error="", tried=""), items)
    return FileLook("read", report, judgements.logged if judgements else 0, removed)


def in_words(file: SyncedCollection, found: FileLook) -> str:
    """Return what a look found as one line; ``""`` where there is nothing to say."""
    if found.state == "missing":
        return f"{file.place}: the file is not there; it is read when it comes back."
    if found.state == "unfinished":
        return f"{file.place}: the file is empty or still being written; it is read later."
    if found.report is None:
        return ""
    report = found.report
    done = f", {found.logged} newly {_ROLES[file.role]}" if file.role != "catalogue" else ""
    refused = f", {len(report.refused)} refused" if report.refused else ""
    return f"{file.place}: {report.read} read, {report.new} new{done}{refused}"
