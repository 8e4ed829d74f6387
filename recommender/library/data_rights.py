"""A reader's rights over the library: take everything away, bring it back, be forgotten.

Jobs of seconds to minutes, run behind the page Settings and by `paperloop reader forget`.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from recommender.config import Settings, public_settings
from recommender.digest.delivery.file_channel import digest_folder, remove_files
from recommender.digest.delivery.scheduler import LOG as DIGEST_LOG
from recommender.errors import ArchiveError, EmptyLibrary, NoModel, RecommenderError
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


def forget(store: Store, settings: Settings, reader_id: str) -> int:
    """Delete a reader, their digest files, the logs, and what killed processes left behind.

    What a model has learned from them is still in it until `refit`, which has to follow.

    Returns
    -------
    int
        How many events were deleted.

    Raises
    ------
    UnknownReader, StoreError
        Nothing was deleted.
    RecommenderError
        The reader is deleted; a file of theirs cannot be, and the message names it.
    """
    reader_id = store.readers.get(reader_id).reader_id
    n_events = store.readers.forget(reader_id)
    remove_files(reader_id, digest_folder(settings))
    try:
        for log in (settings.data_dir / DIGEST_LOG, settings.models_dir / fit.LOG):
            log.unlink(missing_ok=True)
        for pattern in _LEFT_OVER:
            for path in settings.data_dir.glob(pattern):
                _remove(path)
    except OSError as error:
        raise RecommenderError(f"{error.filename} cannot be removed: {error.strerror}.") from error
    return n_events


def refit(store: Store, settings: Settings, now: datetime) -> None:
    """Fit on what the library holds now and remove all older models.

    After a reader was forgotten this takes what they taught out of the files. Where no model can
    be fitted, the older ones are removed all the same.
    """
    try:
        fit.fit(store, settings, now=now)
        artifacts.keep_newest(settings.models_dir)
    except (EmptyLibrary, NoModel):
        artifacts.remove_all(settings.models_dir)
    except RecommenderError:
        artifacts.remove_all(settings.models_dir)
        raise


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
