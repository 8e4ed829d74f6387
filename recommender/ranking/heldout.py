"""Scores of likes as if the reader had not liked them, all in one pass. Pure.

Taking like i out of the fold-in changes the reader's factors along one line
only (Sherman & Morrison): with ``y = A^-1 v``, ``h = v.y`` and confidence c,

    taste_without = taste + y * ((c - 1) taste.v - c) / (1 - (c - 1) h)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.ranking.als import AlsRanker
from recommender.ranking.base import Profile, Rows, SparseRows
from recommender.ranking.content import SKIP_SHARE, TfidfRanker, shares
from recommender.ranking.foldin import Floats


@dataclass(frozen=True, slots=True)
class HeldOut:
    """One column per held-out like.

    `own` are ``(n_held,)`` scores of the held-out papers, `others`
    ``(n_sample, n_held)`` scores of the sample, given the remaining likes.
    """

    own: Floats
    others: Floats

    def among(self, kept: NDArray[np.bool_]) -> HeldOut:
        """Return the same against a part of the sample."""
        return HeldOut(self.own, self.others[kept])

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


def held_out_by_als(
    als: AlsRanker,
    profile: Profile,
    summands: Floats,
    held: Rows,
    sample: NDArray[np.float32],
) -> HeldOut:
    """Hold likes out of the fold-in.

    Parameters
    ----------
    summands
        What the likes add to the reader's factors.
    held
        Positions in ``profile.liked``.
    sample
        ``(n_sample, n_factors)`` factors of the papers to rank against.
    """
    confidences = als.options.alpha * profile.liked_weights[held].astype(np.float64)
    towards = summands[held] / confidences[:, None]
    taste = summands.sum(axis=0)
    liked = als.model.papers[profile.liked[held]].astype(np.float64)
    hold = (liked * towards).sum(axis=1)
    step = (confidences - 1) * (liked @ taste) - confidences
    step /= 1 - (confidences - 1) * hold
    tastes = (taste[:, None] + towards.T * step).astype(np.float32)
    return HeldOut(liked @ taste + step * hold, (sample @ tastes).astype(np.float64))


def held_out_by_tfidf(
    tfidf: TfidfRanker, profile: Profile, held: Rows, sample_by_term: SparseRows
) -> HeldOut:
    """Hold likes out of Rocchio's mean.

    Parameters
    ----------
    held
        Positions in ``profile.liked``.
    sample_by_term
        ``(n_terms, n_sample)`` TF-IDF of the papers to rank against.
    """
    terms, n_liked = tfidf.content[profile.judged], profile.liked.size
    among = np.asarray((terms @ terms[:n_liked].T).todense(), dtype=np.float64)
    against = np.asarray((terms @ sample_by_term).todense(), dtype=np.float64)
    part = shares(profile.liked_weights).astype(np.float64)
    less = np.zeros(profile.skipped.size)
    if less.size:
        less = SKIP_SHARE * shares(-profile.skipped_weights).astype(np.float64)
    held_part = part[held]
    own = part @ among[:n_liked, held] - held_part * among[held, held]
    own = own / (1 - held_part) - less @ among[n_liked:, held]
    others = (part @ against[:n_liked])[:, None] - against[held].T * held_part
    return HeldOut(own, others / (1 - held_part) - (less @ against[n_liked:])[:, None])
