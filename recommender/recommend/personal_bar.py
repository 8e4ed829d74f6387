"""How good a paper must be for one reader, from what this reader likes.

Runs when a digest is composed for a reader who has set no fixed bar. For each interest::

    held(i)  = score of like i as if it had not been liked
    low      = the quantile LOW of held,  typical = its median
    random   = the quantile RANDOM of the scores of papers drawn from the catalogue
    half     = the score whose chance of a like is half the mean chance over held
    wanted   = low before there is a calibration, min(half, typical) after
    bar      = random + n / (n + FEW) * max(wanted - random, 0)        n likes
    standout = the quantile STANDOUT of the scores of papers drawn from the catalogue
    in a week whose best paper scores b:  b where standout <= b < bar, else bar

A score has no meaning of its own: it moves with the number of likes, with dislikes and with the
catalogue. The scores of likes that are held out move with it, and so does the bar. Papers drawn
from the catalogue keep stray likes from pulling it down to where any paper passes; a few likes
that happen to be alike do not lift it to where none does. Most likes were the best of the whole
catalogue, which one week seldom equals: so the bar comes down to the best paper of a week that has
none above it, as long as that paper stands out from the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import inf

import numpy as np

from recommender.ranking.als.fold_in import Floats
from recommender.ranking.base import Profile, Rows, Scores
from recommender.ranking.calibration import CalibrationCurve
from recommender.ranking.fusion.ranker import BlendRanker
from recommender.ranking.fusion.user_scorer import UserScorer
from recommender.recommend.reader_context import ReaderContext

MAX_HELD_OUT = 12
"""Likes that are held out at most, spread evenly over the history."""
N_RANDOM = 400
LOW, RANDOM = 0.2, 0.75
"""Which quantiles; see docs/explanation/delivery.md for what was measured."""
STANDOUT = 0.9
"""Part of the catalogue below a paper that may be the only one of its week."""
FEW = 4.0
"""Likes with which the bar lies half way between the random papers and the likes."""


@dataclass(frozen=True, slots=True)
class BarEvidence:
    """What the bar of one interest rests on.

    `held_out` are ``(n_held,)`` scores of some of the `n_likes` likes as if they had not been
    liked, empty with fewer than two; `random` are ``(n_random,)`` scores of papers of the
    catalogue that the reader has not judged.
    """

    held_out: Floats
    random: Floats
    n_likes: int

    @classmethod
    def of(cls, ranker: BlendRanker, scorer: UserScorer) -> BarEvidence:
        """Score some likes without themselves, and papers of the sample with all likes."""
        held_out = held_out_scores(ranker, scorer.profile)
        return cls(held_out, random_scores(ranker, scorer), scorer.profile.liked.size)

    def bar(self, curve: CalibrationCurve | None) -> float | None:
        """Return the score that a paper must reach; None where no score is known.

        Parameters
        ----------
        curve
            What a score means to the reader, None before there are enough answers.
        """
        if not self.held_out.size:
            return float(np.quantile(self.random, RANDOM)) if self.random.size else None
        wanted = float(np.quantile(self.held_out, LOW))
        if curve is not None and curve.slope > 0:
            half = curve.score(float(curve.chances(self.held_out).mean()) / 2)
            wanted = min(half, float(np.median(self.held_out)))
        if not self.random.size:
            return wanted
        level = float(np.quantile(self.random, RANDOM))
        return level + self.n_likes / (self.n_likes + FEW) * max(wanted - level, 0.0)

    def standout(self) -> float:
        """Return the score from which on a paper stands out from the catalogue."""
        return float(np.quantile(self.random, STANDOUT)) if self.random.size else inf


def held_out_scores(ranker: BlendRanker, profile: Profile) -> Floats:
    """Return the scores of at most `MAX_HELD_OUT` likes, each without itself, ``(n_held,)``.

    The whole reader is read again for each, so that every part of the score is as it would be.
    """
    n = profile.liked.size
    if n < 2:
        return np.empty(0)
    everything = np.arange(n)
    held = everything[:: -(-n // MAX_HELD_OUT)]
    scores = [
        ranker.user_scorer(profile.with_likes(everything[everything != i])).score(
            profile.liked[i : i + 1]
        )
        for i in held
    ]
    return _finite(np.concatenate(scores))


def random_scores(ranker: BlendRanker, scorer: UserScorer) -> Floats:
    """Return the scores of at most `N_RANDOM` papers of the sample that are not judged."""
    if ranker.sample is None:
        raise ValueError("fit the ranker before it scores")
    rows: Rows = ranker.sample.rows
    rows = rows[:: -(-rows.size // N_RANDOM) or 1]
    return _finite(scorer.score(rows[~np.isin(rows, scorer.profile.weighted)]))


def _finite(scores: Scores) -> Floats:
    known = np.asarray(scores, dtype=np.float64)
    return known[np.isfinite(known)]


@dataclass(frozen=True, slots=True)
class PersonalBar:
    """The score that a paper must reach to be worth a reader's time.

    `chance` is the chance (0-1) of a like at this score, None before there are enough
    answers; `n_likes` the number of liked papers that were held out to find it. `standout` is the
    score from which on a paper stands out from the catalogue.
    """

    score: float
    chance: float | None = None
    n_likes: int = 0
    standout: float = inf

    @classmethod
    def of(
        cls, ranker: BlendRanker, scorers: Iterable[UserScorer], curve: CalibrationCurve | None
    ) -> PersonalBar | None:
        """Return the lowest bar of all interests, so that none is shut out; None without a like.

        A score of a pool is the best of all interests, see `scores_of`.
        """
        evidence = [BarEvidence.of(ranker, x) for x in scorers]
        bars = [bar for x in evidence if (bar := x.bar(curve)) is not None]
        if not bars:
            return None
        chance = None if curve is None else curve.chance(min(bars))
        n_likes = sum(x.held_out.size for x in evidence)
        return cls(min(bars), chance, n_likes, min(x.standout() for x in evidence))

    def in_week(self, best: float, chance: float | None = None) -> PersonalBar:
        """Return the bar of a week: its best paper where none reaches the bar but that stands out.

        Parameters
        ----------
        best
            The highest score of the week, -inf where no paper has one.
        chance
            What a like of that paper is as likely as, None where it is not known.
        """
        if self.standout <= best < self.score:
            return replace(self, score=best, chance=chance)
        return self


def personal_bar(context: ReaderContext, curve: CalibrationCurve | None) -> PersonalBar | None:
    """Return the bar of a reader whose interests are read; None without a like."""
    return PersonalBar.of(context.served.model.ranker, context.scorers.values(), curve)
