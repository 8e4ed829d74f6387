"""A reader's rights over the library: take everything away, bring it back, be forgotten.

Jobs of seconds to minutes, run behind the page Settings.
"""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path

from recommender.config import Settings, public_settings
from recommender.errors import EmptyLibrary
from recommender.library import archive
from recommender.store import Store
from recommender.training import artifacts, fit


def everything(store: Store, settings: Settings, now: datetime) -> bytes:
    """Return the whole library as one archive; raises ArchiveError, StoreError."""
    with tempfile.TemporaryDirectory(prefix="paperloop-") as folder:
        path = Path(folder) / "paperloop.zip"
        archive.write_archive(store, path, now, public_settings(settings))
        return path.read_bytes()


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
        with tempfile.TemporaryDirectory(prefix="paperloop-") as folder:
            path = Path(folder) / "upload"
            path.write_bytes(content)
            archive.restore(store, path)
        refit(store, settings, now)
        return store.catalogue.count()
    finally:
        store.close()


def refit(store: Store, settings: Settings, now: datetime) -> None:
    """Fit on what the library holds now and remove all older models.

    After a reader was forgotten this takes what they taught out of the files.
    """
    try:
        fit.fit(store, settings, now=now)
    except EmptyLibrary:
        return
    artifacts.keep_newest(settings.models_dir)
