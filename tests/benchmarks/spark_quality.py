"""NDCG@20 and processor time of a fit in parts, next to the local fit.

    PYTHONPATH=tests/support python tests/benchmarks/spark_quality.py DATASET
        [--master M] [--papers-per-part N]

Both engines fit the training part of the protocol `warm` on the same features. Tasks run one after
the other in this process, or on a master. Prints one line of JSON for each engine.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from unittest.mock import patch

import numpy as np
from spark_tasks import ThisProcess

from recommender.config import SparkSettings
from recommender.evaluation.datasets import open_dataset
from recommender.evaluation.run import evaluate
from recommender.features import Features
from recommender.features.interactions import SparseRows
from recommender.ranking import pipeline
from recommender.ranking.als.model import Factorisation
from recommender.ranking.als.solver import OnRound
from recommender.ranking.als.term_rows import AlsOptions
from recommender.training.spark.cluster import Cluster, connected
from recommender.training.spark.factors import SparkFactors
from recommender.training.spark.work_folder import WorkFolder


@dataclass
class InParts:
    """`SparkFactors` on features that are in memory."""

    master: str
    papers_per_part: int
    seconds: float = 0.0
    peak_mb: float = 0.0

    def __call__(
        self,
        features: Features,
        reader_papers: SparseRows,
        options: AlsOptions,
        seed: int,
        on_round: OnRound | None = None,
    ) -> Factorisation:
        terms, n = features.paper_terms, len(features)
        sizes = [min(self.papers_per_part, n - x) for x in range(0, n, self.papers_per_part)]
        with tempfile.TemporaryDirectory() as folder:
            work, start = WorkFolder(Path(folder)), 0
            for part, size in enumerate(sizes):
                work.put_matrix(f"terms/{part}", terms[start : start + size])
                start += size
            work.put("terms-frequencies", np.bincount(terms.indices, minlength=terms.shape[1]))
            with self._cluster(Path(folder), len(sizes)) as cluster:
                fit = SparkFactors(work, cluster, tuple(sizes))
                before = time.process_time()
                found = fit(features, reader_papers, options, seed, on_round)
                self.seconds = time.process_time() - before + cluster.use.seconds
                self.peak_mb = cluster.use.peak_mb
        return found

    @contextmanager
    def _cluster(self, folder: Path, n_parts: int) -> Iterator[Cluster]:
        if not self.master:
            yield ThisProcess(folder, n_parts)
            return
        with connected(SparkSettings(master=self.master), folder, n_parts) as cluster:
            yield cluster


@dataclass
class Timed:
    """`Factorisation.fit` and the processor time of its last run."""

    seconds: float = 0.0

    def __call__(
        self,
        features: Features,
        reader_papers: SparseRows,
        options: AlsOptions,
        seed: int,
        on_round: OnRound | None = None,
    ) -> Factorisation:
        before = time.process_time()
        found = Factorisation.fit(features, reader_papers, options, seed, on_round)
        self.seconds = time.process_time() - before
        return found


def main() -> None:
    """Measure both engines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--master", default="", help="none: tasks run in this process")
    parser.add_argument("--papers-per-part", type=int, default=10_000)
    given = parser.parse_args()
    build = pipeline.build
    for name, engine in (
        ("in parts", InParts(given.master, given.papers_per_part)),
        ("local", Timed()),
    ):
        options = pipeline.BuildOptions(fit_factors=engine)
        with patch.object(pipeline, "build", partial(build, options=options)):
            report = evaluate(open_dataset(given.dataset), "warm", seed=42, rankers=["paperloop"])
        (ranker,) = report.rankers
        metrics = {x: round(y.mean, 4) for x, y in ranker.metrics.items()}
        found = {"engine": name, "fit_s": round(engine.seconds, 1)} | metrics
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
