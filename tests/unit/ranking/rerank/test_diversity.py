"""No twins in a slate, and no subject starves."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.domain import Candidate, Paper
from recommender.features import Features
from recommender.ranking.rerank.apportionment import apportion
from recommender.ranking.rerank.diversity import (
    FIRST_COMPARED,
    N_WITHOUT_DUPLICATES,
    NearDuplicateFilter,
    best_first,
    enforce_minimum_share,
)


def test_a_near_duplicate_is_refused() -> None:
    abstract = "graphs carry signals that kernels compare across many scales and sizes"
    papers = [
        Paper("Kernels for graphs", "x:1", abstract),
        Paper("Kernels for graphs (extended)", "x:2", abstract),
        Paper("Soup recipes", "x:3", "boil water with onions and carrots"),
    ]
    twins = NearDuplicateFilter(Features.of_papers(papers).paper_terms, [0, 1, 2])
    assert [twins.take(row) for row in (1, 0, 2, 1)] == [True, False, True, False]


@pytest.mark.parametrize("n", [2, 61, 200])
def test_a_near_duplicate_is_refused_however_many_are_compared(n: int) -> None:
    texts = [f"own{i} other{i} word{i}" for i in range(n - 1)]
    papers = [Paper(x, f"x:{i}", x) for i, x in enumerate([*texts, texts[0]])]
    twins = NearDuplicateFilter(Features.of_papers(papers).paper_terms, range(n))
    assert [row for row in range(n) if not twins.take(row)] == ([n - 1] if n < 200 else [])
    again = NearDuplicateFilter(Features.of_papers(papers).paper_terms, range(n))
    assert [again.take(row) for row in (n - 1, 0)] == [True, False]


def test_papers_without_words_are_no_twins_but_taken_once() -> None:
    features = Features.of_papers([Paper("", "x:1"), Paper("", "x:2"), Paper("ant", "x:3")])
    twins = NearDuplicateFilter(features.paper_terms, [0, 1])
    assert [twins.take(row) for row in (0, 1, 0)] == [True, True, False]


def test_best_first_leaves_nan_out_and_breaks_ties_by_row() -> None:
    rows = np.array([9, 4, 7, 5])
    scores = np.array([2, np.nan, 3, 2], dtype=np.float32)
    assert rows[best_first(rows, scores)].tolist() == [7, 5, 9]
    assert rows[best_first(rows, scores, 2)].tolist() == [7, 5]
    assert best_first(rows, scores, 0).size == 0


@pytest.mark.parametrize("n", [4, 10, 20])
def test_every_subject_gets_its_floor_early(n: int) -> None:
    order = [*range(50), *range(100, 150)]
    subject_of = {row: row // 100 for row in order}
    slate = enforce_minimum_share(order, subject_of, [range(50), range(100, 150)], [0.5, 0.5], n)
    for k in range(1, n + 1):
        assert sum(row >= 100 for row in slate[:k]) >= int(0.3 * k / 2)
    assert len(slate) == len(set(slate)) == n


def test_a_slate_that_has_its_floors_stays_as_it_is() -> None:
    order = [0, 100, 1, 101, 2, 102]
    subject_of = {row: row // 100 for row in order}
    assert (
        enforce_minimum_share(order, subject_of, [[0, 1, 2], [100, 101, 102]], [0.5, 0.5], 6)
        == order
    )


def test_a_subject_that_has_run_out_holds_nothing_up() -> None:
    order = list(range(8))
    assert (
        enforce_minimum_share(order, dict.fromkeys(order, 0), [order, []], [0.5, 0.5], 8) == order
    )


def test_behind_the_first_hundred_places_near_duplicates_follow_in_order() -> None:
    texts = [f"own{i} other{i} word{i}" for i in range(120)]
    texts[1] = texts[0]
    papers = [Paper(x, abstract=x, paper_id=f"doi:10.5555/{i}") for i, x in enumerate(texts)]
    terms = Features.of_papers(papers).paper_terms
    line = [Candidate(i, 1.0 - i / 1000, {}, interest_id="a") for i in range(120)]
    twins = NearDuplicateFilter(terms, range(120))
    found = [x.paper_index for x in apportion({"a": line}, {"a": 1.0}, twins, 120)]
    assert found == [
        0,
        *range(2, N_WITHOUT_DUPLICATES + 1),
        1,
        *range(N_WITHOUT_DUPLICATES + 1, 120),
    ]


def test_twins_are_found_among_many_and_among_those_that_were_not_compared_at_first() -> None:
    n = FIRST_COMPARED + 10
    texts = [f"own{i} other{i} word{i}" for i in range(n)]
    texts[1], texts[n - 1], texts[n - 2] = texts[0], texts[2], texts[n - 3]
    papers = [Paper(x, abstract=x, paper_id=f"doi:10.5555/{i}") for i, x in enumerate(texts)]
    twins = NearDuplicateFilter(Features.of_papers(papers).paper_terms, range(n))
    order = [0, 1, 2, n - 1, n - 3, n - 2, 3]
    assert [x for x in order if twins.take(x)] == [0, 2, n - 3, 3]
