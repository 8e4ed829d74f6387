"""What a task of a fit in parts costs at several sizes, next to implicit on the same cells.

    python tests/benchmarks/spark_scale.py [--local-up-to N] SIZE...

The cells are generated: as many terms as a fit takes at most, in as many papers as Zipf's law says,
90 in a paper. First factors and one round run in parts of 10,000 papers, task after task in one
process of their own, whose peak memory is that of a task; the driver's is printed too. Prints one
line of JSON for each size. Spark's own time is not in it.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from scipy.sparse import csr_matrix, vstack
from threadpoolctl import threadpool_limits

from recommender.ranking.als.init import first_factors
from recommender.ranking.als.solver import CG_STEPS
from recommender.ranking.als.term_rows import MAX_TERMS, AlsOptions
from recommender.training.spark.cluster import TaskUse, peak_mb
from recommender.training.spark.factors import SparkFactors
from recommender.training.spark.work_folder import WorkFolder

PAPERS_OF_A_PART, TERMS_OF_A_PAPER, N_FACTORS = 10_000, 90, 256


@dataclass
class OneProcess:
    """Runs tasks in one other process, and measures them."""

    root: Path
    n_parts: int
    pool: ProcessPoolExecutor
    use: TaskUse = field(default_factory=TaskUse)

    def each(self, task: Callable[..., Any], *given: Any) -> list[Any]:
        """See `Cluster.each`."""
        jobs = [self.pool.submit(measured, task, self.root, x, given) for x in range(self.n_parts)]
        results = []
        for job in jobs:
            found, seconds, peak_mb = job.result()
            self.use.add(seconds, peak_mb)
            results.append(found)
        return results

    def count(self, task: Callable[..., Any], *given: Any, **options: Any) -> Any:
        """Not used here: no texts are counted."""
        raise AssertionError


def measured(
    task: Callable[..., Any], root: Path, part: int, given: tuple[Any, ...]
) -> tuple[Any, float, float]:
    """Run a task; return its result, processor time and the peak memory of this process."""
    with threadpool_limits(limits=1):
        before = time.process_time()
        found = task(str(root), part, *given)
        return found, time.process_time() - before, peak_mb()


def generate(root: str, part: int, n: int) -> None:
    """Write the cells of a part; a task."""
    rng = np.random.default_rng(part)
    often = np.cumsum(1.0 / (np.arange(MAX_TERMS) + 50.0))
    drawn = np.searchsorted(often, rng.random((n, TERMS_OF_A_PAPER)) * often[-1])
    values = rng.random(drawn.size).astype(np.float32) * np.float32(0.2)
    starts = np.arange(n + 1) * TERMS_OF_A_PAPER
    cells = csr_matrix((values, drawn.ravel().clip(max=MAX_TERMS - 1), starts), (n, MAX_TERMS))
    cells.sum_duplicates()
    WorkFolder(Path(root)).put_matrix(f"cells/{part}", cells)


def in_parts(root: Path, n: int) -> dict[str, float]:
    """Fit first factors and one round in parts."""
    sizes = [min(PAPERS_OF_A_PART, n - x) for x in range(0, n, PAPERS_OF_A_PART)]
    work = WorkFolder(root)
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        for part, size in enumerate(sizes):
            pool.submit(generate, str(root), part, size).result()
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        cluster = OneProcess(root, len(sizes), pool)
        fit = SparkFactors(work, cluster, tuple(sizes))
        before, own = cluster.use.seconds, time.process_time()
        fit.fit_rounds(MAX_TERMS, N_FACTORS, AlsOptions(iterations=0), seed=0)
        first = cluster.use.seconds - before + time.process_time() - own
        before, own = cluster.use.seconds, time.process_time()
        fit.fit_rounds(MAX_TERMS, N_FACTORS, AlsOptions(iterations=1), seed=0)
        round_s = cluster.use.seconds - before + time.process_time() - own
        return {
            "papers": n,
            "parts": len(sizes),
            "task_peak_mb": round(cluster.use.peak_mb),
            "driver_peak_mb": round(peak_mb()),
            "first_factors_s": round(first, 1),
            "round_s": round(round_s, 1),
        }


def by_implicit(root: Path, n: int) -> dict[str, float]:
    """Fit the same by `implicit`, in this process."""
    n_parts = -(-n // PAPERS_OF_A_PART)
    cells = [WorkFolder(root).get_matrix(f"cells/{x}", MAX_TERMS) for x in range(n_parts)]
    stacked = csr_matrix(csr_matrix(vstack(cells, format="csr")).T, dtype=np.float32)
    with threadpool_limits(limits=1):
        before = time.process_time()
        rows, papers = first_factors(stacked, N_FACTORS, 1.0, seed=0)
        first = time.process_time() - before
        model = AlternatingLeastSquares(
            factors=N_FACTORS, regularization=300.0, alpha=300.0, num_threads=1, iterations=1
        )
        model.cg_steps = CG_STEPS
        model.user_factors, model.item_factors = rows, papers
        before = time.process_time()
        model.fit(stacked, show_progress=False)
        round_s = time.process_time() - before
    found = np.concatenate(
        [np.asarray(WorkFolder(root).get(f"papers-1/{x}")) for x in range(n_parts)]
    )
    norm = np.linalg.norm
    return {
        "implicit_first_s": round(first, 1),
        "implicit_round_s": round(round_s, 1),
        "difference": float(norm(np.abs(found) - np.abs(model.item_factors)) / norm(found)),
        "implicit_peak_mb": round(peak_mb()),
    }


def main() -> None:
    """Measure each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", type=int, nargs="+")
    parser.add_argument("--local-up-to", type=int, default=25_000)
    given = parser.parse_args()
    for n in given.sizes:
        with tempfile.TemporaryDirectory() as folder, threadpool_limits(limits=1):
            figures = in_parts(Path(folder), n)
            print(json.dumps(figures), flush=True)
            if n <= given.local_up_to:
                print(json.dumps(by_implicit(Path(folder), n)), flush=True)


if __name__ == "__main__":
    main()
