"""From a ranked pool to the papers of an issue, and why each other is left out. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, inf

from recommender.domain import Interest, Recommendation
from recommender.recommend.exploration import DRAWN, draw

MAX_ASKED = 200
N_RESERVE = 20
MIN_FOR_A_DRAW = 3
N_BELOW = 3
"""Papers below the bar that are offered where none reaches it."""


@dataclass(frozen=True, slots=True)
class SelectionResult:
    """The papers of an issue in their order, and why the others are not among them.

    `exclusions` is reason -> paper id -> score, see `exclusions.Exclusions`; `drawn` is the
    paper that was not ranked here but drawn, or None; `below` are the best papers
    below the bar, offered only where `chosen` is empty.
    """

    chosen: tuple[Recommendation, ...]
    exclusions: Mapping[str, Mapping[str, float | None]]
    drawn: str | None = None
    below: tuple[Recommendation, ...] = ()

    @property
    def best_below(self) -> float | None:
        """Best score that missed the bar, if any did."""
        missed = [x for x in self.exclusions.get("below_bar", {}).values() if x is not None]
        return max([*missed, *(x.score for x in self.below)], default=None)


@dataclass(frozen=True, slots=True)
class Rules:
    """How an issue chooses: most papers, least score (None: no bar), part drawn, seed."""

    size: int
    bar: float | None
    explore: float = 0.0
    seed: int = 0


def n_asked(interests: Sequence[Interest], rules: Rules) -> int:
    """Return how long a slate has to be, so that it could fill an issue from any one interest."""
    shares = [x.share_now for x in interests if x.share_now > 0]
    turns = sum(shares) / min(shares) if shares else 1.0
    reserve = N_RESERVE if rules.explore > 0 else 0
    return min(ceil(rules.size * turns), max(MAX_ASKED, rules.size)) + reserve


def choose(
    slate: Sequence[Recommendation],
    scores: Mapping[str, float],
    pool: Collection[str],
    rules: Rules,
) -> SelectionResult:
    """Take the best that reach the bar, and say what became of the others.

    Which papers come in is the slate's order, in which every interest has its
    turns and near-duplicates are left out; a turn for which an interest has
    nothing above the bar goes to the others. Where nothing reaches the bar, the
    best few below it are offered as such. How they stand is by the chance of
    a like, where every one has it, else by score.

    Parameters
    ----------
    slate
        The head of the ranking, best first.
    scores
        Paper id -> score, as far as the papers of the pool have one.
    """
    bar = -inf if rules.bar is None else rules.bar
    above = [x for x in slate if x.score >= bar]
    best = _in_order(above[: rules.size])
    drawn = _draw(slate, best, rules)
    chosen = best if drawn is None else [*best[: rules.size - 1], drawn]
    below = [] if chosen else _in_order(_best_below(slate)[: rules.size])
    taken = {x.paper_id for x in (*chosen, *below)}
    rest = [x for x in pool if x not in taken]
    exclusions = _exclusions(slate, scores, rest, min((x.score for x in best), default=inf), bar)
    drawn_id = None if drawn is None else drawn.paper_id
    return SelectionResult(_ranked(chosen), exclusions, drawn_id, _ranked(below))


def _best_below(slate: Sequence[Recommendation]) -> list[Recommendation]:
    return sorted(slate, key=lambda x: -x.score)[:N_BELOW]


def _ranked(papers: Sequence[Recommendation]) -> tuple[Recommendation, ...]:
    return tuple(replace(x, rank=rank) for rank, x in enumerate(papers, 1))


def _worth(papers: Sequence[Recommendation]) -> dict[str, float]:
    """Return what papers are ordered by: chances where all have one, else scores."""
    if all(x.chance is not None for x in papers):
        return {x.paper_id: x.chance or 0.0 for x in papers}
    return {x.paper_id: x.score for x in papers}


def _in_order(papers: Sequence[Recommendation]) -> list[Recommendation]:
    worth = _worth(papers)
    return sorted(papers, key=lambda x: -worth[x.paper_id])


def _draw(
    slate: Sequence[Recommendation], chosen: Sequence[Recommendation], rules: Rules
) -> Recommendation | None:
    """Draw one paper from the next in line, with equal chances; None where nothing is drawn."""
    taken = {x.paper_id for x in chosen}
    reserve = [x for x in slate if x.paper_id not in taken][:N_RESERVE]
    if rules.explore <= 0 or len(chosen) < MIN_FOR_A_DRAW or not reserve:
        return None
    (picked,), propensity = draw(reserve, 1, rules.seed)
    return replace(
        picked,
        propensity=propensity,
        reasons=(DRAWN, *picked.reasons),
        drawn_from={x.paper_id: x.score for x in reserve},
    )


def _exclusions(
    slate: Sequence[Recommendation],
    scores: Mapping[str, float],
    rest: Collection[str],
    worst: float,
    bar: float,
) -> dict[str, dict[str, float | None]]:
    """Return why each of `rest` is not chosen; `worst` is the lowest score that was ranked in."""
    known = dict(scores) | {x.paper_id: x.score for x in slate}
    asked = {x.paper_id for x in slate}
    lowest = min((x.score for x in slate), default=inf)
    exclusions: dict[str, dict[str, float | None]] = {}
    for paper_id in rest:
        score = known.get(paper_id)
        if score is None:
            # Without any score the slate is an opening: it ends, and the rest is beyond it.
            why = "unranked" if scores else "over_size"
        elif score < bar:
            why = "below_bar"
        elif score > (worst if paper_id in asked else lowest):
            why = "diversity"
        else:
            why = "over_size"
        exclusions.setdefault(why, {})[paper_id] = score
    return exclusions


def seed_of(seed: int, reader_id: str, week: str) -> int:
    """Return the seed of an issue's draw: another for every reader and week."""
    named = hashlib.sha256(f"{seed} {reader_id} {week}".encode()).digest()
    return int.from_bytes(named[:8], "big")
