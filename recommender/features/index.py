"""Nearest papers by cosine: exact today, one function to replace by an approximate index. Pure.

An exact search stays fast into the hundreds of thousands of papers; beyond
that only `nearest` has to change.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.features.interactions import Rows, SparseRows

ROWS_AT_ONCE = 64
"""Queries whose cosines with all papers are in memory together."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Nearest papers of one query, nearest first; `cosines` are above 0."""

    rows: Rows
    cosines: NDArray[np.float32]


def nearest(queries: SparseRows, papers: SparseRows, n: int) -> list[Neighbours]:
    """Return up to `n` papers for each query, equal cosines in the order of rows.

    Parameters
    ----------
    queries, papers
        ``(n_queries, n_terms)`` and ``(n_papers, n_terms)``, rows of length 1
        or empty; an empty row is near to nothing.
    """
    by_term = papers.T.tocsr()
    return [
        best_of_row(cosines, n)
        for start in range(0, queries.shape[0], ROWS_AT_ONCE)
        for cosines in _rows_of(queries[start : start + ROWS_AT_ONCE] @ by_term)
    ]


def _rows_of(matrix: SparseRows) -> Iterator[SparseRows]:
    return (matrix[i] for i in range(matrix.shape[0]))


def best_of_row(row: SparseRows, n: int) -> Neighbours:
    """Return the `n` largest positive cells of a ``(1, n_papers)`` matrix."""
    columns, values = row.indices, row.data
    if values.size > n > 0:
        # Sorting all of a long row would take most of the time; ties at the end stay in.
        within = values >= np.partition(values, values.size - n)[values.size - n]
        columns, values = columns[within], values[within]
    order = np.lexsort((columns, -values))[:n]
    order = order[values[order] > 0]
    return Neighbours(columns[order].astype(np.intp), values[order].astype(np.float32))
