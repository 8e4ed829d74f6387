"""The factorisation itself: fitted in `solver`, kept and folded into by our own code.

Runs in the training job; nothing here knows a reader's name or a request.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from recommender.features.append_buffer import appended, appended_rows
from recommender.features.nearest_neighbours import PaperIndex
from recommender.features.serialisation import cells_of, matrix_of
from recommender.ranking.als.fold_in import Floats, Gram, folded
from recommender.ranking.als.solver import OnRound, factorise
from recommender.ranking.als.term_rows import (
    AlsOptions,
    ReaderBlock,
    TermBlock,
    likes_of_papers,
    n_factors_for,
)
from recommender.ranking.base import Arrays, Features, Rows, SparseRows, row_cells

N_LENDERS, LENT = 30, 0.4
"""How many liked papers lend a new one their factors, and what part of their mean."""
MAX_EXACT_LENDERS = 50_000_000
"""Pairs of cells multiplied to find them, of all new papers together; see `PaperIndex`."""
GROWING = ("papers", *(f"cells_{x}" for x in ("values", "columns", "starts")))
"""The arrays to which papers after the fit are appended."""


@dataclass(frozen=True, slots=True)
class Factorisation:
    """What was learned; factors are ``(n_rows, n_factors) float32``.

    Parameters
    ----------
    papers
        A row for every paper that can be scored; all zero where nothing is known.
    readers, terms
        The rows of the stacked matrix.
    of_papers, of_rows
        Grams of the fitted papers, and of readers and terms together.
    block, cells
        Which terms take part, and ``(n_papers, n_terms)`` cells of all papers.
    liked_by
        ``(n_fitted, n_readers)``, the readers' cells as they were fitted.
    reader_weight
        What a like weighed in the fit, against 1 in the fold-in.
    likes
        ``(n_fitted,)`` likes of each paper, as they weighed in the fit.
    lenders
        The papers that readers had in the fit, by their terms.
    """

    options: AlsOptions
    papers: NDArray[np.float32]
    readers: NDArray[np.float32]
    terms: NDArray[np.float32]
    of_papers: Gram
    of_rows: Gram
    block: TermBlock
    cells: SparseRows
    liked_by: SparseRows
    reader_weight: float
    likes: Floats
    lenders: PaperIndex

    @classmethod
    def fit(
        cls,
        features: Features,
        reader_papers: SparseRows,
        options: AlsOptions,
        seed: int,
        on_round: OnRound | None = None,
    ) -> Self:
        """Factorise ``[readers ; terms] x papers``."""
        block, readers = TermBlock.of(features, options), ReaderBlock.of(reader_papers)
        cells = block.cells(features.paper_terms, readers.likes)
        stacked = vstack([readers.liked_by.T, cells.T], format="csr")
        stacked = csr_matrix(stacked, dtype=np.float32)
        n_terms = features.n_terms_median
        n_factors = n_factors_for(len(features), n_terms, readers.weight, options)
        papers, rows = factorise(stacked, n_factors, options, seed, on_round)
        return cls.of_factors(features, options, papers, rows, block, readers, cells)

    @classmethod
    def of_factors(
        cls,
        features: Features,
        options: AlsOptions,
        papers: NDArray[np.float32],
        rows: NDArray[np.float32],
        block: TermBlock,
        readers: ReaderBlock,
        cells: SparseRows,
    ) -> Self:
        """Take fitted factors of papers and of rows, readers first, and what they were fitted to.

        Parameters
        ----------
        cells
            ``(n_papers, n_terms)``, what `TermBlock.cells` gives with the readers' likes.
        """
        n_readers, regularization = readers.liked_by.shape[1], options.regularization
        return cls(
            options,
            papers,
            rows[:n_readers],
            rows[n_readers:],
            Gram.of(papers, regularization=regularization),
            Gram.of(rows, regularization=regularization),
            block,
            cells,
            readers.liked_by,
            readers.weight,
            readers.likes,
            _lenders(features, readers.liked_by),
        )

    def extended(self, features: Features) -> Factorisation:
        """Fold in the papers that have no factors yet, from their terms and their like.

        Papers that readers have liked lend theirs to a new paper of like words,
        as far as readers count: what is read together with them is so with it.
        """
        known = self.papers.shape[0]
        if len(features) == known:
            return self
        new = self.block.cells(features.paper_terms[known:])
        wider = replace(self, cells=appended_rows(self.cells, new))
        folded = [wider.fold_paper(row) for row in range(known, len(features))]
        papers = np.array(folded, dtype=np.float32) + self._lent(features)
        return replace(wider, papers=appended(self.papers, papers))

    def _lent(self, features: Features) -> NDArray[np.float32]:
        """Return what new papers get from the nearest liked ones, ``(n_new, n_factors)``."""
        known = self.papers.shape[0]
        lent = np.zeros((len(features) - known, self.papers.shape[1]), dtype=np.float32)
        terms = features.paper_terms
        nearest = self.lenders.nearest(terms[known:], terms, N_LENDERS, MAX_EXACT_LENDERS)
        for row, found in enumerate(nearest):
            if found.rows.size:
                shares = found.cosines / found.cosines.sum()
                lent[row] = shares @ self.papers[found.rows]
        return np.float32(LENT * self.reader_weight) * lent

    def fold_paper(self, row: int) -> Floats:
        """Return a paper's factors from its terms and the readers who had it, ``(n_factors,)``."""
        observed, confidences = self.observed(row)
        return folded(self.of_rows, observed.astype(np.float64), confidences)

    def observed(self, row: int) -> tuple[NDArray[np.float32], Floats]:
        """Return factors and confidences of a paper's cells, terms first, then readers."""
        columns, values = row_cells(self.cells, row)
        factors = self.terms[columns]
        if row < self.liked_by.shape[0]:
            readers, weights = row_cells(self.liked_by, row)
            factors = np.vstack([factors, self.readers[readers]])
            values = np.concatenate([values, weights])
        return factors, self.options.alpha * values

    def papers_of_reader(self, reader: int) -> Rows:
        """Return the rows of papers on which a reader had a cell in the fit."""
        cells = np.flatnonzero(self.liked_by.indices == reader)
        return np.searchsorted(self.liked_by.indptr, cells, side="right") - 1

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return what features do not hold, and what takes long to compute from them."""
        return {
            "papers": self.papers,
            "readers": self.readers,
            "terms": self.terms,
            "of_papers": self.of_papers.matrix,
            "of_rows": self.of_rows.matrix,
            "options": self.options.as_array(),
            **self.block.arrays(),
            **cells_of("liked_by", self.liked_by),
            "reader_weight": np.array(self.reader_weight),
            **cells_of("cells", self.cells),
            "likes": self.likes,
            "lenders": self.lenders.rows,
            **cells_of("lenders_by_term", self.lenders.by_term),
        }

    @classmethod
    def from_arrays(cls, features: Features, arrays: Arrays) -> Self:
        """Rebuild what `arrays` gave."""
        block, weight = TermBlock.from_arrays(arrays), float(arrays["reader_weight"])
        liked_by = matrix_of("liked_by", arrays, len(arrays["readers"]))
        if "cells_values" in arrays:
            likes, cells = arrays["likes"], matrix_of("cells", arrays, block.columns.size)
            by_term = matrix_of("lenders_by_term", arrays, arrays["lenders"].size)
            lenders = PaperIndex(arrays["lenders"], by_term)
        else:  # a model of an older version, which does not hold them
            likes = weight * likes_of_papers(liked_by.T.tocsr())
            cells = block.cells(features.paper_terms, likes)
            lenders = _lenders(features, liked_by)
        return cls(
            AlsOptions.from_array(arrays["options"]),
            arrays["papers"],
            arrays["readers"],
            arrays["terms"],
            Gram.of_matrix(arrays["of_papers"]),
            Gram.of_matrix(arrays["of_rows"]),
            block,
            cells,
            liked_by,
            weight,
            likes,
            lenders,
        )


def _lenders(features: Features, liked_by: SparseRows) -> PaperIndex:
    return PaperIndex.of(features.paper_terms, np.flatnonzero(np.diff(liked_by.indptr)))
