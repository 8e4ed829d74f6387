"""A dense embedding of papers: truncated SVD of TF-IDF, centred. Runs on fit; pure.

Latent semantic analysis (Deerwester et al. 1990). The corpus mean is removed
before rows are scaled to length 1, otherwise all cosines crowd together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.features.interactions import SparseRows


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
    def fit(cls, paper_terms: SparseRows, n_dims: int = 128, seed: int = 0) -> EmbeddingSpace:
        """Learn the map; asks for fewer dimensions where the catalogue has fewer."""
        raise NotImplementedError

    def transform(self, paper_terms: SparseRows) -> NDArray[np.float32]:
        """Return ``(n_papers, n_dims) float32``, rows of length 1; zero without terms."""
        raise NotImplementedError
