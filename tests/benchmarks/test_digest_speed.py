"""The time for a thousand readers' digests: 2,000 new papers, a catalogue of 50,000.

    python -m pytest -m benchmark -s tests/benchmarks/test_digest_speed.py

Composes, stores and renders (HTML, text, Markdown) for every reader in two
processes, one for each core, and prints the time in all, the processor time, the
load of the machine, and the memory of all processes together, shared pages
counted once (Linux only). The baseline of the same run is one call of `recommend`
for 30 of the readers: what the app needs for a slate of the same week.
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
from recommender.digest.many import compose_many
from recommender.recommend.recommender import Recommender
from recommender.store import Store

N_PAPERS, N_NEW, N_READERS, N_PROCESSES = 50_000, 2_000, 1_000, 2
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
    store.close()
    begun, used = perf_counter(), _processor_seconds()
    n_papers = n_bytes = together = 0
    made_one_by_one = compose_many(
        settings,
        readers,
        week=week,
        now=MONDAY,
        formats=("html", "text", "markdown"),
        n_processes=N_PROCESSES,
    )
    for n_made, made in enumerate(made_one_by_one):
        assert made.manifest is not None, made.error
        n_papers += len(made.manifest.items)
        n_bytes += len(made.manifest.to_json())
        if n_made % 50 == 0:
            together = max(together, _memory_of_all())
    took = perf_counter() - begun
    cpu, load = _processor_seconds() - used, os.getloadavg()[0]
    print(f"\n{platform.processor() or platform.machine()}, {N_PROCESSES} processes")
    print(f"{N_READERS} readers, {N_NEW} new of {N_PAPERS} papers: {took:.1f} s")
    print(
        f"processor time {cpu:.1f} s, {1000 * cpu / N_READERS:.0f} ms a reader with all beginnings"
    )
    print(f"load of the machine {load:.1f}")
    print(f"{n_papers / N_READERS:.1f} papers and {n_bytes / N_READERS / 1000:.1f} kB an issue")
    print(f"memory of all processes {together / 1024:.0f} MB")
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


def _memory_of_all() -> int:
    """Return kB of this process and its children, pages shared by several counted once."""
    total = 0
    for process in (os.getpid(), *(x.pid for x in multiprocessing.active_children())):
        with suppress(OSError):
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
            total += next(int(x.split()[1]) for x in lines if x.startswith("Pss:"))
    return total


def _processor_seconds() -> float:
    mine, theirs = (resource.getrusage(x) for x in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return mine.ru_utime + mine.ru_stime + theirs.ru_utime + theirs.ru_stime
