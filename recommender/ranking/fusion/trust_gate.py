"""Trust gate: how much the learned parts count for one reader, by leave-one-out ranks. Pure.

Some likes are left out of the profile, one at a time. The model and plain TF-IDF both rank
the like among a sample of the catalogue. If the model ranks worse, its share falls, down to
0: TF-IDF alone remains. A prior in favour of the model keeps three likes from deciding.
Likes of the training matrix are no test of the model and are not used, unless readers
hardly weighed in the fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from recommender.ranking.als.fold_in import Floats
from recommender.ranking.als.ranker import AlsRanker
from recommender.ranking.base import Profile, Rows, SparseRows
from recommender.ranking.content.rocchio import Rocchio
from recommender.ranking.fusion.leave_one_out import leave_one_out_als, leave_one_out_tfidf
from recommender.ranking.fusion.normalisation import SparseSample

MOST_HELD_OUT = 12
LEAST_HELD_OUT = 3
MOST_SAMPLED = 400
PRIOR_LIKES = 6.0
PRIOR_LEAD = 0.1
FADE = 0.3
LITTLE_WEIGHT = 0.25


@dataclass(frozen=True, slots=True)
class TrustGate:
    """A sample of the catalogue, prepared for both rankers.

    `words` are the sample and its TF-IDF, `factors` its rows of the model.
    """

    words: SparseSample
    factors: NDArray[np.float32]

    @classmethod
    def of(cls, als: AlsRanker, paper_terms: SparseRows, reference: Rows) -> Self:
        """Take at most `MOST_SAMPLED` of the reference rows."""
        rows = reference[:: -(-reference.size // MOST_SAMPLED) or 1]
        terms = paper_terms[rows]
        return cls(SparseSample(rows, terms, terms.T.tocsr()), als.model.papers[rows])

    def trust(
        self,
        als: AlsRanker,
        factor_contributions: Floats,
        words: Rocchio,
        weight: float,
    ) -> float:
        """Return the model's share for one reader, from 0 (TF-IDF alone) to 1.

        Parameters
        ----------
        summands
            What the likes add to the reader's factors.
        words, weight
            The history over TF-IDF, and what that counts beside the model as they are blended.
        """
        leads = self.leads(als, factor_contributions, words, weight)
        mean = (PRIOR_LIKES * PRIOR_LEAD + leads.sum()) / (PRIOR_LIKES + leads.size)
        return float(np.clip(1.0 + mean / FADE, 0.0, 1.0))

    def leads(
        self,
        als: AlsRanker,
        factor_contributions: Floats,
        words: Rocchio,
        weight: float,
    ) -> Floats:
        """Return ``ln(rank by TF-IDF) - ln(rank by the model)`` of each like held out.

        Above 0 the model was the better one; empty with fewer than three likes.
        """
        profile = words.profile
        held = unseen_likes(als, profile)
        kept = self.words.kept(profile.judged)
        if held.size < LEAST_HELD_OUT or kept.sum() < 2:
            return np.zeros(0)
        held = held[:: -(-held.size // MOST_HELD_OUT)]
        by_words = leave_one_out_tfidf(words, held, self.words).among(kept).standardised()
        by_model = leave_one_out_als(als, profile, factor_contributions, held, self.factors)
        by_model = by_model.among(kept).standardised()
        return by_words.log_ranks() - by_model.plus(by_words, weight).log_ranks()


def unseen_likes(als: AlsRanker, profile: Profile) -> Rows:
    """Return positions in ``profile.liked`` that are not in the training matrix."""
    everything = np.arange(profile.liked.size)
    if profile.reader_index is None or als.model.reader_weight <= LITTLE_WEIGHT:
        return everything
    seen = als.model.papers_of_reader(profile.reader_index)
    return everything[~np.isin(profile.liked, seen)]
