"""The rounds of the factorisation where the papers are cut into parts. Pure.

A part holds some papers' cells and factors; no step needs another part's. For row r (a reader
or a term), with confidences c, preferences p and the factors f of papers (Hu, Koren & Volinsky
2008, equation 4)::

    A_r x_r = b_r     A_r = F'F + reg I + sum_i (|c_ri| - 1) f_i f_i'     b_r = sum_i c_ri p_ri f_i

All three sums run over papers, so each is a sum over parts. Conjugate gradients (Hestenes &
Stiefel 1952) need only ``A_r d`` for a direction d of every row: one more sum over parts for each
step. Papers are then solved part by part, by `implicit` itself. From one start the factors are
those of `solver.factorise`, up to the rounding of single precision.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from numpy.typing import NDArray
from scipy.linalg import qr
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from recommender.features.svd import leading_directions
from recommender.ranking.als.init import roots_of
from recommender.ranking.als.solver import CG_STEPS, MOMENTUM
from recommender.ranking.base import Rows, SparseRows

Factors = NDArray[np.float32]
CONVERGED = np.float32(1e-20)
"""Squared residual of a row below which `implicit` stops."""
NUMBERS_AT_ONCE = 1 << 17
"""Numbers of gathered factors that are multiplied at a time: they stay in the cache."""


def confidences(cells: SparseRows, alpha: float) -> SparseRows:
    """Return cells times alpha, as `implicit` takes them; ``(n_papers, n_rows)`` as given."""
    return csr_matrix((np.float32(alpha) * cells.data, cells.indices, cells.indptr), cells.shape)


def with_momentum(before: Factors, found: Factors) -> Factors:
    """Return where the next round starts: a little beyond the last one (Nesterov 1983)."""
    return np.asarray(before + MOMENTUM * (found - before))


def gram_of(papers: Factors) -> NDArray[np.float64]:
    """Return the part's share of ``F'F``, ``(n_factors, n_factors)``."""
    wide = papers.astype(np.float64)
    return np.asarray(wide.T @ wide)


def residual_of(cells: SparseRows, papers: Factors, rows: Factors) -> Factors:
    """Return the part's share of ``b - (A - F'F - reg I) x``, ``(n_rows, n_factors)``.

    Parameters
    ----------
    cells
        ``(n_papers, n_rows)`` confidences.
    papers, rows
        Factors of the part's papers and of all rows.
    """
    values = np.maximum(cells.data, np.float32(0)) - _weighted_dots(cells, papers, rows)
    return _summed(cells, values, papers)


def products_of(cells: SparseRows, papers: Factors, directions: Factors) -> Factors:
    """Return the part's share of ``(A - F'F - reg I) d`` for each row, ``(n_rows, n_factors)``."""
    return _summed(cells, _weighted_dots(cells, papers, directions), papers)


def _summed(cells: SparseRows, values: Factors, papers: Factors) -> Factors:
    return np.asarray(csr_matrix((values, cells.indices, cells.indptr), cells.shape).T @ papers)


def _weighted_dots(cells: SparseRows, papers: Factors, rows: Factors) -> Factors:
    """Return ``(|c| - 1) <f_i, x_r>`` for each cell, ``(n_cells,)``."""
    paper_of = np.repeat(np.arange(cells.shape[0]), np.diff(cells.indptr))
    dots = np.empty(cells.nnz, dtype=np.float32)
    step = max(NUMBERS_AT_ONCE // max(papers.shape[1], 1), 1)
    for start in range(0, cells.nnz, step):
        some = slice(start, start + step)
        own, others = papers[paper_of[some]], rows[cells.indices[some]]
        np.einsum("ij,ij->i", own, others, out=dots[some])
    dots *= np.abs(cells.data) - np.float32(1)
    return dots


def solve_rows(
    start: Factors,
    residual: Factors,
    gram: Factors,
    products: Callable[[Factors], Factors],
    n_cells: NDArray[np.int64],
) -> Factors:
    """Return the factors of all rows after the steps of one round, ``(n_rows, n_factors)``.

    Parameters
    ----------
    residual
        The sum of `residual_of` at `start` over all parts.
    gram
        ``F'F + reg I``.
    products
        Returns the sum of `products_of` over all parts.
    n_cells
        ``(n_rows,)``; a row without cells becomes zero.
    """
    found = start.copy()
    residual = residual - start @ gram
    direction = residual.copy()
    square = _squares(residual)
    for _ in range(CG_STEPS):
        going = square >= CONVERGED
        along = direction @ gram + products(direction)
        length = _ratio(square, (direction * along).sum(axis=1), going)
        found += length[:, None] * direction
        residual -= length[:, None] * along
        before, square = square, np.where(going, _squares(residual), square)
        direction = residual + _ratio(square, before, going)[:, None] * direction
        square = np.where(going, square, np.float32(0))
    found[n_cells == 0] = 0
    return found


def _squares(rows: Factors) -> Factors:
    return np.asarray((rows * rows).sum(axis=1))


def _ratio(above: Factors, below: Factors, where: NDArray[np.bool_]) -> Factors:
    return np.divide(above, below, out=np.zeros_like(above), where=where & (below != 0))


def solve_papers(
    cells: SparseRows, papers: Factors, rows: Factors, regularization: float
) -> Factors:
    """Return the factors of a part's papers after one round, ``(n_papers, n_factors)``.

    Parameters
    ----------
    papers
        Where the round starts.
    rows
        The factors of all rows that this round found.
    """
    model = AlternatingLeastSquares(factors=papers.shape[1], num_threads=1)
    model.cg_steps = CG_STEPS
    found = np.array(papers, dtype=np.float32)
    with threadpool_limits(limits=1, user_api="blas"):
        model.solver(cells, found, rows, regularization, num_threads=1)
    return found


def wanted_papers(cells: SparseRows, papers: Factors) -> Factors:
    """Return a part's factors with zero for papers without a wanted cell."""
    paper_of = np.repeat(np.arange(cells.shape[0]), np.diff(cells.indptr))
    wanted = np.bincount(paper_of[cells.data > 0], minlength=cells.shape[0]) > 0
    return np.where(wanted[:, None], papers, np.float32(0))


