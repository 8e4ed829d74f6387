"""The dislike penalty: papers close to a disliked one lose score. Pure.

    penalty(p) = STRENGTH * (1 - exp(-max(0, n(p) - threshold)))
    n(p)       = sum over disliked d of min(v_d^2, |v_d|) * cos(p, d) / usual

- `usual` is the median cosine of a paper to its tenth neighbour in this library.
- The penalty is at most `STRENGTH`: many dislikes cannot outweigh the rest of the score.
- All papers of a library share some words. Only papers nearer to the dislikes than that lose score:
  the threshold is median + `THRESHOLD` * (median - 16th percentile) of n over sampled papers. A
  large disliked topic would move a mean and a deviation, but not these.
- What three quarters of the likes are as near to is no sign of a dislike: the threshold is at least
  the first quartile of n over the likes. Else whoever screens one narrow subject and dislikes its
  unwanted papers would push the wanted ones down too.
- Skips are common and mean little; they act through the Rocchio queries and the factorisation. A
  dislike is deliberate, so papers close to it must visibly sink. The square leaves a dislike
  (weight v = -1) as it is. Skips are above -`MIN_WEIGHT` and left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recommender.features.nearest_neighbours import nearest
from recommender.ranking.base import Arrays, Features, Profile, Scores, SparseRows, sum_of_rows

N_SAMPLED = 200
NTH_NEIGHBOUR = 10
STRENGTH = 2.0
THRESHOLD = 2.0
LIKED_QUANTILE = 0.25
MIN_WEIGHT = 0.1


@dataclass(frozen=True, slots=True)
class Dislikes:
    """The dislikes of one reader: ``n(p)`` is `query`, ``(n_terms,)``, times the TF-IDF of p."""

    query: NDArray[np.float32]
    threshold: np.float32

    @classmethod
    def of(cls, query: NDArray[np.float32], sampled: Scores, liked: Scores) -> Self:
        """Set the threshold by ``n(p)`` of sampled papers and of the likes; either may be none."""
        least = float(np.quantile(liked, LIKED_QUANTILE)) if liked.size else 0.0
        if not sampled.size:
            return cls(query, np.float32(least))
        low, median = np.quantile(sampled, [0.16, 0.5])
        return cls(query, np.float32(max(median + THRESHOLD * (median - low), least)))

    def penalties(self, nearness: Scores) -> Scores:
        """Return what to add to scores, -`STRENGTH` to 0, for values of ``n(p)``."""
        excess = np.maximum(nearness - self.threshold, np.float32(0))
        return np.asarray(STRENGTH * np.expm1(-excess) + 0.0, dtype=np.float32)  # no -0.0


@dataclass(frozen=True, slots=True)
class DislikePenalty:
    """Knows how close neighbours are in this library: `usual`."""

    usual: float = 1.0

    @classmethod
    def of(cls, features: Features, seed: int) -> Self:
        """Measure how close neighbours are in this catalogue."""
        n_sampled = min(N_SAMPLED, len(features))
        rows = np.random.default_rng(seed).choice(len(features), n_sampled, replace=False)
        terms = features.paper_terms
        found = nearest(terms[np.sort(rows)], terms, NTH_NEIGHBOUR + 1)
        last = [float(x.cosines[-1]) for x in found if x.cosines.size]
        return cls(max(float(np.median(last)), 0.01) if last else 1.0)

    def query(self, profile: Profile, words: SparseRows) -> NDArray[np.float32] | None:
        """Return the vector whose product with a paper's TF-IDF row is ``n(p)``, ``(n_terms,)``.

        None without dislikes or likes.
        """
        disliked = profile.rejected_weights <= -MIN_WEIGHT
        if not disliked.any() or not profile.liked.size:
            return None
        weights = -profile.rejected_weights[disliked]
        counted = np.minimum(weights**2, weights) / np.float32(self.usual)
        return sum_of_rows(words, profile.rejected[disliked], counted)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the measured cosine."""
        return {"usual": np.array(self.usual)}

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Self:
        """Rebuild what `arrays` gave."""
        return cls(float(arrays["usual"]))
