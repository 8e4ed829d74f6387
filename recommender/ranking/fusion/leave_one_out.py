"""Leave-one-out: scores of likes as if the reader had not liked them, in one pass. Pure.

Without like i, the folded-in user factors change along one line only (Sherman & Morrison
1950; derived in ``docs/explanation/leave-one-out.md``). With the factors v of the like, its
confidence c, ``y = A^-1 v`` and ``h = v.y``:

    user_factors_without = user_factors + y * ((c - 1) user_factors.v - c) / (1 - (c - 1) h)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recommender.ranking.als.fold_in import Floats
from recommender.ranking.als.ranker import AlsRanker
from recommender.ranking.base import Profile, Rows, Scores
from recommender.ranking.content.rocchio import Rocchio, normalised
from recommender.ranking.fusion.user_scorer import UserScorer
from recommender.ranking.item_matrix import has_content


def user_factors_without(
    als: AlsRanker, profile: Profile, factor_contributions: Floats, held: Rows
) -> Floats:
    """Return the reader's factors without each held-out like, ``(n_factors, n_held)``.

    Parameters
    ----------
    summands
        What the likes add to the reader's factors.
    held
        Positions in ``profile.liked``.
    """
    confidences = als.options.alpha * profile.liked_weights[held].astype(np.float64)
    towards = factor_contributions[held] / confidences[:, None]
    user_factors = factor_contributions.sum(axis=0)
    liked = als.model.papers[profile.liked[held]].astype(np.float64)
    step = (confidences - 1) * (liked @ user_factors) - confidences
    step /= 1 - (confidences - 1) * (liked * towards).sum(axis=1)
    return np.asarray(user_factors[:, None] + towards.T * step)


@dataclass(frozen=True, slots=True)
class RocchioLeaveOneOut:
    """Rocchio's query without each held-out like, ``gain * liked - lost * own - left * avoided``.

    `held` are the rows of these likes, ``(n_held,)`` as `gain`, `lost` and `left`; `own` is the
    content of each; `liked` and `avoided` are ``(n_columns,)``. `left` is 0 where no other like has
    content, elsewhere a little above 1: beside fewer likes skips count more.
    """

    held: Rows
    liked: NDArray[np.float32]
    avoided: NDArray[np.float32]
    gain: Floats
    lost: Floats
    left: Floats

    @classmethod
    def of(cls, whole: Rocchio, held: Rows) -> Self:
        """Read a rule with all likes; `held` are positions among them, not of the only one."""
        profile = whole.profile
        part = normalised(profile.liked_weights)[held].astype(np.float64)
        gain = 1.0 / (1.0 - part)
        has = has_content(whole.content, profile.liked)
        n_liked, n_skipped = profile.liked.size, profile.rejected.size
        fewer = (n_liked + n_skipped) / max(n_liked - 1 + n_skipped, 1)
        left = fewer * (has.sum() > has[held])
        return cls(profile.liked[held], whole.liked, whole.avoided, gain, part * gain, left)

    def queries(self, content: NDArray[np.float32]) -> Floats:
        """Return the queries themselves, ``(n_columns, n_held)``, over dense content."""
        return self.combined(self.liked[:, None], content[self.held].T, self.avoided[:, None])

    def combined(self, liked: Scores, own: NDArray[Any], avoided: Scores) -> Floats:
        """Return the sum, ``(..., n_held)``.

        The rule is linear: the three may be the content itself, which gives queries, or its
        dot products with other papers, which gives scores.
        """
        return np.asarray(self.gain * liked - self.lost * own - self.left * avoided)


def rocchio_of(scorer: UserScorer, name: str) -> Rocchio:
    """Return both sides of the Rocchio query of a part."""
    history = scorer.histories[name]
    assert isinstance(history, Rocchio)
    return history
