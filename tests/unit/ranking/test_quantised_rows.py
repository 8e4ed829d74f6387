"""Rows in 8 bits: how far off products are, and what a model keeps of them."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.ranking import item_matrix
from recommender.ranking.item_matrix import ItemMatrix
from recommender.ranking.quantised_rows import CELLS_AT_ONCE, QuantisedRows

RNG = np.random.default_rng(3)
ROWS = (RNG.normal(size=(9_000, 30)) * RNG.lognormal(size=(9_000, 1))).astype(np.float32)
ROWS[7] = 0.0
QUERY = RNG.normal(size=30).astype(np.float32)


def test_a_product_is_off_by_half_a_step_a_cell_at_most() -> None:
    assert ROWS.size > 2 * CELLS_AT_ONCE
    kept = QuantisedRows.of(ROWS)
    bound = kept.steps / 2 * np.abs(QUERY).sum() + 1e-4
    found = kept.dot(QUERY)
    assert (np.abs(found - ROWS @ QUERY) <= bound).all()
    assert found[7] == 0.0
    assert np.corrcoef(found, ROWS @ QUERY)[0, 1] > 0.9999


def test_the_largest_cell_of_each_row_uses_all_bits() -> None:
    kept = QuantisedRows.of(ROWS)
    assert (np.abs(kept.cells).max(axis=1)[np.arange(9_000) != 7] == 127).all()


def test_papers_since_the_fit_are_zero_and_a_model_keeps_the_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(item_matrix, "MIN_QUANTISED", 1_000)
    fitted = ItemMatrix.of(ROWS[:8_000])
    loaded = ItemMatrix.from_arrays(ROWS[:8_000], fitted.arrays()).extended(ROWS)
    found = loaded.dot_fitted(QUERY)
    assert found.shape == (9_000,)
    assert not found[8_000:].any()
    assert np.corrcoef(found[:8_000], ROWS[:8_000] @ QUERY)[0, 1] > 0.9999
    assert (loaded.dot_all(QUERY) == ROWS @ QUERY).all()


def test_a_model_without_them_uses_the_exact_rows() -> None:
    loaded = ItemMatrix.from_arrays(ROWS, {"known": ROWS.any(axis=1)})
    assert loaded.quantised is None
    assert (loaded.dot_fitted(QUERY) == ROWS @ QUERY).all()
