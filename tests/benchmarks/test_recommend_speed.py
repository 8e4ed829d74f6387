"""The time from a reader's history to a slate, on a catalogue of 25,000 papers.

    python -m pytest -m benchmark -s tests/benchmarks/test_recommend_speed.py

Prints medians over 30 likes in a row, each folded in anew: the pure pipeline
(fold-in, ranking, slate), the whole job (events read, reasons found, nothing
recorded), and as the baseline of the same run one product of the TF-IDF matrix
with the mean of the liked papers.
"""

from __future__ import annotations

import platform
import statistics
from pathlib import Path
from time import perf_counter

import numpy as np
import pytest
from libraries import NOW
from threadpoolctl import threadpool_limits

from recommender.config import load_settings
from recommender.domain import Event, EventKind, Paper
from recommender.features.interactions import Profile
from recommender.ranking import pipeline
from recommender.recommend.recommender import Recommender
from recommender.recommend.served_model import ServedModel
from recommender.store import Store
from recommender.training.fit import fit

N_PAPERS = 25_000
N_LIKES = 30


def invented(n: int, seed: int = 0) -> list[Paper]:
    """Return papers of about a hundred words on two hundred subjects."""
    rng = np.random.default_rng(seed)
    common = [f"word{i}" for i in range(3_000)]
    papers = []
    for i in range(n):
        own = [f"subject{i % 200}x{k}" for k in rng.integers(0, 40, 30)]
        words = [common[k] for k in rng.zipf(1.3, 70) % 3_000]
        title = " ".join([*own[:4], f"study{i}"])
        papers.append(Paper(title, abstract=" ".join([*own, *words]), published_at=NOW))
    return papers


@pytest.mark.benchmark
def test_recommend_on_a_large_catalogue(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path)
    store = Store(settings.url)
    store.database.upgrade()
    store.readers.ensure("me", NOW)
    papers = invented(N_PAPERS)
    for start in range(0, N_PAPERS, 1000):
        store.catalogue.add(papers[start : start + 1000], NOW)
    with threadpool_limits(1, "blas"):
        fit(store, settings, now=NOW)
        served = ServedModel.load(settings.models_dir, store).caught_up(
            store, store.catalogue.revision()
        )
        recommender = Recommender(store, settings)
        recommender.recommend("me", now=NOW, record=False)
        content = served.model.features.paper_terms
        pure, whole, words = [], [], []
        liked: list[int] = []
        for i in range(N_LIKES):
            liked.append(200 * i)
            paper_id = served.paper_id(200 * i)
            store.feedback.append(Event(f"k{i}", "me", "me/general", paper_id, EventKind.like, NOW))
            started = perf_counter()
            pipeline.rank(served.model, {"me/general": (Profile.of(liked), 1.0)}, n=10, now=NOW)
            pure.append(perf_counter() - started)
            started = perf_counter()
            recommender.recommend("me", now=NOW, record=False)
            whole.append(perf_counter() - started)
            started = perf_counter()
            query = np.asarray(content[liked].mean(axis=0)).ravel()
            np.argpartition(-(content @ query), 10)
            words.append(perf_counter() - started)
    store.close()
    print(f"\n{platform.processor() or platform.machine()}, {N_PAPERS} papers, {N_LIKES} likes")
    for name, times in (("pipeline", pure), ("whole job", whole), ("TF-IDF mean", words)):
        ratio = statistics.median(times) / statistics.median(words)
        print(
            f"{name:>12}: median {1000 * statistics.median(times):6.1f} ms, {ratio:4.1f} x TF-IDF"
        )
