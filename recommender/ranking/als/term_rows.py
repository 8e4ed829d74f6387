"""The terms as pseudo-readers: which, and how much they weigh. Pure; runs on fit.

How much is a rule, not a number per catalogue. Near the origin the loss of the
factorisation is that of a matrix ``alpha * M`` under a nuclear-norm penalty of
`regularization`: a direction of M is learned only if its singular value exceeds
``regularization / alpha``. A paper's own column has that length at least, so
its words can speak for it when the column stands clearly above the threshold.
Long texts spread the same length-1 row over more terms, and squaring makes such
columns shorter; hence the weight

    w = strength * (regularization / alpha) / median over papers of |T_p ** 2|

Where readers' likes are dense and shared they carry the factorisation
themselves: a paper with d likes, as `reader_weight` counts them, already has a
column of length sqrt(d), and its words weigh ``w / sqrt(1 + d / 2)``.
"""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from recommender.ranking.base import Arrays, Features, Rows, SparseRows

MIN_PAPERS_OF_A_TERM = 2
MAX_TERMS = 50_000
HALF_SHARED = 0.02
MIN_READER_WEIGHT = 0.05
SHORT = 40
"""Terms of a paper: half as many are a short text, twice as many a long one."""
SPARED = 0.6
"""Of the factors, where a paper has almost no words and no other reader."""


@dataclass(frozen=True, slots=True)
class AlsOptions:
    """How the model is fitted; `factors` is the most it may use."""

    factors: int = 256
    regularization: float = 300.0
    alpha: float = 300.0
    iterations: int = 10
    text_strength: float = 2.0
    threads: int = 1

    def as_array(self) -> NDArray[np.float64]:
        """Return the options as numbers, in the order of the fields."""
        return np.array(astuple(self), dtype=np.float64)

    @classmethod
    def from_array(cls, numbers: NDArray[np.float64]) -> Self:
        """Rebuild what `as_array` gave."""
        factors, regularization, alpha, iterations, strength, threads = numbers.tolist()
        return cls(int(factors), regularization, alpha, int(iterations), strength, int(threads))


def brevity(terms_per_paper: float) -> float:
    """Return how short texts are: 1 without a word, half at `SHORT` terms, falling to 0."""
    return 1.0 / (1.0 + (terms_per_paper / SHORT) ** 2)


def n_factors_for(
    n_papers: int, terms_per_paper: float, readers_weight: float, options: AlsOptions
) -> int:
    """Return how many factors a catalogue can fill.

    They grow with the square root of its papers, up to a most, which is less where texts are
    short and no other reader has them: then little tells more directions apart.
    """
    wanted = 8 * round(0.2 * math.sqrt(n_papers))
    spared = SPARED * brevity(terms_per_paper) * (1.0 - readers_weight)
    most = options.factors - 8 * round(options.factors * spared / 8)
    return min(max(min(wanted, most), 32), options.factors)


def likes_of_papers(reader_papers: SparseRows) -> NDArray[np.float64]:
    """Return how many likes each paper has, ``(n_papers,)``."""
    liked = reader_papers.indices[reader_papers.data > 0]
    return np.bincount(liked, minlength=reader_papers.shape[1]).astype(np.float64)


def likes_per_paper(reader_papers: SparseRows) -> float:
    """Return how many likes a paper has on average; 0 without papers."""
    likes = likes_of_papers(reader_papers)
    return float(likes.mean()) if likes.size else 0.0


def shared_likes(reader_papers: SparseRows) -> float:
    """Return how many further readers a paper has on average.

    Only readers with two likes or more count: nothing else says which papers
    belong together. A paper with one reader adds nothing, however many such
    papers and readers there are.
    """
    readers = np.repeat(np.arange(reader_papers.shape[0]), np.diff(reader_papers.indptr))
    liked = reader_papers.data > 0
    n_likes = np.bincount(readers[liked], minlength=reader_papers.shape[0])
    of_several = liked & (n_likes[readers] > 1)
    n_readers = np.bincount(reader_papers.indices[of_several], minlength=reader_papers.shape[1])
    return float(np.maximum(n_readers - 1, 0).mean()) if n_readers.size else 0.0


