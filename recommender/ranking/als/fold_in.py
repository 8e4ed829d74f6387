"""Exact fold-in: the factors of one row, given the factors of the other side. Pure.

For confidences c and preferences p (1 wanted, 0 not), Hu, Koren & Volinsky 2008,
equation 4, with the sum over empty cells (confidence 1, preference 0) in the Gram::

    A = F'F + reg I + sum_i (c_i - 1) f_i f_i'        x = A^-1 sum_i c_i p_i f_i

With few observed rows the inverse of the Gram is updated by Woodbury's
identity instead of solving all of A. Results agree with `implicit`'s
``recalculate_user`` and ``recalculate_item``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MAX_STEPS = 60
ENOUGH = 1e-4
TINY = 1e-30


@dataclass(frozen=True, slots=True)
class Gram:
    """``F'F + reg I`` of one side's factors and its inverse, ``(n_factors, n_factors)``."""

    matrix: Floats
    inverse: Floats

    @classmethod
    def of(cls, *factors: NDArray[np.float32], regularization: float) -> Gram:
        """Sum over one or more blocks of factors, each ``(n_rows, n_factors)``."""
        n_factors = factors[0].shape[1]
        matrix = regularization * np.eye(n_factors) + sum(_self_product(x) for x in factors)
        return cls.of_matrix(np.asarray(matrix, dtype=np.float64))

    @classmethod
    def of_matrix(cls, matrix: Floats) -> Gram:
        """Rebuild from the sum itself."""
        return cls(matrix, np.asarray(np.linalg.inv(matrix), dtype=np.float64))


def _self_product(factors: NDArray[np.float32], rows_at_once: int = 65_536) -> Floats:
    total = np.zeros((factors.shape[1], factors.shape[1]))
    for start in range(0, factors.shape[0], rows_at_once):
        part = factors[start : start + rows_at_once].astype(np.float64)
        total += part.T @ part
    return total


def solve_each(
    gram: Gram,
    observed: Sequence[NDArray[np.float32]],
    confidences: Sequence[Floats],
    target: Floats,
) -> NDArray[np.float32]:
    """Return ``A^-1 target`` for several rows at once, ``(n_rows, n_factors)``.

    Each row has its own A, made of its observed rows as in `fold_in`. Conjugate
    gradients, preconditioned by the Gram (Hestenes & Stiefel 1952), in single
    precision to a residual below `ENOUGH` of the target.
    """
    extra = [np.asarray(np.abs(c) - 1.0, dtype=np.float32) for c in confidences]
    matrix, inverse = gram.matrix.astype(np.float32), gram.inverse.astype(np.float32)

    def times_a(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        products = vectors @ matrix
        for product, vector, rows, more in zip(products, vectors, observed, extra, strict=True):
            product += (more * (rows @ vector)) @ rows
        return products

    solution = np.zeros((len(observed), target.size), dtype=np.float32)
    residual = np.broadcast_to(target.astype(np.float32), solution.shape).copy()
    enough = ENOUGH * float(np.linalg.norm(target))
    step = steered = residual @ inverse
    energy = (residual * steered).sum(axis=1)
    for _ in range(MAX_STEPS):
        if np.linalg.norm(residual, axis=1).max(initial=0.0) <= enough:
            break
        along = times_a(step)
        length = energy / np.maximum((step * along).sum(axis=1), TINY)
        solution = solution + length[:, None] * step
        residual = residual - length[:, None] * along
        steered = residual @ inverse
        before, energy = energy, (residual * steered).sum(axis=1)
        step = steered + (energy / np.maximum(before, TINY))[:, None] * step
    return solution


def fold_in(gram: Gram, observed: Floats, confidences: Floats) -> Floats:
    """Return how each observed row moves the folded-in factors.

    Parameters
    ----------
    observed
        ``(n_observed, n_factors)`` factors of the observed cells' other side.
    confidences
        ``(n_observed,)``; above 0 wanted, below 0 not wanted with that
        confidence, as `implicit` reads a matrix after alpha.

    Returns
    -------
    ``(n_observed, n_factors)``: one summand per observed row, zero for those
    not wanted; the factors are their sum. So is the score of any paper.
    """
    extra = np.abs(confidences) - 1.0
    wanted = np.flatnonzero(confidences > 0)
    if observed.shape[0] * 2 < observed.shape[1]:
        projected, inner = _updated_inverse(gram, observed, extra)
        solved = np.linalg.solve(inner, np.eye(extra.size)[:, wanted]).T @ projected
    else:
        # The matrix is symmetric, and solving for some rows takes less than its inverse.
        matrix = _updated(gram, observed, extra)
        solved = np.asarray(np.linalg.solve(matrix, observed[wanted].T).T, dtype=np.float64)
    factor_contributions = np.zeros(observed.shape)
    factor_contributions[wanted] = solved * confidences[wanted, None]
    return factor_contributions


def folded(gram: Gram, observed: Floats, confidences: Floats) -> Floats:
    """Return the folded-in factors, ``(n_factors,)``: the sum of what `fold_in` gives.

    The summands are not made, so that one system is solved instead of one for each.
    """
    extra = np.abs(confidences) - 1.0
    pull = np.maximum(confidences, 0.0)
    if observed.shape[0] < observed.shape[1]:
        projected, inner = _updated_inverse(gram, observed, extra)
        return np.asarray(np.linalg.solve(inner, pull) @ projected)
    return np.asarray(np.linalg.solve(_updated(gram, observed, extra), pull @ observed))


def _updated(gram: Gram, observed: Floats, extra: Floats) -> Floats:
    """Return A itself."""
    return np.asarray(gram.matrix + observed.T @ (extra[:, None] * observed))


def _updated_inverse(gram: Gram, observed: Floats, extra: Floats) -> tuple[Floats, Floats]:
    """Return the observed rows times the Gram's inverse, and what is left to be solved."""
    projected = observed @ gram.inverse
    return projected, np.eye(extra.size) + extra[:, None] * (projected @ observed.T)
