"""Closeness of content to what was liked, away from what was skipped. Pure.

Rocchio's rule (1971): the weighted mean of the liked papers, minus half the
weighted mean of the skipped ones; the score is the dot product with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self, TypeAlias

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
    valid_rows,
)

SKIP_SHARE = 0.5
Matrix: TypeAlias = "SparseRows | NDArray[np.float32]"


@dataclass(frozen=True, slots=True)
class Rocchio:
    """A history over some content, and both sides of its query, ``(n_columns,)``.

    `avoided` is to be taken off `liked`.
    """

    profile: Profile
    content: Matrix
    liked: NDArray[np.float32]
    avoided: NDArray[np.float32]

    @classmethod
    def of(cls, profile: Profile, content: Matrix) -> Self:
        """Read a history, whose rows must exist."""
        liked = mean_of_rows(profile.liked, profile.liked_weights, content)
        return cls(profile, content, liked, avoided_by(profile, content))

    @property
    def query(self) -> NDArray[np.float32]:
        """The query itself; all zero without a like that has content."""
        return self.liked - self.avoided if self.liked.any() else self.liked


def query_of(profile: Profile, content: Matrix) -> NDArray[np.float32]:
    """Return Rocchio's query over the columns of `content`; see `Rocchio`."""
    return Rocchio.of(profile, content).query


def queries_of(clusters: Sequence[Profile], whole: Rocchio) -> NDArray[np.float32]:
    """Return what some of the likes of `whole`, and as much of its skips, add to its query.

    Returns
    -------
    ``(n_columns, n_subjects)``; subjects that hold all likes between them add up to the query.
    """
    total = whole.profile.liked_weights.sum()
    queries = np.empty((whole.liked.size, len(clusters)), dtype=np.float32)
    for column, cluster in enumerate(clusters):
        query = mean_of_rows(cluster.liked, cluster.liked_weights, whole.content)
        if query.any():
            query -= whole.avoided
        queries[:, column] = query * (cluster.liked_weights.sum() / total)
    return queries


def avoided_by(profile: Profile, content: Matrix) -> NDArray[np.float32]:
    """Return what Rocchio's query takes off for the skips; zero without any."""
    return np.float32(SKIP_SHARE) * mean_of_rows(profile.skipped, -profile.skipped_weights, content)


def shares(weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return weights above 0 as parts of 1."""
    return np.asarray(weights / weights.sum(), dtype=np.float32)


def mean_of_rows(rows: Rows, weights: NDArray[np.float32], content: Matrix) -> NDArray[np.float32]:
    """Return the weighted mean of some rows, ``(n_columns,)``; zero without any, or any content."""
    if not rows.size or not content.size:
        return np.zeros(content.shape[1], dtype=np.float32)
    if isinstance(content, np.ndarray):
        return np.asarray(content[rows].T @ shares(weights), dtype=np.float32)
    return sum_of_rows(content, rows, shares(weights))


def filled(content: Matrix, rows: Rows) -> NDArray[np.bool_]:
    """Return which of some rows, which exist, are not empty."""
    if isinstance(content, np.ndarray):
        return np.asarray(content[rows].any(axis=1))
    return np.asarray(content.indptr[rows + 1] > content.indptr[rows])


def score_query(
    query: NDArray[np.float32], content: Matrix, has_content: NDArray[np.bool_], papers: Rows
) -> Scores:
    """Return dot products with a query; NaN for papers without content, or without a query."""
    scores = np.full(papers.size, np.nan, dtype=np.float32)
    if not query.any():
        return scores
    exists = valid_rows(papers, content.shape[0])
    exists[exists] = has_content[papers[exists]]
    rows = papers[exists]
    many = rows.size * 4 > content.shape[0]
    scores[exists] = (content @ query)[rows] if many else content[rows] @ query
    return scores


@dataclass(frozen=True)
class TfidfRanker:
    """Cosine of words and word pairs."""

    paper_terms: SparseRows | None = None
    name: ClassVar[str] = "tfidf"

    def fit(self, features: Features, reader_papers: SparseRows, seed: int) -> Self:
        """Take the TF-IDF as it is; nothing is learned from other readers."""
        return self.extended(features)

    def extended(self, features: Features) -> Self:
        """Score the papers of these features."""
        return type(self)(features.paper_terms)

    @property
    def content(self) -> SparseRows:
        """The papers' rows; ValueError before `fit`."""
        if self.paper_terms is None:
            raise ValueError("fit the ranker before it scores")
        return self.paper_terms

    def score(self, profile: Profile, papers: Rows) -> Scores:
        """Return the closeness to Rocchio's query; see `Ranker.score`."""
        return self.score_query(self.query(profile), papers)

    def query(self, profile: Profile) -> NDArray[np.float32]:
        """Return Rocchio's query, ``(n_terms,)``."""
        return query_of(profile.within(self.content.shape[0]), self.content)

    def score_query(self, query: NDArray[np.float32], papers: Rows) -> Scores:
        """Return dot products with a query; NaN for papers without terms."""
        return score_query(query, self.content, np.diff(self.content.indptr) > 0, papers)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return nothing: the features hold it all."""
        return {}

    @classmethod
    def from_arrays(cls, features: Features, arrays: Arrays) -> Self:
        """Rebuild from the features."""
        return cls().extended(features)


class AuthorRanker(TfidfRanker):
    """Names that the papers' authors share, the rarer the more."""

    name: ClassVar[str] = "authors"

    def extended(self, features: Features) -> Self:
        """Score the papers of these features."""
        return type(self)(features.paper_authors)


@dataclass(frozen=True)
class EmbeddingRanker:
    """Cosine of the centred embedding."""

    embedding: NDArray[np.float32] | None = None
    has_content: NDArray[np.bool_] | None = None
    name: ClassVar[str] = "embedding"

    def fit(self, features: Features, reader_papers: SparseRows, seed: int) -> Self:
        """Take the embedding as it is; nothing is learned from other readers."""
        return self.extended(features)

    def extended(self, features: Features) -> Self:
        """Score the papers of these features."""
        return type(self)(features.embedding, np.asarray(features.embedding.any(axis=1)))

    def score(self, profile: Profile, papers: Rows) -> Scores:
        """Return the closeness to Rocchio's query; see `Ranker.score`."""
        return self.score_query(self.query(profile), papers)

    @property
    def content(self) -> NDArray[np.float32]:
        """The embedding; ValueError before `fit`."""
        if self.embedding is None:
            raise ValueError("fit the ranker before it scores")
        return self.embedding

    def query(self, profile: Profile) -> NDArray[np.float32]:
        """Return Rocchio's query, ``(n_dims,)``."""
        return query_of(profile.within(self.content.shape[0]), self.content)

    def score_query(self, query: NDArray[np.float32], papers: Rows) -> Scores:
        """Return dot products with a query; NaN for papers without an embedding."""
        assert self.has_content is not None
        return score_query(query, self.content, self.has_content, papers)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return nothing: the features hold it all."""
        return {}

    @classmethod
    def from_arrays(cls, features: Features, arrays: Arrays) -> Self:
        """Rebuild from the features."""
        return cls().extended(features)
