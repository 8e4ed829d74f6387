"""Scores of likes as if the reader had not liked them, all in one pass. Pure.

Taking like i out of the fold-in changes the reader's factors along one line
only (Sherman & Morrison): with ``y = A^-1 v``, ``h = v.y`` and confidence c,

    taste_without = taste + y * ((c - 1) taste.v - c) / (1 - (c - 1) h)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.ranking.als import AlsRanker
from recommender.ranking.base import Profile, Rows
from recommender.ranking.content import TfidfRanker, query_of, shares
from recommender.ranking.foldin import Floats


@dataclass(frozen=True, slots=True)
class HeldOut:
    """One column per held-out like.

    `own` are ``(n_held,)`` scores of the held-out papers, `others`
    ``(n_sample, n_held)`` scores of the sample, given the remaining likes.
    """

    own: Floats
    others: Floats

    def standardised(self) -> HeldOut:
        """Return standard scores, measured on the sample; all 0 where it does not vary."""
        mean, spread = self.others.mean(axis=0), self.others.std(axis=0)
        spread[spread == 0] = np.inf
        return HeldOut((self.own - mean) / spread, (self.others - mean) / spread)

    def plus(self, other: HeldOut, weight: float) -> HeldOut:
        """Return a weighted sum."""
        return HeldOut(self.own + weight * other.own, self.others + weight * other.others)

    def log_ranks(self) -> Floats:
        """Return the logarithm of the rank among the sample, ties counted half."""
        above = (self.others > self.own).sum(axis=0)
        level = (self.others == self.own).sum(axis=0)
        return np.asarray(np.log1p(above + level / 2.0))


def held_out_by_als(als: AlsRanker, profile: Profile, held: Rows, sample: Rows) -> HeldOut:
    """Hold likes out of the fold-in; `held` are positions in ``profile.liked``."""
    factors = als.model.papers
    summands = als.summands(profile)
    confidences = als.options.alpha * profile.liked_weights[held].astype(np.float64)
    towards = summands[held] / confidences[:, None]
    taste = summands.sum(axis=0)
    liked = factors[profile.liked[held]].astype(np.float64)
    step = (confidences - 1) * (liked @ taste) - confidences
    hold = (liked * towards).sum(axis=1)
    step /= 1 - (confidences - 1) * hold
    own = liked @ taste + step * hold
    seen = factors[sample].astype(np.float64)
    return HeldOut(own, (seen @ taste)[:, None] + (seen @ towards.T) * step)


def held_out_by_tfidf(tfidf: TfidfRanker, profile: Profile, held: Rows, sample: Rows) -> HeldOut:
    """Hold likes out of Rocchio's mean; `held` are positions in ``profile.liked``."""
    terms = tfidf.content
    likes_only = Profile.of(dict(zip(profile.liked, profile.liked_weights, strict=True)))
    liked = query_of(likes_only, terms)
    skipped = liked - query_of(profile, terms)
    own_terms, seen = terms[profile.liked[held]], terms[sample]
    part = shares(profile.liked_weights)[held].astype(np.float64)
    to_itself = np.asarray(own_terms.multiply(own_terms).sum(axis=1)).ravel()
    own = (own_terms @ liked - part * to_itself) / (1.0 - part) - own_terms @ skipped
    twins = np.asarray((seen @ own_terms.T).todense())
    others = ((seen @ liked)[:, None] - twins * part) / (1.0 - part) - (seen @ skipped)[:, None]
    return HeldOut(own, others)
