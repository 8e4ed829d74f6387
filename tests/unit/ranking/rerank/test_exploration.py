"""Drawn positions: off by default, and their chance is what they were drawn with."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from recommender.domain import Candidate
from recommender.ranking.rerank.exploration import N_RESERVE, drawn_positions, explore

LINE = [Candidate(row, 1.0 - row / 1000) for row in range(200)]


def test_off_the_line_stays_as_it_is() -> None:
    slate = explore(LINE, 10, 0.0, seed=1)
    assert slate == LINE[:10]
    assert {c.propensity for c in slate} == {1.0}


def test_one_in_ten_is_the_last_of_every_ten() -> None:
    assert drawn_positions(25, 0.1) == [9, 19]
    assert drawn_positions(10, 0.0) == []


def test_a_drawn_paper_says_so_and_with_which_chance() -> None:
    slate = explore(LINE, 10, 0.1, seed=1)
    assert slate[:9] == LINE[:9]
    assert slate[9].explored
    assert slate[9].propensity == 1 / N_RESERVE
    assert 9 <= slate[9].paper_index < 9 + N_RESERVE


@pytest.mark.slow
@pytest.mark.parametrize(("n", "share"), [(10, 0.1), (30, 0.2)])
def test_the_stated_chance_of_every_position_is_the_observed_one(n: int, share: float) -> None:
    n_draws = 10_000
    shown: Counter[tuple[int, int]] = Counter()
    stated: dict[tuple[int, int], float] = {}
    for seed in range(n_draws):
        for position, paper in enumerate(explore(LINE, n, share, seed)):
            shown[position, paper.paper_index] += 1
            stated[position, paper.paper_index] = paper.propensity
    chance = np.array(list(stated.values()))
    observed = np.array([shown[x] for x in stated]) / n_draws
    spread = np.sqrt(chance * (1 - chance) / n_draws)
    assert (np.abs(observed - chance) <= 4.5 * spread).all()
    per_position = Counter[int]()
    for (position, _), p in stated.items():
        per_position[position] += round(p * N_RESERVE)
    assert set(per_position.values()) == {N_RESERVE}  # the chances of a position add up to 1


def test_a_drawn_paper_knows_what_it_was_drawn_from() -> None:
    slate = explore(LINE, 10, 0.1, seed=1)
    assert slate[9].drawn_from == {x.paper_index: x.score for x in LINE[9 : 9 + N_RESERVE]}
    assert not any(x.drawn_from for x in slate[:9])


def test_same_seed_same_draw() -> None:
    assert explore(LINE, 30, 0.1, seed=5) == explore(LINE, 30, 0.1, seed=5)


@pytest.mark.parametrize("n_line", [0, 1, 9, 10, 12])
def test_a_short_line_is_never_padded(n_line: int) -> None:
    slate = explore(LINE[:n_line], 10, 0.1, seed=0)
    assert len(slate) == min(n_line, 10)
    assert len({c.paper_index for c in slate}) == len(slate)
