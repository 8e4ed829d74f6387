"""Whether the model can be trusted with a reader: their own likes, held out one by one. Pure.

Each of some likes is taken out of the history, and the model and plain TF-IDF
both rank it among a sample of the catalogue. Where the model does worse, its
share shrinks, down to nothing: TF-IDF alone remains. A prior in the model's
favour keeps three likes from deciding alone. Likes that took part in the fit
prove nothing and are not asked, unless readers hardly counted in it.
"""

from __future__ import annotations

import numpy as np

from recommender.ranking.als import AlsRanker
from recommender.ranking.base import Profile, Rows
from recommender.ranking.content import TfidfRanker
from recommender.ranking.foldin import Floats
from recommender.ranking.heldout import held_out_by_als, held_out_by_tfidf

MOST_HELD_OUT = 12
LEAST_HELD_OUT = 3
MOST_SAMPLED = 1000
PRIOR_LIKES = 6.0
PRIOR_LEAD = 0.1
FADE = 0.3
LITTLE_WEIGHT = 0.25


def trust(
    als: AlsRanker, tfidf: TfidfRanker, weight: float, profile: Profile, sample: Rows
) -> float:
    """Return the model's share for one reader, from 0 (TF-IDF alone) to 1.

    Parameters
    ----------
    weight
        Of TF-IDF beside the model, as they are blended.
    profile
        Its rows must exist.
    sample
        Rows that stand for the catalogue.
    """
    leads = leads_of(als, tfidf, weight, profile, sample)
    mean = (PRIOR_LIKES * PRIOR_LEAD + leads.sum()) / (PRIOR_LIKES + leads.size)
    return float(np.clip(1.0 + mean / FADE, 0.0, 1.0))


def leads_of(
    als: AlsRanker, tfidf: TfidfRanker, weight: float, profile: Profile, sample: Rows
) -> Floats:
    """Return ``ln(rank by TF-IDF) - ln(rank by the model)`` of each like held out.

    Above 0 the model was the better one; empty with fewer than three likes.
    """
    held = unseen_likes(als, profile)
    sample = sample[:: max(1, sample.size // MOST_SAMPLED)]
    sample = sample[~np.isin(sample, profile.judged)]
    if held.size < LEAST_HELD_OUT or sample.size < 2:
        return np.zeros(0)
    held = held[:: max(1, held.size // MOST_HELD_OUT)][:MOST_HELD_OUT]
    by_words = held_out_by_tfidf(tfidf, profile, held, sample).standardised()
    by_model = held_out_by_als(als, profile, held, sample).standardised().plus(by_words, weight)
    return by_words.log_ranks() - by_model.log_ranks()


def unseen_likes(als: AlsRanker, profile: Profile) -> Rows:
    """Return positions in ``profile.liked`` that the fit cannot have learned by heart."""
    everything = np.arange(profile.liked.size)
    if profile.reader_index is None or als.model.reader_weight <= LITTLE_WEIGHT:
        return everything
    seen = als.model.papers_of_reader(profile.reader_index)
    return everything[~np.isin(profile.liked, seen)]
