"""How near a paper is to what the reader disliked. Pure.

Skips are common and mean little: they act through the content and the
factorisation. A dislike is meant, so papers close to it must visibly sink.
Weights count with their square, which leaves a dislike (-1) as it is; a skip
(-0.07) would come to next to nothing and is left out.
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
    """Takes off `STRENGTH` at the distance of a usual neighbour, more the closer it is.

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

    def direction(self, profile: Profile, words: SparseRows) -> NDArray[np.float32] | None:
        """Return what to multiply a paper's words with, ``(n_terms,)``, or None.

        The products are to be added to a score; they are never above 0.
        """
        meant = profile.skipped_weights <= -LEAST_WEIGHT
        if not meant.any() or not profile.liked.size:
            return None
        weights = -profile.skipped_weights[meant]
        weights = np.minimum(weights**2, weights)
        towards = words[profile.skipped[meant]].T @ weights
        return np.asarray(towards * (-STRENGTH / self.usual), dtype=np.float32)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the measured cosine."""
        return {"usual": np.array(self.usual)}

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Self:
        """Rebuild what `arrays` gave."""
        return cls(float(arrays["usual"]))
