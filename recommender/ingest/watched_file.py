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
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal, cast

from recommender.errors import SourceError
from recommender.ingest.import_job import import_paths
from recommender.ingest.imported_feedback import Role
from recommender.ingest.reports import FileReport
from recommender.store import Store
from recommender.store.synced_collections import FILE, SyncedCollection, file_signature

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


def watched(
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
    return store.synced_collections.continued(reader_id, fresh)


def look(
    store: Store,
    reader_id: str,
    file: SyncedCollection,
    now: datetime,
    sleep: Callable[[float], None],
) -> FileLook:
    """Read a file if it has changed since it was last read; waits for one that is being written.

    Parameters
    ----------
    file
        As `watched` returns it.
    sleep
        Waits for so many seconds.

    Raises
    ------
    SourceError
        The file cannot be read.
    StoreError
        The store failed; the next look reads the file again.
    """
    path = Path(file.place)
    before = file_signature(path)
    if not before:
        return FileLook("missing")
    kept = store.synced_collections.get(reader_id, FILE, file.place)
    if kept is not None and before == file.seen:
        return FileLook("unchanged")
    with tempfile.TemporaryDirectory(prefix="paperloop-") as folder:
        copy = Path(folder) / path.name
        seen = _copied(path, copy, sleep)
        if not seen:
            return FileLook("unfinished" if file_signature(path) else "missing")
        return _read(store, reader_id, replace(file, seen=seen), copy, now)


def _copied(path: Path, copy: Path, sleep: Callable[[float], None]) -> str:
    """Copy a file that stays as it is for `SETTLE_SECONDS`; return its signature, else ``""``."""
    before = file_signature(path)
    for _ in range(_LOOKS):
        try:
            shutil.copyfile(path, copy)
        except FileNotFoundError:
            pass  # it is being replaced
        except OSError as error:
            raise SourceError(f"{path} cannot be read: {error.strerror}.") from error
        sleep(SETTLE_SECONDS)
        after = file_signature(path)
        # An empty file is one that its program has just opened to write.
        if after and after == before and copy.is_file() and copy.stat().st_size:
            return after
        before = after
    return ""


def _read(
    store: Store, reader_id: str, file: SyncedCollection, copy: Path, now: datetime
) -> FileLook:
    judged = file.role != "catalogue"
    events = len(store.feedback.events(reader_id))
    (report,) = import_paths(
        store,
        [copy],
        now=now,
        role=cast("Role", file.role),
        reader_id=reader_id if judged else None,
        interest_id=file.interest_id if judged else None,
        called={copy: file.place},
    ).files
    held = store.synced_collections.items(reader_id, file)
    current = store.catalogue.resolve(list(held))
    before = dict.fromkeys(current.get(x, x) for x in held)
    inside = dict.fromkeys(report.paper_ids)
    # An entry that is broken may be one that is not written yet: then nothing counts as removed.
    removed = tuple(x for x in before if x not in inside) if report.ok else ()
    items = dict.fromkeys([*inside, *(x for x in before if x not in removed)], "")
    store.synced_collections.save(reader_id, file, items)
    logged = len(store.feedback.events(reader_id)) - events
    return FileLook("read", report, logged, removed)


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
