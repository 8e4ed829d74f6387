"""What every ranker can do. Fitting and scoring are pure: arrays in, arrays out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from recommender.features import Features
from recommender.features.interactions import Profile, Rows, SparseRows

__all__ = ["Arrays", "Features", "Profile", "Ranker", "Rows", "Scores", "SparseRows"]

Arrays = Mapping[str, NDArray[Any]]
Scores = NDArray[np.float32]

MAX_BLOCK = 1_000_000
"""Cells of the largest dense block that a product of rows makes."""


class Ranker(Protocol):
    """A way to order papers for a reader.

    An unfitted ranker is made without arguments. `fit` returns a new object
    and leaves the old one as it was, so a second fit equals a fresh one.
    """

    name: ClassVar[str]

    def fit(self, features: Features, reader_papers: SparseRows, seed: int) -> Self:
        """Learn from a catalogue and from all readers' weights.

        Parameters
        ----------
        features
            The papers; all of them count as known.
        reader_papers
            ``(n_readers, n_papers) float32``; above 0 wanted, below 0 not, an
            empty cell means nothing is known. May have no rows.
        seed
            Same input and seed, same scores.
        """
        ...

    def extended(self, features: Features) -> Self:
        """Return a ranker that also scores the rows appended to `features` since the fit."""
        ...

    def score(self, profile: Profile, papers: Rows) -> Scores:
        """Score papers for a reader; higher is better, order of `papers` kept.

        Returns
        -------
        ``(len(papers),) float32``; NaN where a paper cannot be scored (also for
        row numbers that do not exist), all NaN where the reader liked nothing
        this ranker knows. Rows of the profile that do not exist are passed over.
        """
        ...

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return everything learned that `features` does not hold, ready for ``.npy``."""
        ...

    @classmethod
    def from_arrays(cls, features: Features, arrays: Arrays) -> Self:
        """Rebuild a fitted ranker; scores alike."""
        ...


def valid_rows(rows: Rows, n_papers: int) -> NDArray[np.bool_]:
    """Return which row numbers exist."""
    return (rows >= 0) & (rows < n_papers)


def row_cells(matrix: SparseRows, row: int) -> tuple[Rows, NDArray[np.float64]]:
    """Return the columns and values of one row."""
    cells = slice(matrix.indptr[row], matrix.indptr[row + 1])
    return matrix.indices[cells].astype(np.intp), matrix.data[cells].astype(np.float64)


def places_of(rows: Rows, wanted: Rows) -> Rows:
    """Return where `wanted` rows are in ascending `rows`; those that are not there are left out."""
    places = np.searchsorted(rows, wanted)
    inside = places < rows.size
    there = rows[places[inside]] == wanted[inside]
    return np.asarray(places[inside][there], dtype=np.intp)


def rows_outside(rows: Rows, asked: Rows) -> Rows:
    """Return those of the `asked` rows that are not in ascending `rows`."""
    if not rows.size:
        return asked
    places = np.minimum(np.searchsorted(rows, asked), rows.size - 1)
    return np.asarray(asked[rows[places] != asked], dtype=np.intp)


def sum_of_rows(matrix: SparseRows, rows: Rows, weights: NDArray[Any]) -> Scores:
    """Return the weighted sum of a few rows, ``(n_columns,)``, without slicing the matrix."""
    cells, lengths = cells_in(matrix, rows)
    values = matrix.data[cells] * np.repeat(weights, lengths)
    sums = np.bincount(matrix.indices[cells], values, minlength=matrix.shape[1])
    return sums.astype(np.float32)


def dots_of_rows(matrix: SparseRows, rows: Rows, direction: NDArray[np.float32]) -> Scores:
    """Return ``matrix[rows] @ direction`` without slicing the matrix."""
    cells, lengths = cells_in(matrix, rows)
    products = matrix.data[cells] * direction[matrix.indices[cells]]
    places = np.repeat(np.arange(rows.size), lengths)
    return np.bincount(places, products, minlength=rows.size).astype(np.float32)


def squares_of_rows(matrix: SparseRows, rows: Rows) -> Scores:
    """Return the squared length of some rows, ``(n_rows,)``, without slicing the matrix."""
    cells, lengths = cells_in(matrix, rows)
    places = np.repeat(np.arange(rows.size), lengths)
    return np.bincount(places, matrix.data[cells] ** 2, minlength=rows.size).astype(np.float32)


def times_each(matrix: Any, columns: NDArray[np.float32]) -> Scores:
    """Return ``matrix @ columns``, ``(n_rows, n_columns)``, one column at a time.

    SciPy's product with a few columns takes longer than as many products with one.
    """
    found = np.empty((matrix.shape[0], columns.shape[1]), dtype=np.float32, order="F")
    for i in range(columns.shape[1]):
        found[:, i] = matrix @ np.ascontiguousarray(columns[:, i])
    return found


def products_of_rows(matrix: SparseRows, rows: Rows, others: Rows) -> Scores:
    """Return ``matrix[rows] @ matrix[others].T``, ``(n_rows, n_others)``.

    Of a few rows only the columns that the others have are looked at, as dense blocks.
    """
    cells, lengths = cells_in(matrix, others)
    columns, places = np.unique(matrix.indices[cells], return_inverse=True)
    if max(rows.size, others.size) * columns.size > MAX_BLOCK:
        return np.asarray((matrix[rows] @ matrix[others].T).todense(), dtype=np.float32)
    dense = np.zeros((others.size, columns.size), dtype=np.float32)
    dense[np.repeat(np.arange(others.size), lengths), places] = matrix.data[cells]
    place_of = np.full(matrix.shape[1], -1, dtype=np.int32)
    place_of[columns] = np.arange(columns.size, dtype=np.int32)
    cells, lengths = cells_in(matrix, rows)
    found = place_of[matrix.indices[cells]]
    shared = found >= 0
    own = np.zeros((rows.size, columns.size), dtype=np.float32)
    own[np.repeat(np.arange(rows.size), lengths)[shared], found[shared]] = matrix.data[
        cells[shared]
    ]
    return own @ dense.T


def cells_in(matrix: SparseRows, rows: Rows) -> tuple[Rows, Rows]:
    """Return where the cells of some rows are, row by row, and how many each has."""
    starts = matrix.indptr[rows].astype(np.intp)
    lengths = matrix.indptr[rows + 1] - starts
    shifts = np.repeat(starts - np.cumsum(lengths) + lengths, lengths)
    return shifts + np.arange(shifts.size), lengths


def arrays_of_part(part: str, arrays: Arrays) -> dict[str, NDArray[Any]]:
    """Return the arrays whose names begin with ``part.``, without that beginning."""
    prefix = part + "."
    return {k.removeprefix(prefix): v for k, v in arrays.items() if k.startswith(prefix)}
