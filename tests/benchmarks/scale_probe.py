"""What a library of some size costs the process that serves it: prints one line of JSON.

    python tests/benchmarks/scale_probe.py FOLDER

Run in a process of its own, so that memory is that of serving. Times are medians of processor
time over a few calls; the slate after new papers is timed once each, as readers meet it. Private
is the anonymous memory of the process: what it has written, not what it maps from the model.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
from scale_library import NOW, Language, papers, word

from recommender.config import load_settings
from recommender.digest.compose.compose import preview
from recommender.domain import Event, EventKind
from recommender.ranking import pipeline
from recommender.ranking.pipeline import SlateOptions
from recommender.recommend.recommender import Recommender
from recommender.recommend.served_model import ServedModel
from recommender.store import Store
from recommender.training.fit import refit_due

N_LIKES = 12
READER = "reader 000"
N_COMPARED = 20
"""Readers whose first 20 papers are compared with those of the full ranking."""
N_COMMON = 4
"""So many of the most frequent words are searched for in pairs."""


def private_mb() -> float:
    """Return the memory that is this process's alone, in MB (Linux)."""
    for line in Path("/proc/self/smaps_rollup").read_text().splitlines():
        if line.startswith("Anonymous:"):
            return int(line.split()[1]) / 1024
    return float("nan")


def seconds(call: Callable[[], object]) -> float:
    """Return the processor time of one call; what other threads do meanwhile does not count."""
    started = time.thread_time()
    call()
    return time.thread_time() - started


def probe(folder: Path) -> Iterator[tuple[str, float]]:
    """Yield what is measured, by name."""
    settings = load_settings(data_dir=folder)
    store = Store(settings.url)
    store.database.upgrade()
    n = store.catalogue.count()
    before = private_mb()
    started = time.thread_time()
    served = ServedModel.load(settings.models_dir, store)
    yield "load_s", time.thread_time() - started
    yield "load_private_mb", private_mb() - before
    factors = np.asarray(served.model.ranker.als.model.papers)
    vector = np.ones(factors.shape[1], dtype=np.float32)
    factors @ vector
    products = [seconds(lambda x=factors: x @ vector) for _ in range(9)]
    yield "product_ms", 1000 * statistics.median(products)
    del served, factors, products
    recommender = Recommender(store, settings)
    me = store.readers.get(READER).reader_id

    def slate() -> object:
        return recommender.recommend(me, now=NOW, record=False)

    yield "first_slate_s", seconds(slate)
    slates, ranks = [], []
    for i in range(N_LIKES):
        first = recommender.recommend(me, now=NOW, record=False).items[0].paper_id
        event = Event(f"probe {i}", me, f"{me}/general", first, EventKind.like, NOW)
        store.feedback.append(event)
        slates.append(seconds(slate))
        context = recommender._last[0]
        ranks.append(
            seconds(
                lambda context=context: pipeline.rank(
                    context.served.model,
                    context.profiles,
                    n=10,
                    exclude=context.served.gone,
                    now=NOW,
                )
            )
        )
        del context
    usual = statistics.median(slates)
    yield "slate_ms", 1000 * usual
    yield "rank_ms", 1000 * statistics.median(ranks)
    yield "private_mb", private_mb()
    yield "shared_of_20", shared_of_20(recommender, [x.reader_id for x in store.readers.list()])
    language = Language.for_papers(25_000, 0)
    fresh = list(papers(400, 10_000_000, language, 1, NOW))
    for name, some in (("one", fresh[:1]), ("second", fresh[1:2]), ("200", fresh[2:202])):
        store.catalogue.add(some, NOW + timedelta(hours=1))
        held = private_mb()
        yield f"after_{name}_ms", 1000 * seconds(slate)
        folding = getattr(recommender, "_folding", None)
        if folding is not None:
            folding.join()
            slate()
        yield f"after_{name}_grown_percent", 100 * (private_mb() / held - 1)
    yield "slate_with_tail_ms", 1000 * statistics.median(seconds(slate) for _ in range(5))
    due = statistics.median(seconds(lambda: refit_due(store, settings)) for _ in range(5))
    yield "refit_due_ms", 1000 * due
    common = [word(i) for i in range(N_COMMON)]
    found = [seconds(lambda x=x, y=y: store.catalogue.find(f"{x} {y}")) for x, y in _pairs(common)]
    yield "search_min_ms", 1000 * min(found)
    yield "search_ms", 1000 * statistics.median(found)
    started = time.thread_time()
    manifest = preview(store, recommender, me, week="2026-W46", now=NOW, settings=settings)
    yield "digest_s", time.thread_time() - started
    yield "digest_candidates", manifest.candidates
    yield "manifest_kb", len(manifest.to_json().encode()) / 1000
    yield "papers", n
    store.close()


def shared_of_20(recommender: Recommender, readers: list[str]) -> float:
    """Return which part of the first 20 papers a shortlist has of those of the full ranking."""
    shared = []
    for reader in readers[:N_COMPARED]:
        recommender.recommend(reader, now=NOW, record=False)
        context = recommender._last[0]
        found = []
        for least in (10**9, 0):
            options = SlateOptions(shortlist_from=least)
            slate = pipeline.rank(
                context.served.model, context.profiles, n=20, now=NOW, options=options
            )
            found.append({x.paper_index for x in slate})
        shared.append(len(found[0] & found[1]) / max(len(found[0]), 1))
    return statistics.mean(shared)


def _pairs(words: list[str]) -> list[tuple[str, str]]:
    return [(x, y) for x in words for y in words if x < y]


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    print(json.dumps({name: round(x, 3) for name, x in probe(Path(sys.argv[1]))}))
