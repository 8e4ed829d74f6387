"""Team-draft interleaving of two rankings, with the probability of every place. Pure.

Radlinski, Kurup & Joachims 2008: in each round a coin decides which ranking picks first; both pick
their best paper that is not taken yet. Of two rankings that are equally good, each paper is
credited to either team with probability 1/2.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from recommender.domain import Candidate

N_SHARED_PLACES = 20
"""Places that the rankings share; the coins of ten rounds have few enough outcomes to add up."""
SERVED, CANDIDATE = "served", "candidate"

_Places = list[dict[int, float]]


def team_draft(
    served: Sequence[Candidate], candidate: Sequence[Candidate], n: int, seed: int
) -> list[Candidate]:
    """Return at most `n` candidates: the first places shared, the rest as `served` ranks them.

    Each shared paper says which `team` brought it in; the propensity of each is the probability
    that its place held it.

    Parameters
    ----------
    served, candidate
        Both rankings, best first; each holds a paper once.
    """
    n_shared = min(n, N_SHARED_PLACES, len(served), len(candidate)) // 2 * 2
    rankings = [x.paper_index for x in served], [x.paper_index for x in candidate]
    by_row = {x.paper_index: x for x in served}, {x.paper_index: x for x in candidate}
    chances = _chances(*rankings, n_shared, n)
    coins = np.random.default_rng(seed).integers(0, 2, n_shared // 2)
    slate: list[Candidate] = []
    taken: set[int] = set()
    for coin in coins.tolist():
        for team in (coin, 1 - coin):
            row = _next(rankings[team], taken)
            taken.add(row)
            slate.append(replace(by_row[team][row], team=(SERVED, CANDIDATE)[team]))
    slate += [x for x in served if x.paper_index not in taken][: n - len(slate)]
    return [replace(x, propensity=chances[i][x.paper_index]) for i, x in enumerate(slate)]


def _chances(served: Sequence[int], candidate: Sequence[int], n_shared: int, n: int) -> _Places:
    """Return for each place row -> probability, over all outcomes of the coins."""
    places: _Places = [defaultdict(float) for _ in range(n)]
    states: dict[frozenset[int], float] = {frozenset(): 1.0}
    for place in range(0, n_shared, 2):
        following: dict[frozenset[int], float] = defaultdict(float)
        for taken, chance in states.items():
            for first, second in ((served, candidate), (candidate, served)):
                one = _next(first, taken)
                other = _next(second, taken | {one})
                places[place][one] += chance / 2
                places[place + 1][other] += chance / 2
                following[taken | {one, other}] += chance / 2
        states = following
    for taken, chance in states.items():
        rest = [x for x in served if x not in taken][: n - n_shared]
        for place, row in enumerate(rest, n_shared):
            places[place][row] += chance
    return places


def _next(ranking: Sequence[int], taken: set[int] | frozenset[int]) -> int:
    """Return the best paper that is not taken; a ranking is as long as the places it shares."""
    return next(x for x in ranking if x not in taken)
