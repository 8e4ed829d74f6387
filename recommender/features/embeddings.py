"""A dense embedding of papers: the mean of their words' vectors, centred. Runs on fit; pure.

Words count as in TF-IDF. The corpus mean is removed before rows are scaled to
length 1 (Arora, Liang & Ma 2017), otherwise all cosines crowd together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.features.interactions import SparseRows
from recommender.features.word_vectors import word_vectors

N_DIMS = 128


@dataclass(frozen=True, slots=True)
class EmbeddingSpace:
    """A linear map from TF-IDF to the embedding.

    Attributes
    ----------
    components_
        ``(n_dims, n_terms) float32``; `n_dims` may be 0 in a tiny catalogue. Stored by
        columns: of a new paper only the vectors of its own terms are read.
    mean_
        ``(n_dims,) float32`` corpus mean, taken off every row.
    """

    components_: NDArray[np.float32]
    mean_: NDArray[np.float32]

    @classmethod
    def fit(
        cls, paper_terms: SparseRows, terms: Sequence[str], n_dims: int = N_DIMS, seed: int = 0
    ) -> EmbeddingSpace:
        """Learn the map; has fewer dimensions where the catalogue cannot fill them.

        A catalogue of less than four papers per dimension would be learned by
        heart instead of summarised, so dimensions stay below a quarter of it.
        """
        n_papers = paper_terms.shape[0]
        components = word_vectors(paper_terms, terms, n_dims_for(n_papers, n_dims), seed).T
        return cls.of_sum(components, sum_of_words(paper_terms, components), n_papers)

    @classmethod
    def of_sum(
        cls, components: NDArray[np.float32], total: NDArray[np.float32], n_papers: int
    ) -> EmbeddingSpace:
        """Take the vectors of words and what `sum_of_words` gives for the whole catalogue."""
        return cls(components, (total / max(n_papers, 1)).astype(np.float32))

    def transform(self, paper_terms: SparseRows) -> NDArray[np.float32]:
        """Return ``(n_papers, n_dims) float32``, rows of length 1; zero without known words."""
        sums = np.asarray(paper_terms @ self.components_.T)
        dense = np.where(sums.any(axis=1, keepdims=True), sums - self.mean_, np.float32(0))
        lengths = np.linalg.norm(dense, axis=1, keepdims=True)
        lengths[lengths == 0] = 1.0
        return np.asarray(dense / lengths, dtype=np.float32)


def n_dims_for(n_papers: int, n_dims: int = N_DIMS) -> int:
    """Return how many dimensions a catalogue can fill, at most `n_dims`."""
    return min(n_dims, n_papers // 4)


def sum_of_words(paper_terms: SparseRows, components: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the sum over papers of the weighted vectors of their words, ``(n_dims,)``."""
    return np.asarray(np.asarray(paper_terms @ components.T).sum(axis=0))
