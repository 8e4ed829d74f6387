"""Momentum brings the factorisation nearer to its end in as many rounds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from recommender.ranking.als import solver
from recommender.ranking.als.term_rows import AlsOptions

OPTIONS = AlsOptions(regularization=2.0, alpha=30.0)
N_FACTORS = 12


def stacked() -> csr_matrix:
    rng = np.random.default_rng(3)
    near = rng.random((90, 6)) @ rng.random((6, 70))
    return csr_matrix((near > np.quantile(near, 0.9)).astype(np.float32))


def loss(n_rounds: int) -> float:
    """Return what the rounds minimise (Hu, Koren & Volinsky 2008, equation 3)."""
    wanted = stacked().toarray()
    options = replace(OPTIONS, iterations=n_rounds)
    papers, rows = solver.factorise(stacked(), N_FACTORS, options, seed=0)
    missed = np.where(wanted > 0, OPTIONS.alpha, 1.0) * (wanted - rows @ papers.T) ** 2
    return float(missed.sum() + OPTIONS.regularization * ((papers**2).sum() + (rows**2).sum()))


def test_momentum_leaves_less_to_be_won(monkeypatch: pytest.MonkeyPatch) -> None:
    end = loss(200)
    with_momentum = loss(10) - end
    monkeypatch.setattr(solver, "MOMENTUM", np.float32(1))
    without = loss(10) - end
    assert 0 <= with_momentum < 0.8 * without


@pytest.mark.parametrize("n_rounds", [1, 2, 3])
def test_every_round_wins_something(n_rounds: int) -> None:
    assert loss(n_rounds + 1) < loss(n_rounds)


def test_a_paper_without_a_wanted_cell_has_no_factors() -> None:
    cells = stacked().tolil()
    cells[:, 5] = 0
    cells[2, 5] = -1
    papers, _ = solver.factorise(csr_matrix(cells), N_FACTORS, OPTIONS, seed=0)
    assert not papers[5].any()
    assert papers[4].any()


def test_two_threads_give_the_same_factors_as_one() -> None:
    told: list[tuple[int, int]] = []
    options = AlsOptions(factors=8, iterations=4)
    one = solver.factorise(stacked(), 8, options, 0)
    two = solver.factorise(stacked(), 8, replace(options, threads=2), 0, lambda *x: told.append(x))
    for first, second in zip(one, two, strict=True):
        np.testing.assert_array_equal(first, second)
    assert told == [(1, 4), (2, 4), (3, 4)]
