"""What papers consist of in one part of the score, and their dot products with a query. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from recommender.features.append_buffer import appended
from recommender.features.serialisation import cells_of, matrix_of
from recommender.ranking.base import Arrays, Rows, Scores, SparseRows, dots_of_rows, valid_rows
from recommender.ranking.quantised_rows import QuantisedRows

Matrix: TypeAlias = "SparseRows | NDArray[np.float32]"

DENSE_FRACTION = 4
"""Above one paper in so many, one product over all papers is faster than gathering rows."""
MAX_UNGATHERED = 100
"""Up to so many sparse rows are multiplied without slicing the matrix."""
SPARSE_FRACTION = 4
"""Below one cell in so many, adding up the query's columns is faster than the whole product.

They take as long at .28 of the cells with 5,000 papers, .35 with 25,000 and with 100,000.
"""
MIN_QUANTISED = 250_000
"""Papers from which on dense rows are kept in 8 bits too: those of a shortlist."""


@dataclass(frozen=True, slots=True)
class ItemMatrix:
    """The papers of one part: ``(n_papers, n_columns)``.

    Parameters
    ----------
    known
        ``(n_papers,) bool``; False for papers about which this part knows nothing.
    by_column
        The transpose of a sparse matrix, ``(n_columns, n_fitted)``: a query with few cells then
        reads only their columns. Papers since the fit are not in it.
    quantised
        The rows of a large dense matrix in 8 bits. Papers since the fit are not in it.
    """

    matrix: Matrix
    known: NDArray[np.bool_]
    by_column: SparseRows | None = None
    quantised: QuantisedRows | None = None

    @classmethod
    def of(cls, matrix: Matrix) -> Self:
        """Take a matrix; papers whose row is empty are unknown."""
        if isinstance(matrix, np.ndarray):
            quantised = QuantisedRows.of(matrix) if len(matrix) >= MIN_QUANTISED else None
            return cls(matrix, np.asarray(matrix.any(axis=1)), quantised=quantised)
        return cls(matrix, np.diff(matrix.indptr) > 0, matrix.T.tocsr())

    def extended(self, matrix: Matrix) -> Self:
        """Return this for a matrix with more rows behind the same ones."""
        new = np.arange(len(self), matrix.shape[0])
        if not new.size:
            return self
        return replace(self, matrix=matrix, known=appended(self.known, has_content(matrix, new)))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return what follows from the matrix, so that it need not be computed again."""
        if self.by_column is None:
            return {"known": self.known} | (
                {} if self.quantised is None else self.quantised.arrays()
            )
        n_by_column = {"n_by_column": np.array(self.by_column.shape[1])}
        return {"known": self.known, **n_by_column, **cells_of("by_column", self.by_column)}

    @classmethod
    def from_arrays(cls, matrix: Matrix, arrays: Arrays) -> Self:
        """Rebuild what `arrays` gave; from the matrix alone for a model that does not hold it."""
        known = arrays.get("known")
        if known is None:
            return cls.of(matrix)
        if isinstance(matrix, np.ndarray):
            return cls(matrix, known, quantised=QuantisedRows.from_arrays(arrays))
        return cls(matrix, known, matrix_of("by_column", arrays, int(arrays["n_by_column"])))

    def __len__(self) -> int:
        return self.known.size

    def dot_all(self, query: NDArray[np.float32]) -> Scores:
        """Return the dot products of all papers with a query, ``(n_papers,)``; 0 if unknown."""
        if self.by_column is not None:
            # Of a comparison the places are found four times as fast as of numbers.
            cells, starts = np.flatnonzero(query != 0), self.by_column.indptr
            if (starts[cells + 1] - starts[cells]).sum() * SPARSE_FRACTION < self.by_column.nnz:
                fitted = np.asarray(self.by_column[cells].T @ query[cells], dtype=np.float32)
                return self._with_newer(fitted, query)
        return np.asarray(self.matrix @ query, dtype=np.float32)

    def dot_fitted(self, query: NDArray[np.float32]) -> Scores:
        """Return what `dot_all` does, ``(n_papers,)``; of a large dense matrix only about that.

        There a quarter of the memory is read, and papers since the fit are 0.
        """
        if self.quantised is None:
            return self.dot_all(query)
        scores = np.zeros(len(self), dtype=np.float32)
        scores[: len(self.quantised)] = self.quantised.dot(query)
        return scores

    def _with_newer(self, fitted: Scores, query: NDArray[np.float32]) -> Scores:
        assert not isinstance(self.matrix, np.ndarray)
        newer = np.arange(fitted.size, len(self))
        if not newer.size:
            return fitted
        return np.concatenate([fitted, dots_of_rows(self.matrix, newer, query)])

    def dot(self, query: NDArray[np.float32], papers: Rows | None = None) -> Scores:
        """Return the dot products of some papers with a query, ``(len(papers),)``; None: of all.

        NaN for unknown papers and for rows that do not exist.
        """
        if papers is None:
            return np.where(self.known, self.dot_all(query), np.float32(np.nan))
        scores = np.full(papers.size, np.nan, dtype=np.float32)
        known = valid_rows(papers, len(self))
        known[known] = self.known[papers[known]]
        rows = papers[known]
        if rows.size * DENSE_FRACTION > len(self):
            scores[known] = self.dot_all(query)[rows]
        elif not isinstance(self.matrix, np.ndarray) and rows.size <= MAX_UNGATHERED:
            scores[known] = dots_of_rows(self.matrix, rows, query)
        else:
            scores[known] = self.matrix[rows] @ query
        return scores


def has_content(matrix: Matrix, rows: Rows) -> NDArray[np.bool_]:
    """Return which of some rows, which exist, are not empty."""
    if isinstance(matrix, np.ndarray):
        return np.asarray(matrix[rows].any(axis=1))
    return np.asarray(matrix.indptr[rows + 1] > matrix.indptr[rows])
