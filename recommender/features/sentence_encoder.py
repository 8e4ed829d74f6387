"""A sentence encoder's vectors as the embedding of papers. Pure; runs on fit.

The corpus mean is taken off, or all cosines crowd together, and the rest is turned to its
`N_DIMS` widest directions (principal components). Papers and sentences that come after the
fit have no vector until the next one: a linear map from TF-IDF by way of the words' vectors
(ridge regression) stands in for it, so that nothing but the fit ever needs the encoder.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recommender.domain import Paper
from recommender.features.embeddings import N_DIMS, EmbeddingSpace
from recommender.features.interactions import SparseRows

RIDGE = 1e-3
"""Of the mean square of a coordinate."""


def text_of(paper: Paper) -> str:
    """Return what an encoder reads of a paper."""
    return f"{paper.title}. {paper.abstract}" if paper.abstract else paper.title


def encoded_space(
    vectors: NDArray[np.float32], paper_terms: SparseRows, space: EmbeddingSpace
) -> tuple[EmbeddingSpace, NDArray[np.float32]]:
    """Return the map that stands in for the encoder, and the papers' own embedding.

    Parameters
    ----------
    vectors
        ``(n_papers, n_dims)`` as the encoder gives them, one for every row of `paper_terms`.
    space
        The embedding by words, fitted on the same papers.

    Returns
    -------
    tuple
        A space of at most `N_DIMS` dimensions, and ``(n_papers, n_dims) float32`` rows of
        length 1; zero where the vector is the mean.
    """
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    _, directions = np.linalg.eigh(centred.T @ centred)
    own = centred @ directions[:, ::-1][:, :N_DIMS]
    given = np.asarray(paper_terms @ space.components_.T, dtype=np.float64)
    mean = given.mean(axis=0)
    square = (given - mean).T @ (given - mean)
    ridge = RIDGE * max(float(np.trace(square)) / max(square.shape[0], 1), 1e-12)
    weights = np.linalg.solve(square + ridge * np.eye(square.shape[0]), (given - mean).T @ own)
    components = np.asfortranarray(weights.T @ space.components_, dtype=np.float32)
    return EmbeddingSpace(components, (mean @ weights).astype(np.float32)), _rows_of_length_1(own)


def _rows_of_length_1(rows: NDArray[np.float64]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    lengths[lengths == 0] = 1.0
    return np.asarray(rows / lengths, dtype=np.float32)
