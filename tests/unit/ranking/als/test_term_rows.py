"""Which terms take part in the factorisation, and the rule for what they weigh."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from worlds import world_features, world_readers

from recommender.config import AlsSettings
from recommender.domain import Paper
from recommender.features import Features
from recommender.ranking.als.term_rows import (
    AlsOptions,
    TermBlock,
    likes_of_papers,
    likes_per_paper,
    n_factors_for,
    reader_weight,
    shared_likes,
)

OPTIONS = AlsOptions()


def column_lengths(
    features: Features, block: TermBlock, likes: np.ndarray | None = None
) -> np.ndarray:
    return np.sqrt(block.cells(features.paper_terms, likes).power(2).sum(axis=1)).A1


def test_a_median_paper_stands_as_far_above_the_threshold_as_set() -> None:
    features = world_features()
    for options in (OPTIONS, AlsOptions(alpha=100, regularization=50, text_strength=3)):
        block = TermBlock.of(features, options)
        threshold = options.regularization / options.alpha
        median = np.median(column_lengths(features, block))
        assert median == pytest.approx(options.text_strength * threshold, rel=1e-5)


def test_longer_texts_get_a_larger_weight() -> None:
    short = Features.of_papers([Paper(f"ant bee cow{i}", f"x:{i}") for i in range(6)])
    words = " ".join(f"{a}{b}" for a in "abcdefgh" for b in "klmnpq")
    long = Features.of_papers([Paper(words + f" cow{i}", f"x:{i}") for i in range(6)])
    short_weight, long_weight = (TermBlock.of(f, OPTIONS).weight for f in (short, long))
    assert long_weight > 2 * short_weight


def test_likes_of_a_paper_leave_less_to_its_words() -> None:
    features, likes = world_features(), np.arange(48.0)
    block = TermBlock.of(features, OPTIONS)
    ratio = column_lengths(features, block) / column_lengths(features, block, likes)
    np.testing.assert_allclose(ratio, np.sqrt(1 + likes / 2), rtol=1e-5)


def test_likes_are_counted_by_paper() -> None:
    readers = world_readers(64)  # 64 * 6 likes on 48 papers: 8 each, and a few skips
    assert likes_per_paper(readers) == 8
    np.testing.assert_array_equal(likes_of_papers(readers), (readers.toarray() > 0).sum(axis=0))
    assert not likes_of_papers(-readers)[readers.toarray().min(axis=0) >= 0].any()


def test_cells_of_a_paper_sum_to_the_weight() -> None:
    features = world_features()
    block = TermBlock.of(features, OPTIONS)
    cells = block.cells(features.paper_terms)
    np.testing.assert_allclose(cells.sum(axis=1).A1, block.weight, rtol=1e-5)
    assert cells.dtype == np.float32


def test_a_term_of_one_paper_takes_no_part() -> None:
    features = Features.of_papers([Paper("ant bee", "x:1"), Paper("ant cow", "x:2")])
    block = TermBlock.of(features, OPTIONS)
    assert [features.terms[c] for c in block.columns] == ["ant"]


@pytest.mark.parametrize("titles", [["", ""], ["ant", "bee"]], ids=["no text", "nothing shared"])
def test_without_shared_terms_the_block_is_empty(titles: list[str]) -> None:
    features = Features.of_papers([Paper(t, f"x:{i}") for i, t in enumerate(titles)])
    block = TermBlock.of(features, OPTIONS)
    assert block.cells(features.paper_terms).nnz == 0
    assert np.isfinite(block.weight)


@pytest.mark.parametrize(
    ("n_papers", "most", "factors"),
    [
        (1, 256, 32),
        (228, 256, 32),
        (1704, 256, 64),
        (26_000, 256, 256),
        (10**6, 256, 256),
        (228, 16, 16),
        (26_000, 100, 100),
    ],
)
def test_factors_grow_with_the_root_of_the_catalogue(
    n_papers: int, most: int, factors: int
) -> None:
    assert n_factors_for(n_papers, 10_000, 0.0, AlsOptions(factors=most)) == factors


@pytest.mark.parametrize(
    ("n_papers", "n_terms", "readers", "factors"),
    [
        (26_000, 18, 0.0, 128),
        (26_000, 18, 1.0, 256),
        (26_000, 18, 0.5, 192),
        (26_000, 97, 0.0, 232),
        (4_000, 10, 0.0, 104),
        (228, 10, 0.0, 32),
    ],
)
def test_short_texts_that_nobody_else_reads_fill_fewer_factors(
    n_papers: int, n_terms: float, readers: float, factors: int
) -> None:
    assert n_factors_for(n_papers, n_terms, readers, OPTIONS) == factors


def test_readers_count_as_their_libraries_overlap() -> None:
    weights = [reader_weight(world_readers(n)) for n in (1, 8, 64)]
    assert weights[0] == 0
    assert 0 < weights[1] < weights[2]
    assert weights[2] > 0.99


def test_readers_who_share_nothing_do_not_count() -> None:
    apart = csr_matrix(np.kron(np.eye(100), np.ones((1, 3))).astype(np.float32))
    assert reader_weight(apart) == 0
    of_one_like_each = csr_matrix(np.ones((500, 1), dtype=np.float32))
    assert shared_likes(of_one_like_each) == 0


def test_a_further_reader_of_a_paper_is_counted() -> None:
    table = np.array([[1, 1, 0, 0], [0, 1, 1, -1], [0, 1, 1, 0]], dtype=np.float32)
    assert shared_likes(csr_matrix(table)) == (0 + 2 + 1 + 0) / 4


def test_skips_are_no_likes() -> None:
    matrix = csr_matrix(np.array([[1, -0.07], [0, -1]], dtype=np.float32))
    assert likes_per_paper(matrix) == 0.5
    assert likes_per_paper(csr_matrix(np.zeros((2, 0), dtype=np.float32))) == 0.0


def test_what_is_evaluated_is_what_is_served_by_default() -> None:
    served = AlsOptions(**AlsSettings().model_dump())
    assert replace(served, threads=OPTIONS.threads) == OPTIONS  # factors do not depend on threads


def test_options_survive_as_numbers() -> None:
    options = AlsOptions(24, 10.5, 20.25, 3, 1.5, 2)
    assert AlsOptions.from_array(options.as_array()) == options
