"""An invented team: a catalogue of years, a thousand readers, and the papers of one week."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from large import N_SUBJECTS, invented
from threadpoolctl import threadpool_limits

from recommender.config import Settings, load_settings
from recommender.digest.periods import previous_week, week_bounds, week_of
from recommender.domain import Event, EventKind, Listing
from recommender.store import Store
from recommender.training.fit import fit

N_LIKES, N_SKIPS = 20, 40
_CHUNK = 2000


def make_team(
    folder: Path, n_papers: int, n_new: int, n_readers: int, now: datetime, seed: int = 0
) -> tuple[Settings, str]:
    """Make, fill and fit a library whose last week brought papers that the model has not seen.

    Every reader likes `N_LIKES` papers of three subjects and skips `N_SKIPS` of any.

    Returns
    -------
    tuple[Settings, str]
        The library's settings, and the week.
    """
    settings = load_settings(data_dir=folder, als={"iterations": 1})
    folder.mkdir(parents=True, exist_ok=True)
    store = Store(settings.url)
    store.database.upgrade()
    week = previous_week(week_of(now, "UTC"))
    start, _ = week_bounds(week, "UTC")
    papers = list(invented(n_papers, start - timedelta(days=3), seed))
    old, new = papers[: n_papers - n_new], papers[n_papers - n_new :]
    for i in range(0, len(old), _CHUNK):
        store.catalogue.add(old[i : i + _CHUNK], start - timedelta(days=1))
    rng = np.random.default_rng(seed)
    for r in range(n_readers):
        reader = store.readers.ensure(f"reader {r:04d}", start - timedelta(days=1)).reader_id
        store.feedback.append_many(_events(reader, len(old), start, rng))
    with threadpool_limits(1, "blas"):
        fit(store, settings, now=start)
    for i, paper in enumerate(new):
        day = start + timedelta(hours=7 * 24 * i / n_new)
        new[i] = replace(paper, published_at=day, listings=(Listing("arxiv", day),))
    store.catalogue.add(new, start + timedelta(days=6))
    store.close()
    return settings, week


def _events(reader: str, n_papers: int, before: datetime, rng: np.random.Generator) -> list[Event]:
    subjects = rng.choice(N_SUBJECTS, 3, replace=False)
    liked = rng.choice(n_papers // N_SUBJECTS, N_LIKES, replace=False)
    rows = [int(k * N_SUBJECTS + subjects[i % 3]) for i, k in enumerate(liked)]
    rows += [int(x) for x in rng.choice(n_papers, N_SKIPS, replace=False)]
    kinds = [EventKind.like] * N_LIKES + [EventKind.skip] * N_SKIPS
    day = before - timedelta(days=100)
    return [
        Event(f"{reader} {i}", reader, f"{reader}/general", f"doi:10.5555/large.{row}", kind, day)
        for i, (row, kind) in enumerate(zip(rows, kinds, strict=True))
    ]
