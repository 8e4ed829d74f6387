"""A reader's rights over the library: take everything away, bring it back, be forgotten.

Jobs of seconds to minutes, run behind the page Settings and by `paperloop reader forget`.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from recommender.config import Settings, public_settings
from recommender.digest.delivery.file_channel import digest_folder, remove_files
from recommender.digest.delivery.scheduler import LOG as DIGEST_LOG
from recommender.errors import (
    ArchiveError,
    DigestError,
    EmptyLibrary,
    NoModel,
    RecommenderError,
)
from recommender.library import archive
from recommender.private_files import make_private_folder
from recommender.store import Store
from recommender.training import artifacts, fit

# Whole libraries lie in these for a moment; they are in the data directory so that what a
# killed process leaves of one is found again.
_EXPORT, _UPLOAD = ".export-", ".upload-"
_LEFT_OVER = (f"{_EXPORT}*", f"{_UPLOAD}*", ".arriving-*", ".*.part", ".*.zip.*", ".*.sqlite3.*")


def everything(store: Store, settings: Settings, now: datetime) -> bytes:
    """Return the whole library as one archive; raises ArchiveError, StoreError."""
    try:
        make_private_folder(settings.data_dir)
        with tempfile.TemporaryDirectory(
            prefix=_EXPORT, dir=settings.data_dir, ignore_cleanup_errors=True
        ) as folder:
            path = Path(folder) / "paperloop.zip"
            archive.write_archive(store, path, now, public_settings(settings))
            return path.read_bytes()
    except OSError as error:
        raise ArchiveError(f"The export cannot be written: {error.strerror}.") from error


def restore(settings: Settings, content: bytes, now: datetime) -> int:
    """Put an archive or a backup in the place of the library, and fit; return how many papers.

    The file is checked whole before anything is changed.

    Raises
    ------
    ArchiveError, StoreError, SchemaMismatch
        The file is neither, damaged, or of another version; nothing was changed.
    """
    store = Store(settings.url)
    try:
        with tempfile.TemporaryDirectory(prefix=_UPLOAD, dir=settings.data_dir) as folder:
            path = Path(folder) / "upload"
            path.write_bytes(content)
            archive.restore(store, path)
        refit(store, settings, now)
        return store.catalogue.count()
    finally:
        store.close()


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many events of a reader were deleted, and what could not be, a sentence each."""

    n_events: int
    left: tuple[str, ...]


def forget(store: Store, settings: Settings, reader_id: str) -> Forgotten:
    """Delete a reader, their digest files, the logs, and what killed processes left behind.

    Queries of sources that were made for authors whom only this reader followed go too.

    What a model has learned from them is still in the one that serves until `refit`, which has
    to follow; a refit is due until then, whoever starts it.

    Raises
    ------
    UnknownReader, StoreError
        Nothing was deleted.
    """
    reader_id = store.readers.get(reader_id).reader_id
    followed = [x.source_key for x in store.saved_searches.list(reader_id) if x.source_key]
    n_events = store.readers.forget(reader_id)
    for key in followed:
        if not store.saved_searches.uses(key):
            store.fetches.forget(key)
    left: list[str] = []
    try:
        remove_files(reader_id, digest_folder(settings))
    except DigestError as error:
        left.append(str(error))
    logs = (settings.data_dir / DIGEST_LOG, settings.models_dir / fit.LOG)
    killed = (x for pattern in _LEFT_OVER for x in settings.data_dir.glob(pattern))
    for path in (*logs, *killed):
        try:
            _remove(path)
        except OSError as error:
            left.append(f"{path} cannot be removed: {error.strerror}.")
    with suppress(OSError), artifacts.fitting(settings.models_dir, wait=False) as free:
        if free:
            artifacts.remove_knowing_others(settings.models_dir, fit.reader_ids(store))
            left += _remove_unfinished_fit(store, settings)
    return Forgotten(n_events, tuple(left))


def refit(store: Store, settings: Settings, now: datetime) -> tuple[str, ...]:
    """Fit on what the library holds now and remove all older models.

    After a reader was forgotten this takes what they taught out of the files. Where no model can
    be fitted, the older ones are removed all the same.

    Returns
    -------
    tuple of str
        What still holds somebody who was forgotten, a sentence each.
    """
    left: list[str] = []
    try:
        fit.fit(store, settings, now=now)
        with artifacts.fitting(settings.models_dir):
            artifacts.keep_newest(settings.models_dir)
            left += _remove_unfinished_fit(store, settings)
    except (EmptyLibrary, NoModel):
        _remove_all_models(settings)
    except RecommenderError:
        _remove_all_models(settings)
        raise
    left += [
        f"{settings.models_dir / x} cannot be removed."
        for x in artifacts.knowing_others(settings.models_dir, fit.reader_ids(store))
    ]
    if not store.database.empty_log():
        left.append(
            "Another program still reads the library as it was; deleted rows stay in its log "
            "until that program has ended."
        )
    return tuple(left)


def _remove_unfinished_fit(store: Store, settings: Settings) -> list[str]:
    """Remove what a killed fit on Spark left behind; return a sentence if that cannot be."""
    unfinished = fit.unfinished_fit(settings, store.database.library_id)
    shutil.rmtree(unfinished, ignore_errors=True)
    return [f"{unfinished} cannot be removed."] if unfinished.exists() else []


def _remove_all_models(settings: Settings) -> None:
    with artifacts.fitting(settings.models_dir):
        artifacts.remove_all(settings.models_dir)


def what_stays(settings: Settings) -> list[str]:
    """Return where a forgotten reader may still be found, a sentence each."""
    copies = _copies(settings)
    stays = [f"Copies in the data directory: {', '.join(copies)}."] if copies else []
    stays.append(
        "Backups, archives and exports kept elsewhere, digests written to a folder of your "
        "choice, and mails that were sent."
    )
    if settings.database_url is not None:
        stays.append("What PostgreSQL keeps: deleted rows until it vacuums, its log, its backups.")
    return stays


def _copies(settings: Settings) -> list[str]:
    """Return the names of backups and archives in the data directory.

    The files of the library itself are never opened here: closing one releases the locks of
    every SQLite connection of this process, and another process may then delete the
    write-ahead log under it (sqlite.org/howtocorrupt.html, section 2.2).
    """
    own = Path(settings.url.removeprefix("sqlite:///"))
    in_use = {own.with_name(own.name + suffix) for suffix in ("", "-wal", "-shm", "-journal")}
    in_use = {x.resolve() for x in in_use}
    copies = []
    for path in sorted(settings.data_dir.glob("[!.]*")):
        with suppress(OSError):
            if not path.is_file() or path.resolve() in in_use:
                continue
            if archive.is_archive(path) or _is_sqlite(path):
                copies.append(path.name)
    return copies


def _is_sqlite(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\0"


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
