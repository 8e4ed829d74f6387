"""The bar of a digest that is one reader's own: evidence of each interest, and the curve.

Runs when a digest is composed for a reader who has set no fixed bar.
"""

from __future__ import annotations

from dataclasses import dataclass

from recommender.ranking.calibration import CalibrationCurve
from recommender.ranking.personal_bar import BarEvidence
from recommender.recommend.reader_context import ReaderContext


@dataclass(frozen=True, slots=True)
class PersonalBar:
    """The score that a paper must reach to be worth a reader's time.

    `chance` is the chance (0-1) of a like at this score, None before there are enough
    answers; `n_likes` the number of liked papers that were held out to find it.
    """

    score: float
    chance: float | None = None
    n_likes: int = 0


def personal_bar(context: ReaderContext, curve: CalibrationCurve | None) -> PersonalBar | None:
    """Return the lowest bar of all interests, so that none is shut out; None without a like.

    A score of a pool is the best of all interests, see `scores_of`.
    """
    ranker = context.served.model.ranker
    evidence = [BarEvidence.of(ranker, scorer) for scorer in context.scorers.values()]
    bars = [bar for x in evidence if (bar := x.bar(curve)) is not None]
    if not bars:
        return None
    chance = None if curve is None else curve.chance(min(bars))
    return PersonalBar(min(bars), chance, sum(x.held_out.size for x in evidence))
