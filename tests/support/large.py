"""An invented library of the size a laboratory reaches in years; the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from recommender.config import Settings, load_settings
from recommender.domain import Author, Event, EventKind, Listing, Paper
from recommender.store import Store
from recommender.training.fit import fit

N_SUBJECTS = 200
_CHUNK = 2000


def invented(n: int, now: datetime, seed: int = 0) -> Iterator[Paper]:
    """Yield papers of a hundred words on two hundred subjects, listed over two years."""
    rng = np.random.default_rng(seed)
    for i in range(n):
        subject = i % N_SUBJECTS
        own = [f"subject{subject}x{k}" for k in rng.integers(0, 40, 30)]
        words = [f"word{k}" for k in rng.zipf(1.3, 70) % 3_000]
        day = now - timedelta(days=int(rng.integers(1, 730)))
        yield Paper(
            f"A study of {' '.join(own[:4])} number {i}",
            abstract=" ".join([*own, *words]),
            authors=(Author(given="Ada", family=f"Invented{i % 997}"),),
            published_at=day,
            identifiers=(f"doi:10.5555/large.{i}",),
            listings=(Listing("arxiv", day),) if i % 2 else (),
        )


def events_on(ids: list[str], reader_id: str, n: int, now: datetime, seed: int = 1) -> list[Event]:
    """Return judgements of a reader, one in four a like, over the last year, oldest first."""
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(len(ids))[:n]
    kinds = (EventKind.like, EventKind.skip, EventKind.skip, EventKind.skip)
    return [
        Event(
            client_key=f"large {i}",
            reader_id=reader_id,
            interest_id=f"{reader_id}/general",
            paper_id=ids[k],
            kind=kinds[i % 4],
            created_at=now - timedelta(hours=8 * (n - i) / max(n, 1) * 1000),
        )
        for i, k in enumerate(chosen)
    ]


def make_large(folder: Path, n_papers: int, n_events: int, now: datetime) -> Settings:
    """Make, fill and fit the library in a folder; returns its settings."""
    settings = load_settings(data_dir=folder)
    folder.mkdir(parents=True, exist_ok=True)
    store = Store(settings.url)
    store.database.upgrade()
    reader = store.readers.ensure(settings.reader, now).reader_id
    papers = list(invented(n_papers, now))
    for start in range(0, n_papers, _CHUNK):
        store.catalogue.add(papers[start : start + _CHUNK], now)
    store.feedback.append_many(events_on(store.catalogue.ids(), reader, n_events, now))
    with threadpool_limits(1, "blas"):
        fit(store, settings, now=now)
    store.close()
    return settings
