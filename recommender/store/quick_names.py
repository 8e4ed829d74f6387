"""Names of readers and lists for completion at the shell, read in milliseconds.

Loads the standard library only; `recommender.cli.completion` loads this file by its
path, since the package would load SQLAlchemy. Anything that is wrong means no names.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

FILE = "paperloop.sqlite3"
MAX_NAMES = 500

_QUERIES = {
    "readers": "SELECT reader_id FROM reader ORDER BY reader_id LIMIT ?",
    "lists": "SELECT DISTINCT name FROM reading_list ORDER BY name LIMIT ?",
    "interests": "SELECT DISTINCT name FROM interest ORDER BY name LIMIT ?",
}


def names(data_dir: Path, what: str) -> list[str]:
    """Return the ids of ``readers``, or the names of ``lists`` or ``interests`` of a library.

    Empty where there is no SQLite library, or it cannot be read just now.
    """
    file = data_dir / FILE
    if not file.is_file():
        return []
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as library:
            return [str(x) for (x,) in library.execute(_QUERIES[what], (MAX_NAMES,))]
    except sqlite3.Error:
        return []
