"""Fold-in is exact: the normal equations, and what `implicit` itself computes."""

from __future__ import annotations

import numpy as np
import pytest
from implicit.cpu.als import AlternatingLeastSquares
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits
from worlds import SMALL_ALS, profile_of_row, world_features, world_readers

from recommender.features.interactions import Profile
from recommender.ranking.als.fold_in import Gram, fold_in, folded, solve_each
from recommender.ranking.als.ranker import AlsRanker
from recommender.ranking.base import row_cells

N_PAPERS = 48


@pytest.fixture(scope="module")
def ranker() -> AlsRanker:
    return AlsRanker(SMALL_ALS).fit(world_features(), world_readers(), seed=2)


def implicit_with(papers: np.ndarray, rows: np.ndarray) -> AlternatingLeastSquares:
    with threadpool_limits(limits=1, user_api="blas"):
        model = AlternatingLeastSquares(
            factors=papers.shape[1],
            regularization=SMALL_ALS.regularization,
            alpha=SMALL_ALS.alpha,
            num_threads=1,
        )
    model.item_factors, model.user_factors = papers, rows
    return model


@pytest.mark.parametrize("n_observed", [1, 7, 19, 20, 39, 40, 60], ids=lambda n: f"{n} rows")
def test_solves_the_normal_equations(n_observed: int) -> None:
    rng = np.random.default_rng(n_observed)
    factors = rng.normal(size=(80, 40)).astype(np.float32)
    observed = factors[:n_observed].astype(np.float64)
    confidences = rng.uniform(0.1, 300, n_observed)
    confidences[1::3] *= -1
    gram = Gram.of(factors, regularization=30.0)
    full = factors.astype(np.float64).T @ factors + 30.0 * np.eye(40)
    full += observed.T @ ((np.abs(confidences) - 1)[:, None] * observed)
    wanted = observed.T @ np.where(confidences > 0, confidences, 0)
    expected = np.linalg.solve(full, wanted)
    np.testing.assert_allclose(fold_in(gram, observed, confidences).sum(axis=0), expected)
    np.testing.assert_allclose(folded(gram, observed, confidences), expected)


def test_many_rows_are_solved_at_once() -> None:
    rng = np.random.default_rng(1)
    factors = rng.normal(size=(200, 30)).astype(np.float32)
    gram = Gram.of(factors, regularization=20.0)
    observed = [rng.normal(size=(n, 30)) for n in (0, 1, 12, 80)]
    confidences = [rng.uniform(0.1, 300, len(x)) * rng.choice([-1, 1], len(x)) for x in observed]
    target = rng.normal(size=30)
    found = solve_each(gram, observed, confidences, target)
    for solution, x, c in zip(found, observed, confidences, strict=True):
        full = gram.matrix + x.T @ ((np.abs(c) - 1)[:, None] * x)
        np.testing.assert_allclose(solution, np.linalg.solve(full, target), rtol=1e-4, atol=1e-7)
    assert not solve_each(gram, observed, confidences, np.zeros(30)).any()


def test_gram_sums_over_blocks() -> None:
    rng = np.random.default_rng(0)
    one, two = (rng.normal(size=(n, 4)).astype(np.float32) for n in (3, 5))
    expected = Gram.of(np.vstack([one, two]), regularization=2.0)
    np.testing.assert_allclose(Gram.of(one, two, regularization=2.0).matrix, expected.matrix)


@pytest.mark.parametrize("liked", [[3], [3, 20, 21], list(range(30))], ids=len)
def test_readers_agree_with_implicit(ranker: AlsRanker, liked: list[int]) -> None:
    model = ranker.model
    row = np.zeros((1, N_PAPERS), dtype=np.float32)
    row[0, liked] = 1
    row[0, [40, 41]] = -0.07
    row[0, 45] = -1
    skipped = {40: -0.07, 41: -0.07, 45: -1.0}
    ours = ranker.factor_contributions(Profile.of(dict.fromkeys(liked, 1.0), skipped)).sum(axis=0)
    theirs = implicit_with(model.papers, model.terms).recalculate_user(0, csr_matrix(row))
    np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_papers_agree_with_implicit(ranker: AlsRanker) -> None:
    model = ranker.model
    rows = np.vstack([model.readers, model.terms])
    for paper in (0, 17, 47):
        readers, weights = row_cells(model.liked_by, paper)
        columns, values = row_cells(model.cells, paper)
        stacked = np.zeros((1, len(rows)), dtype=np.float32)
        stacked[0, readers] = weights
        stacked[0, len(model.readers) + columns] = values
        theirs = implicit_with(model.papers, rows).recalculate_item(0, csr_matrix(stacked))
        np.testing.assert_allclose(model.fold_paper(paper), theirs, atol=1e-5)


def test_a_reader_of_the_fit_ranks_as_folded_in(ranker: AlsRanker) -> None:
    readers = world_readers()
    for reader in (0, 1, 2, 3):
        trained = ranker.model.papers @ ranker.model.readers[reader]
        found = ranker.score(profile_of_row(readers, reader), np.arange(N_PAPERS))
        assert np.corrcoef(trained, found)[0, 1] > 0.97
        assert set(np.argsort(-trained)[:12]) == set(np.argsort(-found)[:12])


def test_a_paper_of_the_fit_is_where_folding_in_puts_it(ranker: AlsRanker) -> None:
    found = np.array([ranker.model.fold_paper(row) for row in range(N_PAPERS)])
    assert np.abs(found - ranker.model.papers).max() < 0.05 * np.abs(found).max()
