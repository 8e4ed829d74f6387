"""Two rankings share a slate: fairly, and with the probability of every place."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from recommender.domain import Candidate
from recommender.ranking.rerank.interleaving import (
    CANDIDATE,
    N_SHARED_PLACES,
    SERVED,
    team_draft,
)


def ranking(*rows: int) -> list[Candidate]:
    return [Candidate(row, 1.0 - place / 100) for place, row in enumerate(rows)]


def shuffled(n: int, seed: int) -> list[Candidate]:
    """Return rows 0 to n in nearly their order."""
    order = np.argsort(np.arange(n) + np.random.default_rng(seed).normal(0, 2.5, n))
    return ranking(*order.tolist())


def test_both_choose_as_many_and_no_paper_stands_twice() -> None:
    slate = team_draft(shuffled(40, 1), shuffled(40, 2), 30, seed=3)
    assert len({x.paper_index for x in slate}) == 30
    teams = Counter(x.team for x in slate)
    assert teams == {SERVED: 10, CANDIDATE: 10, "": 10}
    assert all(x.team for x in slate[:N_SHARED_PLACES])


def test_each_team_brings_in_its_best() -> None:
    slate = team_draft(ranking(1, 2, 3, 4), ranking(5, 6, 7, 8), 4, seed=0)
    served = [x.paper_index for x in slate if x.team == SERVED]
    assert served == [1, 2]
    assert [x.paper_index for x in slate if x.team == CANDIDATE] == [5, 6]
    assert {x.propensity for x in slate} == {0.5}


def test_rankings_that_agree_leave_nothing_to_chance() -> None:
    slate = team_draft(shuffled(30, 1), shuffled(30, 1), 25, seed=0)
    assert [x.paper_index for x in slate] == [x.paper_index for x in shuffled(30, 1)][:25]
    assert {x.propensity for x in slate} == {1.0}


@pytest.mark.parametrize(("n_served", "n_candidate"), [(0, 0), (1, 5), (5, 1), (3, 3)])
def test_short_rankings_are_never_padded(n_served: int, n_candidate: int) -> None:
    slate = team_draft(shuffled(n_served, 1), shuffled(n_candidate, 2), 10, seed=0)
    assert len({x.paper_index for x in slate}) == len(slate) == n_served


@pytest.mark.slow
def test_the_stated_chance_of_every_place_is_the_observed_one() -> None:
    n_draws, served, candidate = 10_000, shuffled(16, 1), shuffled(16, 2)
    shown: Counter[tuple[int, int]] = Counter()
    stated: dict[tuple[int, int], float] = {}
    for seed in range(n_draws):
        for place, paper in enumerate(team_draft(served, candidate, 8, seed)):
            shown[place, paper.paper_index] += 1
            stated[place, paper.paper_index] = paper.propensity
    chance = np.array(list(stated.values()))
    observed = np.array([shown[x] for x in stated]) / n_draws
    spread = np.sqrt(chance * (1 - chance) / n_draws)
    assert (np.abs(observed - chance) <= 4.5 * spread + 1e-9).all()
    by_place = np.bincount([place for place, _ in stated], chance)
    assert by_place == pytest.approx(np.ones(8))