def reader_weight(reader_papers: SparseRows) -> float:
    """Return what a like weighs in the fit, against 1 in the fold-in.

    A lone reader's row says nothing that the fold-in does not, and teaches the
    papers to fit it; so do the rows of readers who share nothing. Rows count as
    libraries overlap: half at `HALF_SHARED`, nothing below `MIN_READER_WEIGHT`.
    """
    shared = shared_likes(reader_papers)
    weight = shared / (shared + HALF_SHARED)
    return weight if weight >= MIN_READER_WEIGHT else 0.0


@dataclass(frozen=True, slots=True)
class TermBlock:
    """The terms that take part, as columns of TF-IDF, and the weight of cells without likes."""

    columns: Rows
    weight: float

    @classmethod
    def of(cls, features: Features, options: AlsOptions) -> Self:
        """Choose the terms of a catalogue and weigh them."""
        paper_terms = features.paper_terms
        block = cls.unweighted(np.bincount(paper_terms.indices, minlength=paper_terms.shape[1]))
        return block.weighted(block.lengths(paper_terms), options)

    @classmethod
    def unweighted(cls, n_papers_with: NDArray[np.integer]) -> Self:
        """Choose terms by how many papers have each, ``(n_terms,)``."""
        usable = np.flatnonzero(n_papers_with >= MIN_PAPERS_OF_A_TERM)
        most = np.argsort(-n_papers_with[usable], kind="stable")[:MAX_TERMS]
        return cls(np.sort(usable[most]), 1.0)

    def lengths(self, paper_terms: SparseRows) -> NDArray[np.float64]:
        """Return the length of each row of `cells` that is not empty, ``(n_not_empty,)``."""
        cells = self.cells(paper_terms)
        rows = np.repeat(np.arange(cells.shape[0]), np.diff(cells.indptr))
        squares = np.bincount(rows, cells.data.astype(np.float64) ** 2, minlength=cells.shape[0])
        return np.asarray(np.sqrt(squares[squares > 0]))

    def weighted(self, lengths: NDArray[np.float64], options: AlsOptions) -> Self:
        """Weigh the terms of a catalogue by the `lengths` of all its rows, without a weight."""
        if not lengths.size:
            return self
        threshold = options.regularization / options.alpha
        weight = options.text_strength * threshold / float(np.median(lengths))
        return type(self)(self.columns, weight)

    def cells(
        self, paper_terms: SparseRows, likes: NDArray[np.float64] | None = None
    ) -> SparseRows:
        """Return ``(n_papers, n_chosen) float32``: weight times squared TF-IDF of length 1.

        Parameters
        ----------
        likes
            ``(n_papers,)`` likes as they weigh in the fit; None where there are none.
        """
        chosen = paper_terms[:, self.columns]
        squares = chosen.data.astype(np.float64) ** 2
        rows = np.repeat(np.arange(chosen.shape[0]), np.diff(chosen.indptr))
        totals = np.bincount(rows, squares, minlength=chosen.shape[0])
        if likes is not None:
            totals = totals * np.sqrt(1.0 + likes / 2.0)
        values = (self.weight * squares / totals[rows]).astype(np.float32)
        return csr_matrix((values, chosen.indices, chosen.indptr), shape=chosen.shape)

    def arrays(self) -> dict[str, NDArray[np.float64] | Rows]:
        """Return columns and weight."""
        return {"term_columns": self.columns, "term_weight": np.array(self.weight)}

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Self:
        """Rebuild what `arrays` gave."""
        return cls(arrays["term_columns"].astype(np.intp), float(arrays["term_weight"]))


@dataclass(frozen=True, slots=True)
class ReaderBlock:
    """The readers' rows as they are fitted.

    Parameters
    ----------
    liked_by
        ``(n_papers, n_readers) float32``, what each like and skip weighs; no cell is zero.
    weight
        `reader_weight`.
    likes
        ``(n_papers,)`` likes of each paper, as they weigh in the fit.
    """

    liked_by: SparseRows
    weight: float
    likes: NDArray[np.float64]

    @classmethod
    def of(cls, reader_papers: SparseRows) -> Self:
        """Weigh ``(n_readers, n_papers)``."""
        weight = reader_weight(reader_papers)
        weighted = csr_matrix(reader_papers * np.float32(weight), dtype=np.float32)
        weighted.eliminate_zeros()
        return cls(weighted.T.tocsr(), weight, weight * likes_of_papers(reader_papers))
