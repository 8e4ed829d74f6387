"""Who liked which paper on which day, as three columns. Pure.

The columns are what every split works on; a matrix is made from them where a
model wants one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Rows: TypeAlias = NDArray[np.intp]
"""Row numbers of readers or papers, ``(n,) intp``."""


@dataclass(frozen=True, slots=True)
class Interactions:
    """Pairs of reader and paper, sorted by both, each pair once.

    Parameters
    ----------
    reader, paper
        Row numbers, ``(n,) intp`` each.
    day
        Days since 1970-01-01, ``(n,) float64``; NaN where the day is unknown.
    n_readers, n_papers
        Sizes of the two vocabularies.
    """

    reader: Rows
    paper: Rows
    day: NDArray[np.float64]
    n_readers: int
    n_papers: int

    def __len__(self) -> int:
        return len(self.reader)

    def only(self, keep: NDArray[np.bool_]) -> Interactions:
        """Return the pairs marked in `keep`, ``(n,) bool``; the sizes stay."""
        return Interactions(
            self.reader[keep], self.paper[keep], self.day[keep], self.n_readers, self.n_papers
        )

    def of_readers(self, readers: Rows) -> Interactions:
        """Return the pairs of these readers."""
        chosen = np.zeros(self.n_readers, dtype=bool)
        chosen[readers] = True
        return self.only(chosen[self.reader])

    def matrix(self) -> csr_matrix:
        """Return ``(n_readers, n_papers) float32`` with 1 for a pair; columns sorted."""
        bounds = np.concatenate(([0], np.cumsum(self.per_reader())))
        cells = np.ones(len(self), dtype=np.float32)
        shape = (self.n_readers, self.n_papers)
        return csr_matrix((cells, self.paper, bounds), shape=shape)

    def per_reader(self) -> Rows:
        """Return how many pairs every reader has, ``(n_readers,)``."""
        return np.bincount(self.reader, minlength=self.n_readers)

    def per_paper(self) -> Rows:
        """Return in how many pairs every paper is, ``(n_papers,)``."""
        return np.bincount(self.paper, minlength=self.n_papers)


def interactions(
    reader: Rows, paper: Rows, day: NDArray[np.float64], n_readers: int, n_papers: int
) -> Interactions:
    """Sort the columns and keep the earliest of repeated pairs (an unknown day comes last)."""
    order = np.lexsort((day, paper, reader))
    reader, paper, day = reader[order], paper[order], day[order]
    first = np.ones(len(reader), dtype=bool)
    first[1:] = (reader[1:] != reader[:-1]) | (paper[1:] != paper[:-1])
    return Interactions(reader[first], paper[first], day[first], n_readers, n_papers)


def no_interactions(n_readers: int, n_papers: int) -> Interactions:
    """Return a table without pairs."""
    none = np.empty(0, dtype=np.intp)
    return Interactions(none, none, np.empty(0), n_readers, n_papers)
