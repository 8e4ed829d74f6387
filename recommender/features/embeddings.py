"""A dense embedding of papers: truncated SVD of TF-IDF, centred. Runs on fit; pure.

Latent semantic analysis (Deerwester et al. 1990). The corpus mean is removed
before rows are scaled to length 1, otherwise all cosines crowd together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.features.interactions import SparseRows
from recommender.features.sklearn_parts import singular_vectors

N_DIMS = 128


@dataclass(frozen=True, slots=True)
class EmbeddingSpace:
    """A linear map from TF-IDF to the embedding.

    Attributes
    ----------
    components_
        ``(n_dims, n_terms) float32``; `n_dims` may be 0 in a tiny catalogue.
    mean_
        ``(n_dims,) float32`` corpus mean, taken off every row.
    """

    components_: NDArray[np.float32]
    mean_: NDArray[np.float32]

    @classmethod
    def fit(cls, paper_terms: SparseRows, n_dims: int = N_DIMS, seed: int = 0) -> EmbeddingSpace:
        """Learn the map; has fewer dimensions where the catalogue cannot fill them.

        A catalogue of less than four papers per dimension would be learned by
        heart instead of summarised, so dimensions stay below a quarter of it.
        """
        n_papers, n_terms = paper_terms.shape
        n_dims = min(n_dims, n_papers // 4, n_terms)
        if n_dims < 1:
            empty = np.zeros((0, n_terms), dtype=np.float32)
            return cls(empty, np.zeros(0, dtype=np.float32))
        vectors = singular_vectors(paper_terms, n_dims, seed)[2]
        components = np.ascontiguousarray(vectors, dtype=np.float32)
        mean = np.asarray(paper_terms @ components.T).mean(axis=0)
        return cls(components, mean.astype(np.float32))

    def transform(self, paper_terms: SparseRows) -> NDArray[np.float32]:
        """Return ``(n_papers, n_dims) float32``, rows of length 1; zero without terms."""
        dense = np.asarray(paper_terms @ self.components_.T) - self.mean_
        dense[np.diff(paper_terms.indptr) == 0] = 0.0
        lengths = np.linalg.norm(dense, axis=1, keepdims=True)
        lengths[lengths == 0] = 1.0
        return np.asarray(dense / lengths, dtype=np.float32)
