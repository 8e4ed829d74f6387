"""Small libraries of invented papers on three subjects, for tests of the interface."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from stores import sqlite_store

from recommender.config import Settings, load_settings
from recommender.domain import Author, Listing, Paper
from recommender.ingest import import_starter
from recommender.store import Store
from recommender.training.fit import fit

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)

SUBJECTS = {
    "bees": [
        "bees",
        "hive",
        "nectar",
        "pollen",
        "waggle",
        "foraging",
        "swarm",
        "apiary",
        "queen",
        "brood",
        "honey",
        "petals",
    ],
    "bridges": [
        "bridges",
        "girder",
        "truss",
        "corrosion",
        "fatigue",
        "load",
        "strain",
        "gauge",
        "span",
        "deck",
        "cable",
        "pier",
    ],
    "glaciers": [
        "glaciers",
        "ice",
        "moraine",
        "calving",
        "melt",
        "firn",
        "crevasse",
        "albedo",
        "sediment",
        "fjord",
        "snow",
        "flow",
    ],
}
METHODS = [
    "survey",
    "model",
    "measurement",
    "dataset",
    "theory",
    "review",
    "experiment",
    "simulation",
]

HOSTILE = (
    "<img src=x onerror=alert(1)><script>alert(2)</script> bees",
    "**bold** _slanted_ [link](javascript:alert(1)) `code` hive",
    ":red[red] :material/home: :tada: $\\rule{99em}{99em}$ nectar",
    "# heading | table | ~~struck~~ http://example.com/pollen a@example.com",
    "![image](http://example.com/x.png) A -> B <https://example.com> swarm",
)


def papers_on(subject: str, n: int = 12) -> list[Paper]:
    """Return `n` papers on one subject, all different and all alike."""
    words = SUBJECTS[subject]
    return [_paper(subject, words, i) for i in range(n)]


def papers_on_all(n: int = 12) -> list[Paper]:
    """Return `n` papers on each of the three subjects."""
    return [paper for subject in SUBJECTS for paper in papers_on(subject, n)]


def _paper(subject: str, words: Sequence[str], i: int) -> Paper:
    at = [words[(i + k * (i % 4 + 1)) % len(words)] for k in range(8)]
    method = METHODS[i % len(METHODS)]
    title = f"A {method} of {words[0]}: {at[0]} and {at[1]} ({subject} {i})"
    body = f"This {method} follows {at[2]} and {at[3]} of {words[0]} through {at[4]} and {at[5]}."
    more = f" It compares {at[6]} with {at[7]} and finds that {at[0]} depends on {at[2]}."
    day = NOW - timedelta(days=3 * i + 1)
    names = ("Ada Invented", "Bo Madeup", "Cy Fictive", "Di Nobody", "Ed Noone", "Fay Imagined")
    authors = tuple(Author(given=x.split()[0], family=x.split()[1]) for x in names[: i % 6 + 1])
    return Paper(
        title=title,
        abstract=body + more,
        authors=authors,
        year=day.year,
        published_at=day,
        venue="Journal of Invented Results" if i % 2 else "",
        identifiers=(f"doi:10.5555/{subject}.{i}",),
        listings=(Listing("hf-daily-papers", day, byline="someone"),),
        abstract_is_summary=i % 3 == 0,
    )


def hostile_papers() -> list[Paper]:
    """Return papers whose titles, abstracts and links try to be more than text."""
    return [
        Paper(
            title=title,
            abstract=f"{title} is what the abstract repeats about bees and their hive.",
            authors=(Author(literal="<b>Mallory</b> [x](javascript:alert(3))"),),
            venue="**Venue**",
            url="javascript:alert(4)",
            published_at=NOW - timedelta(hours=i + 1),
        )
        for i, title in enumerate(HOSTILE)
    ]


@dataclass(frozen=True)
class Library:
    """A library in a folder, fitted and closed."""

    settings: Settings

    def open(self) -> Store:
        """Return a store of its own on the library."""
        return Store(self.settings.url)


def make_library(folder: Path, papers: Sequence[Paper], *, fitted: bool = True) -> Library:
    """Make a library with one reader, and a model unless there are no papers.

    The same papers are stored and fitted once a process, and copied from then on.
    """
    made = _library_of(tuple(papers), fitted=fitted and bool(papers))
    shutil.copytree(made, folder, dirs_exist_ok=True)
    return Library(load_settings(data_dir=folder))


@cache
def _library_of(papers: tuple[Paper, ...], *, fitted: bool) -> Path:
    root = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    folder = Path(root) / "library"
    folder.mkdir()
    settings, store = load_settings(data_dir=folder), sqlite_store(folder)
    store.catalogue.add(list(papers), NOW)
    reader = store.readers.ensure(settings.reader, NOW)
    store.preferences.set(reader.reader_id, "started", True)
    if fitted:
        fit(store, settings, now=NOW)
    store.close()
    return folder


def make_starter(folder: Path) -> Settings:
    """Make a library of the starter catalogue as a first start does, and fit it."""
    settings, now = load_settings(data_dir=folder), datetime.now(UTC)
    folder.mkdir(parents=True, exist_ok=True)
    store = Store(settings.url)
    store.database.upgrade()
    import_starter(store, now)
    store.readers.ensure(settings.reader, now)
    fit(store, settings, now=now)
    store.close()
    return settings
