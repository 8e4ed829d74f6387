"""The time for a thousand readers' digests: 2,000 new papers, a catalogue of 50,000.

    python -m pytest -m benchmark -s tests/benchmarks/test_digest_speed.py

Composes, stores and renders (HTML, text, Markdown) for every reader, one after
the other as `digest --send` does, and prints the time in all, the processor time,
the load of the machine, and the memory of the process (Linux only). The baseline
of the same run is one call of `recommend` for 30 of the readers: what the app
needs for a slate of the same week.
"""

from __future__ import annotations

import multiprocessing
import os
import platform
import resource
import statistics
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import pytest
from threadpoolctl import threadpool_limits
from week import make_team

from recommender.config import Settings
from recommender.digest.compose.compose import compose
from recommender.digest.compose.window import WindowCache
from recommender.digest.render.render import render
from recommender.recommend.recommender import Recommender
from recommender.store import Store

N_PAPERS, N_NEW, N_READERS = 50_000, 2_000, 1_000
N_BASELINE = 30
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.benchmark
def test_digests_for_a_thousand_readers(tmp_path: Path) -> None:
    # In a process of its own, so that what making them left behind does not count as memory.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as apart:
        making = apart.submit(make_team, tmp_path, N_PAPERS, N_NEW, N_READERS, MONDAY)
        settings, week = making.result()
    settings = settings.model_copy(update={"base_url": "https://papers.example.org"})
    store = Store(settings.url)
    readers = [x.reader_id for x in store.readers.list()]
    recommender, windows = Recommender(store, settings), WindowCache(store)
    begun, used = perf_counter(), _processor_seconds()
    n_papers = n_bytes = memory = 0
    with threadpool_limits(1, "blas"):
        for n_made, reader in enumerate(readers):
            manifest = compose(
                *(store, recommender, reader),
                week=week,
                now=MONDAY,
                settings=settings,
                windows=windows,
            )
            for name in ("html", "text", "markdown"):
                assert render(manifest, name)
            n_papers += len(manifest.items)
            n_bytes += len(manifest.to_json())
            if n_made % 50 == 0:
                memory = max(memory, _memory_kb())
    took = perf_counter() - begun
    store.close()
    cpu, load = _processor_seconds() - used, os.getloadavg()[0]
    print(f"\n{platform.processor() or platform.machine()}")
    print(f"{N_READERS} readers, {N_NEW} new of {N_PAPERS} papers: {took:.1f} s")
    print(f"processor time {cpu:.1f} s, {1000 * cpu / N_READERS:.0f} ms a reader")
    print(f"load of the machine {load:.1f}")
    print(f"{n_papers / N_READERS:.1f} papers and {n_bytes / N_READERS / 1000:.1f} kB an issue")
    print(f"memory of the process {memory / 1024:.0f} MB")
    slate = _slate_seconds(settings, readers[:N_BASELINE])
    print(f"a slate in the app: median {1000 * slate:.0f} ms; {took / N_READERS / slate:.2f} of it")


def _slate_seconds(settings: Settings, readers: list[str]) -> float:
    store = Store(settings.url)
    recommender = Recommender(store, settings)
    slates = []
    with threadpool_limits(1, "blas"):
        for reader in readers:
            begun = perf_counter()
            recommender.recommend(reader, now=MONDAY, record=False)
            slates.append(perf_counter() - begun)
    store.close()
    return statistics.median(slates)


def _memory_kb() -> int:
    """Return the kB of this process, a share of the pages it shares with others; 0 if unknown."""
    with suppress(OSError):
        lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
        return next(int(x.split()[1]) for x in lines if x.startswith("Pss:"))
    return 0


def _processor_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
