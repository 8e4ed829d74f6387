"""From ordered candidates to a slate: no twins, every subject and interest its share. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.ranking.base import Rows, Scores, SparseRows, cells_in

NEAR_DUPLICATE_COSINE = 0.8
MINIMUM_SHARE = 0.3
"""Part of its share that a subject is sure of; price: .001 to .002 NDCG@20 (docs/experiments)."""
MAX_COMPARED = 1000
FIRST_COMPARED = 80
"""So many are compared at first; a slate seldom asks about more."""
ROUNDING = 1e-4
N_BUCKETS = 512
"""Sums of TF-IDF that bound cosines from above; real papers then have .1 to .2 more."""
N_WITHOUT_DUPLICATES = 100
"""Places without near-duplicates: no page shows more at once, and the rest is a ranking."""


class NearDuplicateFilter:
    """Accepts papers one by one; refuses near-duplicates in the first `N_WITHOUT_DUPLICATES`.

    Parameters
    ----------
    paper_terms
        ``(n_papers, n_terms)`` TF-IDF of all papers.
    rows
        The papers that will be asked about, best first; the first
        `MAX_COMPARED` are compared.
    """

    def __init__(self, paper_terms: SparseRows, rows: Sequence[int]) -> None:
        self._seen: set[int] = set()
        self._paper_terms = paper_terms
        self._rows = list(dict.fromkeys(rows))[:MAX_COMPARED]
        self._position = {row: i for i, row in enumerate(self._rows)}
        self._compare(FIRST_COMPARED)

    @property
    def full(self) -> bool:
        """Whether so many are through that near-duplicates no longer matter."""
        return len(self._seen) >= N_WITHOUT_DUPLICATES

    def take(self, row: int) -> bool:
        """Take a paper, unless it or, in the first places, a near-duplicate was taken before."""
        position = self._position.get(row)
        if position is not None and position >= self._refused.size:
            self._compare(len(self._rows))
        refused = position is not None and bool(self._refused[position])
        if row in self._seen or (refused and not self.full):
            return False
        self._seen.add(row)
        if position is not None:
            self._refused |= self._near_duplicates[position]
        return True

    def _compare(self, n: int) -> None:
        """Compare the first `n` papers among themselves, and refuse the twins of those taken."""
        rows = np.array(self._rows[:n], dtype=np.intp)
        alike = _near_duplicates(self._paper_terms, rows)
        taken = [i for i, row in enumerate(rows.tolist()) if row in self._seen]
        self._near_duplicates = alike
        self._refused = np.asarray(alike[taken].any(axis=0))


def _near_duplicates(paper_terms: SparseRows, rows: Rows) -> NDArray[np.bool_]:
    """Return which of some rows are near-duplicates, ``(len(rows), len(rows))``; each of itself.

    No cell is negative, so a cosine is at most that of the rows with their columns summed in
    `N_BUCKETS`. Only rows with a pair that reaches the limit so are compared word by word.
    """
    cells, lengths = cells_in(paper_terms, rows)
    places = np.repeat(np.arange(0, rows.size * N_BUCKETS, N_BUCKETS), lengths)
    places += paper_terms.indices[cells] % N_BUCKETS
    summed = np.bincount(places, paper_terms.data[cells], rows.size * N_BUCKETS)
    buckets = summed.reshape(rows.size, N_BUCKETS).astype(np.float32)
    alike = buckets @ buckets.T >= NEAR_DUPLICATE_COSINE - ROUNDING
    np.fill_diagonal(alike, False)
    suspects = np.flatnonzero(alike.any(axis=0))
    if suspects.size:
        terms = paper_terms[rows[suspects]]
        cosines = (terms @ terms.T).toarray()
        alike[np.ix_(suspects, suspects)] = cosines >= NEAR_DUPLICATE_COSINE
    np.fill_diagonal(alike, True)
    return np.asarray(alike)


def best_first(rows: Rows, scores: Scores, most: int | None = None) -> Rows:
    """Return positions by falling score, equal scores by rising row, NaN left out."""
    usable = np.flatnonzero(np.isfinite(scores))
    if most is not None and 0 < most < usable.size:
        values = scores[usable]
        cut = np.partition(values, usable.size - most)[usable.size - most]
        usable = usable[values >= cut]
    order = np.lexsort((rows[usable], -scores[usable]))
    return usable[order][:most]


def enforce_minimum_share(
    order: Sequence[int],
    cluster_of: Mapping[int, int],
    queues: Sequence[Iterable[int]],
    shares: Sequence[float],
    n: int,
) -> list[int]:
    """Return up to `n` rows in `order`, moved up where a cluster of likes has too few.

    After k rows every cluster has at least ``floor(MINIMUM_SHARE * k * share)``:
    where it has fewer, its own next-best row goes first.

    Parameters
    ----------
    order
        Rows, best first, for the history as a whole.
    cluster_of
        Row -> number of the cluster it belongs to; rows may be missing.
    queues
        For each cluster its rows, best first for that cluster alone.
    shares
        Part of the likes that each cluster makes up, 0 to 1.
    """
    counts = [0] * len(queues)
    waiting = [iter(queue) for queue in queues]
    rest = iter(order)
    taken: dict[int, int] = {}
    while len(taken) < n:
        due = [int(MINIMUM_SHARE * (len(taken) + 1) * share + 1e-9) for share in shares]
        starving = next((s for s, count in enumerate(counts) if count < due[s]), -1)
        raised = next((r for r in waiting[starving] if r not in taken), -1) if starving >= 0 else -1
        row = raised if raised >= 0 else next((r for r in rest if r not in taken), -1)
        if row < 0:
            break
        taken[row] = starving if raised >= 0 else cluster_of.get(row, -1)
        if taken[row] >= 0:
            counts[taken[row]] += 1
    return list(taken)
