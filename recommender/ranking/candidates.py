"""Which papers may enter a slate. Pure.

Scoring is exact and cheap, so every paper that may be shown is a candidate; of 250,000 or more
`shortlist` chooses those that are scored.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from recommender.features.interactions import Rows


def eligible(n_papers: int, pool: Rows | None, exclude: Collection[int] | Rows) -> Rows:
    """Return the rows that may be shown, ascending, each once.

    Rows that do not exist are ignored, in the pool and in `exclude`.
    """
    allowed = np.full(n_papers, pool is None)
    if pool is not None:
        allowed[_existing(pool, n_papers)] = True
    if not isinstance(exclude, np.ndarray):
        exclude = np.fromiter(exclude, dtype=np.intp, count=len(exclude))
    allowed[_existing(exclude, n_papers)] = False
    return np.flatnonzero(allowed)


def _existing(rows: Rows, n_papers: int) -> Rows:
    return rows[(rows >= 0) & (rows < n_papers)]
