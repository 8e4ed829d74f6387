"""Nearest papers by cosine: one function to replace by an approximate index. Pure.

A few thousand new papers find their neighbours among tens of thousands in
seconds; only `PaperIndex.nearest` has to change for more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from recommender.features.interactions import Rows, SparseRows

ROWS_AT_ONCE = 64
"""Queries whose cosines with all papers are in memory together."""
MAX_EXACT = 300_000_000
"""Pairs of a query's cell and a paper's that are all multiplied: a second or two."""
RARER, N_TRIED = 0.9, 200


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Nearest papers of one query, nearest first; `cosines` are above 0."""

    rows: Rows
    cosines: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class PaperIndex:
    """Papers among which neighbours are looked for, by term.

    Parameters
    ----------
    rows
        ``(n_papers,)`` ascending rows of the papers in the matrix they are taken from.
    by_term
        ``(n_terms, n_papers)``, the transpose of these rows.
    """

    rows: Rows
    by_term: SparseRows

    @classmethod
    def of(cls, papers: SparseRows, rows: Rows | None = None) -> Self:
        """Take some rows of ``(n_papers, n_terms)``, each of length 1 or empty; None: all."""
        if rows is None:
            return cls(np.arange(papers.shape[0]), papers.T.tocsr())
        return cls(rows, papers[rows].T.tocsr())

    def nearest(
        self, queries: SparseRows, papers: SparseRows, n: int, max_exact: int = MAX_EXACT
    ) -> list[Neighbours]:
        """Return up to `n` papers for each query, equal cosines in the order of rows.

        Exact up to `max_exact` pairs of cells; beyond, by far the most of them are of terms
        that nearly every paper has and that say little. There the rarer terms choose
        `N_TRIED` papers, and these are compared whole: a paper may be missed that shares
        common terms only.

        Parameters
        ----------
        queries
            ``(n_queries, n_terms)``, rows of length 1 or empty; an empty row is near to nothing.
        papers
            The matrix that this was made from, or one with more rows behind the same.
        """
        n_with = np.diff(self.by_term.indptr)
        if n_with[queries.indices].sum() <= max_exact:
            found = self._multiplied(queries, n)
            return [Neighbours(self.rows[x.rows], x.cosines) for x in found]
        tried = self._multiplied(_rarer(queries, n_with), max(n, N_TRIED))
        return list(_compared(queries, papers, (self.rows[x.rows] for x in tried), n))

    def _multiplied(self, queries: SparseRows, n: int) -> list[Neighbours]:
        return [
            best_of_row(cosines, n)
            for start in range(0, queries.shape[0], ROWS_AT_ONCE)
            for cosines in _rows_of(queries[start : start + ROWS_AT_ONCE] @ self.by_term)
        ]


def nearest(queries: SparseRows, papers: SparseRows, n: int) -> list[Neighbours]:
    """Return up to `n` of all `papers` for each query; see `PaperIndex.nearest`."""
    return PaperIndex.of(papers).nearest(queries, papers, n)


def _rarer(queries: SparseRows, n_with: NDArray[np.intp]) -> SparseRows:
    """Return each query's rarest terms, as many as make up `RARER` of its squared length."""
    rows = np.repeat(np.arange(queries.shape[0]), np.diff(queries.indptr))
    order = np.lexsort((n_with[queries.indices], rows))
    squares = np.cumsum(queries.data[order].astype(np.float64) ** 2)
    before = np.concatenate([[0.0], squares])
    start, end = before[queries.indptr[:-1]], before[queries.indptr[1:]]
    kept = order[before[:-1] - start[rows] < RARER * (end - start)[rows]]
    cells = (queries.data[kept], (rows[kept], queries.indices[kept]))
    return csr_matrix(cells, shape=queries.shape, dtype=np.float32)


def _compared(
    queries: SparseRows, papers: SparseRows, tried: Iterable[Rows], n: int
) -> Iterator[Neighbours]:
    """Yield for each query the `n` nearest of its own few papers."""
    query = np.zeros(papers.shape[1], dtype=np.float32)
    for i, rows in enumerate(tried):
        cells = slice(queries.indptr[i], queries.indptr[i + 1])
        query[queries.indices[cells]] = queries.data[cells]
        cosines = papers[rows] @ query
        query[queries.indices[cells]] = 0
        best = np.lexsort((rows, -cosines))[:n]
        yield Neighbours(rows[best], cosines[best])


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
