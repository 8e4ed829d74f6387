"""Rocchio queries: similarity of content to what was liked, away from what was skipped. Pure.

Rocchio (1971), with likes as the relevant papers and skips and dislikes as the others::

    q = mean of the liked rows - a * mean of the rejected rows        score(p) = q . x(p)
    a = SKIP_SHARE * n_rejected / (n_rejected + n_liked)

Means are weighted by the absolute preference weights. One skip takes off a little, ten take more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from recommender.ranking.base import (
    Arrays,
    Features,
    Profile,
    Rows,
    Scores,
    SparseRows,
    sum_of_rows,
)
from recommender.ranking.item_matrix import ItemMatrix, Matrix

SKIP_SHARE = 0.5
"""Highest weight of the mean of rejected papers, where that of liked papers is 1."""


@dataclass(frozen=True, slots=True)
class Rocchio:
    """A profile over some content, and both sides of its query, ``(n_columns,)``.

    `avoided` is subtracted from `liked`.
    """

    profile: Profile
    content: Matrix
    liked: NDArray[np.float32]
    avoided: NDArray[np.float32]

    @classmethod
    def of(cls, profile: Profile, content: Matrix) -> Self:
        """Compute both means; the rows of the profile must exist."""
        liked = mean_of_rows(profile.liked, profile.liked_weights, content)
        avoided = mean_of_rows(profile.rejected, -profile.rejected_weights, content)
        share = skip_share(profile.liked.size, profile.rejected.size)
        return cls(profile, content, liked, np.float32(share) * avoided)

    @property
    def query(self) -> NDArray[np.float32]:
        """The query, ``(n_columns,)``; all zero without a like that has content."""
        return self.liked - self.avoided if self.liked.any() else self.liked

    def queries_of(self, clusters: Sequence[Profile]) -> NDArray[np.float32]:
        """Return the share of each cluster of likes in the query, ``(n_columns, n_clusters)``.

        Every cluster carries its share of the skips. Clusters that hold all likes between
        them add up to the query.
        """
        weight = self.profile.liked_weights.sum()
        queries = np.empty((self.liked.size, len(clusters)), dtype=np.float32, order="F")
        for column, cluster in enumerate(clusters):
            query = mean_of_rows(cluster.liked, cluster.liked_weights, self.content)
            if query.any():
                query -= self.avoided
            queries[:, column] = query * (cluster.liked_weights.sum() / weight)
        return queries


def query_of(profile: Profile, content: Matrix) -> NDArray[np.float32]:
    """Return Rocchio's query over the columns of `content`; see `Rocchio`."""
    return Rocchio.of(profile, content).query


def skip_share(n_liked: int, n_rejected: int) -> float:
    """Return the weight of the mean of rejected papers, where that of liked papers is 1."""
    return SKIP_SHARE * n_rejected / max(n_liked + n_rejected, 1)


def normalised(weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return weights above 0, divided by their sum."""
    return np.asarray(weights / weights.sum(), dtype=np.float32)


def mean_of_rows(rows: Rows, weights: NDArray[np.float32], content: Matrix) -> NDArray[np.float32]:
    """Return the weighted mean of some rows, ``(n_columns,)``; zero without rows or content."""
    if not rows.size or not content.size:
        return np.zeros(content.shape[1], dtype=np.float32)
    if isinstance(content, np.ndarray):
        return np.asarray(content[rows].T @ normalised(weights), dtype=np.float32)
    return sum_of_rows(content, rows, normalised(weights))


@dataclass(frozen=True)
class TfidfRanker:
    """Cosine of words and word pairs with the Rocchio query; learns nothing itself."""

    fitted: ItemMatrix | None = None
    name: ClassVar[str] = "tfidf"

    @staticmethod
    def content_of(features: Features) -> Matrix:
        """Return what papers consist of."""
        return features.paper_terms

    def fit(self, features: Features, reader_papers: SparseRows, seed: int) -> Self:
        """Take the papers of these features; see `Ranker.fit`."""
        return type(self)(ItemMatrix.of(self.content_of(features)))

    def extended(self, features: Features) -> Self:
        """Score the papers since the fit too; see `Ranker.extended`."""
        content = self.content_of(features)
        return type(self)(self.fitted.extended(content) if self.fitted else ItemMatrix.of(content))

    @property
    def items(self) -> ItemMatrix:
        """The papers; ValueError before `fit`."""
        if self.fitted is None:
            raise ValueError("fit the ranker before it scores")
        return self.fitted

    @property
    def content(self) -> Any:
        """The papers' rows, ``(n_papers, n_columns)``: sparse, dense for the embedding."""
        return self.items.matrix

    def score(self, profile: Profile, papers: Rows) -> Scores:
        """Return dot products with the Rocchio query; see `Ranker.score`."""
        query = query_of(profile.within(len(self.items)), self.content)
        if not query.any():
            return np.full(papers.size, np.nan, dtype=np.float32)
        return self.items.dot(query, papers)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return what follows from the features, which hold everything else."""
        return self.items.arrays()

    @classmethod
    def from_arrays(cls, features: Features, arrays: Arrays) -> Self:
        """Rebuild from the features and what `arrays` gave, if anything."""
        return cls(ItemMatrix.from_arrays(cls.content_of(features), arrays))


class AuthorRanker(TfidfRanker):
    """Author names shared with the likes; rare names count more."""

    name: ClassVar[str] = "authors"

    @staticmethod
    def content_of(features: Features) -> Matrix:
        """Return the names of the papers' authors."""
        return features.paper_authors


class EmbeddingRanker(TfidfRanker):
    """Cosine of the centred embedding with the Rocchio query."""

    name: ClassVar[str] = "embedding"

    @staticmethod
    def content_of(features: Features) -> Matrix:
        """Return the embedding of the papers."""
        return features.embedding
