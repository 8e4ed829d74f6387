"""The metrics against an independent implementation, and against numbers worked out by hand."""

from __future__ import annotations

import ir_measures
import numpy as np
import pytest
from ir_measures import RR, R, nDCG
from scipy.sparse import csr_matrix
from topics import table

from recommender.evaluation.interactions import Interactions, Rows
from recommender.evaluation.metrics import (
    coverage,
    diversity,
    gini,
    hits_of,
    ndcg,
    novelty,
    pad,
    recall,
    reciprocal_rank,
)


def random_lists(seed: int) -> tuple[Rows, Rows, Interactions]:
    """Forty readers, 200 papers; lists of uneven length, some without any hit."""
    rng = np.random.default_rng(seed)
    pairs = [(r, int(p)) for r in range(40) for p in rng.choice(200, rng.integers(1, 30), False)]
    lists = [rng.choice(200, size=rng.integers(0, 101), replace=False) for _ in range(40)]
    return pad(lists, 100), np.arange(40), table(pairs, 40, 200)


def oracle(shown: Rows, readers: Rows, held: Interactions) -> dict[tuple[str, str], float]:
    qrels = [
        ir_measures.Qrel(str(r), str(p), 1) for r, p in zip(held.reader, held.paper, strict=True)
    ]
    run = [
        ir_measures.ScoredDoc(str(r), str(p), -float(rank))
        for r, ranked in zip(readers, shown, strict=True)
        for rank, p in enumerate(ranked[ranked >= 0])
    ]
    measures = [R @ 20, R @ 50, R @ 100, nDCG @ 20, RR]
    return {
        (x.query_id, str(x.measure)): x.value for x in ir_measures.iter_calc(measures, qrels, run)
    }


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_metrics_agree_with_an_independent_implementation(seed: int) -> None:
    shown, readers, held = random_lists(seed)
    theirs = oracle(shown, readers, held)
    hits, n_held = hits_of(shown, readers, held), held.per_reader()
    ours = {f"R@{k}": recall(hits, n_held, k) for k in (20, 50, 100)}
    ours |= {"nDCG@20": ndcg(hits, n_held, 20), "RR": reciprocal_rank(hits)}
    for name, values in ours.items():
        for reader in readers:
            expected = theirs.get((str(reader), name), 0.0)
            assert values[reader] == pytest.approx(expected, abs=1e-9), (name, reader)


def test_a_list_that_ended_early_gets_nothing_for_what_it_did_not_show() -> None:
    held = table([(0, 1), (0, 2)], 1, 5)
    hits = hits_of(pad([np.array([1])], 3), np.array([0]), held)
    assert hits.tolist() == [[True, False, False]]
    assert recall(hits, held.per_reader(), 3).tolist() == [0.5]


def test_the_end_of_a_list_is_not_taken_for_another_readers_last_paper() -> None:
    held = table([(0, 4), (1, 0)], 2, 5)
    hits = hits_of(pad([np.array([], dtype=np.intp)], 2), np.array([1]), held)
    assert not hits.any()


def test_coverage_is_the_share_of_the_pool_that_anybody_saw() -> None:
    assert coverage(np.array([[1, 2], [2, -1]]), np.array([1, 2, 3, 4])) == 0.5


def test_gini_is_zero_for_equal_and_high_for_one_sided_lists() -> None:
    pool = np.arange(4)
    assert gini(np.array([[0, 1], [2, 3]]), pool) == pytest.approx(0.0)
    assert gini(np.array([[0], [0]]), pool) == pytest.approx(0.75)


def test_novelty_of_an_unread_paper_is_higher() -> None:
    libraries = table([(0, 0), (1, 0), (2, 0)], 3, 2)
    assert novelty(np.array([[0]]), libraries) == pytest.approx(0.0)
    assert novelty(np.array([[1]]), libraries) == pytest.approx(2.0)


def test_diversity_is_one_minus_the_mean_cosine() -> None:
    terms = csr_matrix(np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32))
    shown = np.array([[0, 1, 2], [0, 1, -1], [0, -1, -1]])
    first, twins, alone = diversity(shown, terms)
    assert first == pytest.approx(2 / 3)
    assert twins == pytest.approx(0.0)
    assert np.isnan(alone)
