"""A few drawn positions in a slate, with the probability of what was drawn. Pure.

Off unless asked for. The policy, in words: every k-th position is filled by a
draw, without replacement and with equal chances, from the next `N_RESERVE`
papers of the ranking; all other positions are filled in order, with probability 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from recommender.domain import Candidate

T = TypeVar("T")

N_RESERVE = 50


def drawn_positions(n: int, share: float) -> list[int]:
    """Return which of `n` positions (from 0) are drawn: the last of every ``1 / share``."""
    if share <= 0:
        return []
    every = max(1, round(1 / share))
    return list(range(every - 1, n, every))


def explore(ranking: Sequence[Candidate], n: int, share: float, seed: int) -> list[Candidate]:
    """Return the first `n` candidates of a ranking, some positions drawn from those after.

    Parameters
    ----------
    ranking
        Candidates, best first, free of near-duplicates throughout.
    share
        Part of the positions that are drawn; 0 gives the first `n` as they are.
    """
    drawn = drawn_positions(min(n, len(ranking)), share)
    n_ordered = min(n, len(ranking)) - len(drawn)
    reserve = ranking[n_ordered : n_ordered + max(N_RESERVE, len(drawn))]
    if not drawn:
        return list(ranking[:n])
    picks, propensity = draw(reserve, len(drawn), seed)
    scores = {x.paper_index: x.score for x in reserve}
    slate = list(ranking[:n_ordered])
    for position, pick in zip(drawn, picks, strict=True):
        drawn_paper = replace(pick, propensity=propensity, explored=True, drawn_from=scores)
        slate.insert(position, drawn_paper)
    return slate


def draw(reserve: Sequence[T], n: int, seed: int) -> tuple[list[T], float]:
    """Return `n` of the reserve, drawn without replacement, and the propensity of each, 0 to 1."""
    picks = np.random.default_rng(seed).choice(len(reserve), n, replace=False)
    return [reserve[pick] for pick in picks], 1.0 / len(reserve)