def sketch_of(cells: SparseRows, papers: Factors) -> Factors:
    """Return the part's share of ``M Q`` for M = rows x papers, ``(n_rows, n_columns)``."""
    return np.asarray(cells.T @ papers)


def basis_of(sketch: Factors) -> Factors:
    """Return an orthonormal basis of a sum of sketches (Halko, Martinsson & Tropp 2011)."""
    found, _ = qr(sketch, mode="economic", check_finite=False)
    return np.ascontiguousarray(found)


@dataclass(frozen=True, slots=True)
class FirstFactors:
    """The first factors of rows, and the map that gives those of papers; see `init.first_factors`.

    Parameters
    ----------
    rows
        ``(n_rows, n_factors)``.
    of_projected
        ``(n_basis, n_factors)``; a part's papers are its cells times the basis times this.
    """

    rows: Factors
    of_projected: Factors

    @classmethod
    def of(
        cls, basis: Factors, squares: NDArray[np.float64], n_factors: int, threshold: float
    ) -> FirstFactors:
        """Take the basis and the sum of `gram_of` of ``cells @ basis`` over all parts."""
        values, turned = leading_directions(squares, n_factors)
        turned = turned.astype(np.float32)
        gain = np.divide(1.0, values, out=np.zeros_like(values), where=values > 0)
        roots = roots_of(values, threshold)
        rows = ((basis @ turned) * roots).astype(np.float32)
        return cls(rows, (turned * gain * roots).astype(np.float32))

    def scaled(self, gain: float) -> FirstFactors:
        """Return both times a gain."""
        return FirstFactors(np.float32(gain) * self.rows, np.float32(gain) * self.of_projected)


def predictions_of(
    cells: SparseRows, papers: Factors, rows: Factors, row_of: Rows, place: Rows
) -> float:
    """Return the sum of what factors predict for some cells of a part.

    Parameters
    ----------
    row_of, place
        Each cell's row, and how many cells of the part's lie before it in that row.
    """
    by_row = cells.T.tocsr()
    paper_of = by_row.indices[by_row.indptr[row_of] + place]
    return float((rows[row_of] * papers[paper_of]).sum(axis=1).sum())
