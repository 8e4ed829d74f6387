"""The fit of the factorisation: rounds of `implicit` with momentum, from first factors. Pure."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from recommender.ranking.als.init import first_factors
from recommender.ranking.als.term_rows import AlsOptions
from recommender.ranking.base import SparseRows

CG_STEPS = 2
"""Conjugate gradient steps a round; `implicit` takes three."""
MOMENTUM = np.float32(1.6)
"""Momentum factor (Nesterov 1983): a round starts so far along the last step."""


OnRound = Callable[[int, int], None]
"""Is told after each round how many are done, and of how many."""


def factorise(
    stacked: SparseRows,
    n_factors: int,
    options: AlsOptions,
    seed: int,
    on_round: OnRound | None = None,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return factors of papers (zero where no cell is wanted) and of rows.

    ``(n_columns, n_factors)`` and ``(n_rows, n_factors)`` for a matrix ``(n_rows, n_columns)`` of
    readers and terms by papers; the same seed gives the same factors, whatever the number of
    threads, since each row is solved by one of them.
    """
    # A new object for every fit: implicit continues from the factors it holds.
    with threadpool_limits(limits=1, user_api="blas"):
        model = AlternatingLeastSquares(
            factors=n_factors,
            regularization=options.regularization,
            alpha=options.alpha,
            num_threads=options.threads,
            random_state=seed,
        )
        model.cg_steps = CG_STEPS
        threshold = options.regularization / options.alpha
        first = first_factors(stacked, n_factors, threshold, seed)
        model.user_factors, model.item_factors = first
        _fit_in_rounds(model, stacked, options.iterations, on_round or (lambda done, of: None))
    wanted = np.bincount(stacked.indices[stacked.data > 0], minlength=stacked.shape[1]) > 0
    papers = np.where(wanted[:, None], model.item_factors, np.float32(0))
    return papers, np.asarray(model.user_factors)


def _fit_in_rounds(
    model: AlternatingLeastSquares, stacked: SparseRows, n_rounds: int, on_round: OnRound
) -> None:
    """Fit `n_rounds` rounds with momentum (Nesterov 1983).

    Alternating least squares zigzags along a valley; starting a little further in the
    direction of the last step shortens that. 10 rounds reach the loss of 14 without it.
    """
    model.iterations = 1
    model.fit(stacked, show_progress=False)
    before = found = model.user_factors, model.item_factors
    for done in range(1, n_rounds):
        on_round(done, n_rounds)
        # New arrays: implicit fits those it holds in place, and `found` is needed once more.
        steps = zip(before, found, strict=True)
        model.user_factors, model.item_factors = (b + MOMENTUM * (a - b) for b, a in steps)
        model.fit(stacked, show_progress=False)
        before, found = found, (model.user_factors, model.item_factors)
