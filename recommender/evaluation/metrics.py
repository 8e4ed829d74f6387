"""How good ranked lists are. Pure numpy, checked against ir-measures in the tests.

Lists are rows of ``shown``, ``(n_lists, depth) intp`` with the best paper
first and -1 where a list ended early. ``hits`` marks the wanted ones. A list
that ended early loses what it did not show: nothing is padded in its favour.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recommender.evaluation.interactions import Interactions, Rows
from recommender.features.interactions import SparseRows

Hits = NDArray[np.bool_]
PerList = NDArray[np.float64]


def pad(lists: list[Rows], depth: int) -> Rows:
    """Return ranked lists as one ``(n_lists, depth)`` array, -1 where a list is shorter."""
    shown = np.full((len(lists), depth), -1, dtype=np.intp)
    for i, ranked in enumerate(lists):
        shown[i, : len(ranked)] = ranked[:depth]
    return shown


def overlap(shown: Rows, others: Rows) -> float:
    """Return which part of the papers of other lists is in these, list by list, 0 to 1.

    Lists without a paper are left out; NaN where all are.
    """
    there = (others[:, :, None] == shown[:, None, :]).any(axis=2) & (others >= 0)
    n = (others >= 0).sum(axis=1)
    return float(np.mean(there.sum(axis=1)[n > 0] / n[n > 0])) if n.any() else float("nan")


def hits_of(shown: Rows, readers: Rows, held: Interactions) -> Hits:
    """Return which shown papers are held for the list's reader.

    Parameters
    ----------
    shown
        ``(n_lists, depth)`` papers.
    readers
        ``(n_lists,)`` whose list it is.
    held
        The likes that must be found.
    """
    wanted = held.reader * held.n_papers + held.paper
    keys = readers[:, None] * held.n_papers + shown
    return np.isin(keys, wanted) & (shown >= 0)


def recall(hits: Hits, n_held: Rows, k: int) -> PerList:
    """Return found in the first `k` over all that were to be found, per list, 0 to 1."""
    return np.asarray(hits[:, :k].sum(axis=1) / n_held)


def ndcg(hits: Hits, n_held: Rows, k: int) -> PerList:
    """Return the discounted gain of the first `k` over the best possible, per list, 0 to 1.

    Järvelin & Kekäläinen 2002, with gain 1 for a hit and log2(rank + 1) as discount.
    """
    gains = 1.0 / np.log2(np.arange(2, k + 2))
    best = np.concatenate(([0.0], np.cumsum(gains)))[np.minimum(n_held, k)]
    found = hits[:, :k]
    return found @ gains[: found.shape[1]] / best


def reciprocal_rank(hits: Hits) -> PerList:
    """Return 1 / rank of the first hit, per list; 0 where the list holds none."""
    first = np.argmax(hits, axis=1) + 1.0
    return np.where(hits.any(axis=1), 1.0 / first, 0.0)


def coverage(shown: Rows, pool: Rows) -> float:
    """Return which share of the pool's papers is in at least one list."""
    return len(np.intersect1d(shown[shown >= 0], pool)) / max(len(pool), 1)


def gini(shown: Rows, pool: Rows) -> float:
    """Return how unequally the lists' places are shared out among the pool's papers.

    0 when every paper is shown equally often, towards 1 when a few take all places.
    """
    if not len(pool) or not (shown >= 0).any():
        return float("nan")
    counts = np.bincount(shown[shown >= 0], minlength=int(pool.max()) + 1)[pool]
    ranks = np.arange(1, len(counts) + 1)
    return float(((2 * ranks - len(counts) - 1) @ np.sort(counts)) / (len(counts) * counts.sum()))


def novelty(shown: Rows, libraries: Interactions) -> float:
    """Return the mean surprise of a shown paper in bits: -log2 of the share of readers who have it.

    One reader is added to both counts, so that a paper that no reader has stays finite.
    """
    if not (shown >= 0).any():
        return float("nan")
    n_readers = int((libraries.per_reader() > 0).sum())
    share = (libraries.per_paper() + 1) / (n_readers + 1)
    return float(-np.log2(share[shown[shown >= 0]]).mean())


def diversity(shown: Rows, paper_terms: SparseRows) -> PerList:
    """Return 1 - the mean cosine of two papers of a list; NaN below two papers.

    Parameters
    ----------
    paper_terms
        ``(n_papers, n_terms)``, rows of length 1 or empty.
    """
    result = np.full(len(shown), np.nan)
    for i, ranked in enumerate(shown):
        rows = paper_terms[ranked[ranked >= 0]]
        n = int(rows.shape[0])
        if n > 1:
            cosines = rows @ rows.T
            alike = float(cosines.sum()) - float(cosines.diagonal().sum())
            result[i] = 1 - alike / (n * (n - 1))
    return result
