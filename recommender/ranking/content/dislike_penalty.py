"""The dislike penalty: papers close to a disliked one lose score. Pure.

    penalty(p) = (STRENGTH / usual) * sum over disliked d of min(v_d^2, |v_d|) * cos(p, d)

Skips are common and mean little; they act through the Rocchio queries and the
factorisation. A dislike is deliberate, so papers close to it must visibly sink. The square
leaves a dislike (weight v = -1) as it is. Skips are above -`LEAST_WEIGHT` and left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recommender.features.nearest_neighbours import nearest
from recommender.ranking.base import Arrays, Features, Profile, SparseRows

N_SAMPLED = 200
NTH_NEIGHBOUR = 10
STRENGTH = 2.0
LEAST_WEIGHT = 0.1


@dataclass(frozen=True, slots=True)
class DislikePenalty:
    """Subtracts `STRENGTH` at the cosine of a usual neighbour, and more the closer a paper is.

    `usual` is the median cosine of a paper to its tenth neighbour.
    """

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

    def vector(self, profile: Profile, words: SparseRows) -> NDArray[np.float32] | None:
        """Return the vector whose product with a paper's TF-IDF row is added to its score.

        ``(n_terms,)``; the products are never above 0. None without dislikes or likes.
        """
        disliked = profile.skipped_weights <= -LEAST_WEIGHT
        if not disliked.any() or not profile.liked.size:
            return None
        weights = -profile.skipped_weights[disliked]
        weights = np.minimum(weights**2, weights)
        weighted = words[profile.skipped[disliked]].T @ weights
        return np.asarray(weighted * (-STRENGTH / self.usual), dtype=np.float32)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the measured cosine."""
        return {"usual": np.array(self.usual)}

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Self:
        """Rebuild what `arrays` gave."""
        return cls(float(arrays["usual"]))
