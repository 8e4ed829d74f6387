"""How near a paper is to what the reader disliked. Pure.

Skips are common and mean little: they act through the content and the
factorisation. A dislike is meant, so papers close to it must visibly sink.
Weights count with their square, which leaves a dislike (-1) as it is and makes
a skip (-0.07) next to nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from recommender.features.index import nearest
from recommender.ranking.base import (
    Arrays,
    Features,
    Profile,
    Rows,
    Scores,
    SparseRows,
    valid_rows,
)

N_SAMPLED = 200
NTH_NEIGHBOUR = 10
STRENGTH = 2.0


@dataclass(frozen=True, slots=True)
class Aversion:
    """Takes off `STRENGTH` at the distance of a usual neighbour, more the closer it is.

    `usual` is the median cosine of a paper to its tenth neighbour.
    """

    paper_terms: SparseRows = field(
        default_factory=lambda: csr_matrix(np.zeros((0, 0), dtype=np.float32))
    )
    usual: float = 1.0

    @classmethod
    def of(cls, features: Features, seed: int) -> Self:
        """Measure how close neighbours are in this catalogue."""
        n_sampled = min(N_SAMPLED, len(features))
        rows = np.random.default_rng(seed).choice(len(features), n_sampled, replace=False)
        terms = features.paper_terms
        found = nearest(terms[np.sort(rows)], terms, NTH_NEIGHBOUR + 1)
        last = [float(x.cosines[-1]) for x in found if x.cosines.size]
        return cls(terms, max(float(np.median(last)), 0.01) if last else 1.0)

    def extended(self, features: Features) -> Self:
        """Cover the papers since the fit."""
        return type(self)(features.paper_terms, self.usual)

    def score(self, profile: Profile, papers: Rows) -> Scores:
        """Return what to add to a score, ``(len(papers),) float32``, never above 0."""
        n_papers = self.paper_terms.shape[0]
        known = valid_rows(profile.skipped, n_papers)
        weights = np.minimum(profile.skipped_weights[known] ** 2, -profile.skipped_weights[known])
        scores = np.zeros(papers.size, dtype=np.float32)
        if not weights.size:
            return scores
        query = self.paper_terms[profile.skipped[known]].T @ weights
        exists = valid_rows(papers, n_papers)
        rows = papers[exists]
        many = rows.size * 4 > n_papers
        closeness = (self.paper_terms @ query)[rows] if many else self.paper_terms[rows] @ query
        scores[exists] = -STRENGTH * closeness / self.usual
        return scores

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the measured cosine."""
        return {"usual": np.array(self.usual)}

    @classmethod
    def from_arrays(cls, features: Features, arrays: Arrays) -> Self:
        """Rebuild what `arrays` gave."""
        return cls(features.paper_terms, float(arrays["usual"]))
