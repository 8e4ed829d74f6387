"""The time from a like to the next slate on 26,000 papers and 8,000 readers: fold-in, score, slate.

    PAPERLOOP_SHARED=../shared python -m pytest -m benchmark -s tests/benchmarks/test_slate_speed.py

Histories of 3 to 30 likes and twice as many skips, each asked for ten papers:
likes out of one reader's library, with papers skipped that were suggested; and
papers drawn from all libraries, which have nothing to do with one another.
Prints the median and the 95th percentile of processor time beside one product
of the factors with a vector, the least any exact ranking by the model can take,
and beside the least that `implicit` itself needs: its fold-in, the product, ten
papers. The fit stands beside that of `implicit` from random numbers, in as many
rounds as it takes by default.
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable
from pathlib import Path
from time import thread_time

import numpy as np
import pytest
from implicit.cpu.als import AlternatingLeastSquares
from scipy.sparse import csr_matrix, vstack
from threadpoolctl import threadpool_limits
from worlds import NOW

from recommender.evaluation.datasets import open_dataset
from recommender.features import Features
from recommender.features.interactions import Profile, Rows, SparseRows
from recommender.ranking import pipeline
from recommender.ranking.als.model import Factorisation

DATA = Path(os.environ.get("PAPERLOOP_SHARED", "../shared")) / "data" / "citeulike-t"
N_SLATES = 100


def milliseconds(calls: list[Callable[[], object]]) -> list[float]:
    """Return the processor time of each call, sorted."""
    times = []
    for call in calls:
        started = thread_time()
        call()
        times.append(1000 * (thread_time() - started))
    return sorted(times)


def implicit_alone(model: Factorisation) -> tuple[AlternatingLeastSquares, float]:
    """Fit `implicit` to the matrix that ours was fitted to; return it and the seconds it took."""
    stacked = csr_matrix(vstack([model.liked_by.T, model.cells.T], format="csr"))
    options, n_factors = model.options, model.papers.shape[1]
    als = AlternatingLeastSquares(
        factors=n_factors,
        regularization=options.regularization,
        alpha=options.alpha,
        num_threads=1,
        random_state=0,
    )
    started = thread_time()
    als.fit(stacked, show_progress=False)
    return als, thread_time() - started


def implicit_slate(als: AlternatingLeastSquares, profile: Profile) -> list[int]:
    """Return ten papers by the model alone, as `implicit` folds a reader in."""
    row = np.zeros((1, als.item_factors.shape[0]), dtype=np.float32)
    row[0, profile.liked], row[0, profile.rejected] = 1, -0.07
    scores = als.item_factors @ als.recalculate_user(0, csr_matrix(row))
    scores[profile.weighted] = -np.inf
    return np.argpartition(-scores, 10)[:10].tolist()


def slate_times(model: pipeline.Model, profiles: list[Profile]) -> list[float]:
    """Return the processor time of a slate for each history, in milliseconds, sorted."""
    return milliseconds(
        [lambda p=p: pipeline.rank(model, {"a": (p, 1.0)}, n=10, now=NOW) for p in profiles]
    )


def of_libraries(
    model: pipeline.Model, likes: SparseRows, rng: np.random.Generator
) -> list[Profile]:
    """Return histories of readers who like a part of one library and skip what is not in it."""
    profiles = []
    for reader in rng.choice(np.flatnonzero(np.diff(likes.indptr) >= 12), N_SLATES, replace=False):
        library = likes[reader].indices
        liked = rng.choice(library, rng.integers(3, min(30, library.size) + 1), replace=False)
        shown = pipeline.rank(model, {"a": (Profile.of(liked), 1.0)}, n=3 * liked.size, now=NOW)
        skipped = np.setdiff1d([x.paper_index for x in shown], library)
        profiles.append(Profile.of(liked, skipped[: 2 * liked.size]))
    return profiles


def unrelated(papers: Rows, rng: np.random.Generator) -> list[Profile]:
    """Return histories of papers drawn from all libraries."""
    profiles = []
    for n_likes in rng.integers(3, 31, N_SLATES):
        drawn = np.unique(rng.choice(papers, 3 * n_likes, replace=False))
        profiles.append(Profile.of(drawn[:n_likes], drawn[n_likes:]))
    return profiles


@pytest.mark.benchmark
@pytest.mark.skipif(not DATA.exists(), reason="the data set is not there")
def test_from_a_like_to_the_next_slate() -> None:
    dataset = open_dataset(DATA)
    assert dataset.counts is not None
    likes = dataset.likes.matrix().tocsr().astype(np.float32)
    rng = np.random.default_rng(0)
    with threadpool_limits(1, "blas"):
        features = Features.of_counts(dataset.papers.ids, dataset.counts, dataset.words)
        started = thread_time()
        model = pipeline.build(features, likes)
        fitted_in = thread_time() - started
        factors = model.ranker.als.model.papers
        profiles = unrelated(dataset.likes.paper, rng)
        slates = {
            "one library": slate_times(model, of_libraries(model, likes, rng)),
            "unrelated papers": slate_times(model, profiles),
        }
        vector = np.ones(factors.shape[1], dtype=np.float32)
        products = milliseconds([lambda: factors @ vector] * N_SLATES)
        als, alone_in = implicit_alone(model.ranker.als.model)
        alone = milliseconds([lambda p=p: implicit_slate(als, p) for p in profiles])
    print(f"\n{len(features)} papers, {likes.shape[0]} readers; fitted in {fitted_in:.1f} s")
    for name, times in slates.items():
        print(f"slate, {name}: median {statistics.median(times):.1f} ms, 95 % {times[94]:.1f} ms")
    print(f"one product of the factors: median {statistics.median(products):.1f} ms")
    print(f"implicit alone: fitted in {alone_in:.1f} s, slate {statistics.median(alone):.1f} ms")
    ratios = [statistics.median(times) / statistics.median(alone) for times in slates.values()]
    print("slates take {:.1f} and {:.1f} times as long as implicit alone".format(*ratios))
    assert all(len(times) == N_SLATES for times in slates.values())
