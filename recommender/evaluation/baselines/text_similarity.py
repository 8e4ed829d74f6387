"""Nearness to what the reader liked, in words or in the embedding; no other readers needed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from recommender.evaluation.baselines.base import no_rows
from recommender.features import Features
from recommender.features.interactions import Profile, Rows, SparseRows
from recommender.ranking.base import Scores, valid_rows
from recommender.ranking.content.rocchio import SKIP_SHARE


def mean_row(matrix: SparseRows | NDArray[np.float32], rows: Rows) -> NDArray[np.float32]:
    """Return the mean of these rows, ``(n_columns,)``; zero without rows."""
    rows = rows[valid_rows(rows, int(matrix.shape[0]))]
    if not len(rows):
        return np.zeros(int(matrix.shape[1]), dtype=np.float32)
    return np.asarray(matrix[rows].mean(axis=0), dtype=np.float32).reshape(-1)


@dataclass(frozen=True)
class _ContentSimilarity:
    """Score a paper by its product with a direction made from the history."""

    vectors_: SparseRows | NDArray[np.float32] = field(default_factory=no_rows)

    def fit(self, features: Features, reader_papers: SparseRows, seed: int) -> Self:
        """Keep the vectors of the papers; other readers are not looked at."""
        return self.extended(features)

    def extended(self, features: Features) -> Self:
        """Take the vectors over, those of new papers too."""
        return replace(self, vectors_=self._vectors(features))

    def score(self, profile: Profile, papers: Rows) -> Scores:
        """Return the cosine with the history, up to a factor per reader."""
        direction = self._direction(profile)
        scores = np.full(len(papers), np.nan, dtype=np.float32)
        exist = valid_rows(papers, int(self.vectors_.shape[0]))
        if direction.any():
            near = np.asarray(self.vectors_ @ direction, dtype=np.float32)
            scores[exist] = near[papers[exist]]
        return scores

    def _vectors(self, features: Features) -> SparseRows | NDArray[np.float32]:
        return features.paper_terms

    def _direction(self, profile: Profile) -> NDArray[np.float32]:
        return mean_row(self.vectors_, profile.liked)


@dataclass(frozen=True)
class TfidfMean(_ContentSimilarity):
    """Cosine of TF-IDF to the mean of the likes."""


@dataclass(frozen=True)
class TfidfRocchio(_ContentSimilarity):
    """The same, with half the mean of the skips taken off."""

    def _direction(self, profile: Profile) -> NDArray[np.float32]:
        if not profile.liked.size:
            return mean_row(self.vectors_, profile.liked)
        skipped = mean_row(self.vectors_, profile.rejected)
        return mean_row(self.vectors_, profile.liked) - np.float32(SKIP_SHARE) * skipped


@dataclass(frozen=True)
class EmbeddingMean(_ContentSimilarity):
    """Cosine of the embedding to the mean of the likes."""

    def _vectors(self, features: Features) -> SparseRows | NDArray[np.float32]:
        return features.embedding
