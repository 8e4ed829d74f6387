"""What the rankers know of the papers: one `Features` per catalogue and moment. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from recommender.domain import Paper, Vocabulary
from recommender.features.embeddings import EmbeddingSpace
from recommender.features.interactions import SparseRows
from recommender.features.text import TextFeatures


@dataclass(frozen=True, slots=True)
class Features:
    """Papers as numbers; row i is ``vocabulary.ids[i]`` everywhere.

    Parameters
    ----------
    text
        Terms and their idf, fitted on the first `n_fitted` papers.
    paper_terms
        ``(n_papers, n_terms) float32`` TF-IDF, rows of length 1 or empty.
    space
        The map from TF-IDF to the embedding, fitted on the same papers.
    embedding
        ``(n_papers, n_dims) float32``, rows of length 1 or all zero.
    newest_days
        ``(n_papers,) float64`` days since 1970 of publication or listing,
        whichever is newer; NaN where no day is known.
    n_fitted
        Rows from here on are papers that came after the fit.
    """

    vocabulary: Vocabulary
    text: TextFeatures
    paper_terms: SparseRows
    space: EmbeddingSpace
    embedding: NDArray[np.float32]
    newest_days: NDArray[np.float64]
    n_fitted: int

    @classmethod
    def of_papers(cls, papers: Sequence[Paper], seed: int = 0) -> Features:
        """Fit terms and embedding on these papers; rows in their order."""
        raise NotImplementedError

    @classmethod
    def of_counts(
        cls,
        ids: Sequence[str],
        counts: SparseRows,
        terms: Sequence[str],
        newest_days: NDArray[np.float64] | None = None,
        seed: int = 0,
    ) -> Features:
        """Fit on a ready bag of words, ``(n_papers, n_terms)``."""
        raise NotImplementedError

    def with_papers(self, papers: Sequence[Paper]) -> Features:
        """Return features with these papers appended as rows after the fit."""
        raise NotImplementedError

    def with_counts(
        self,
        ids: Sequence[str],
        counts: SparseRows,
        newest_days: NDArray[np.float64] | None = None,
    ) -> Features:
        """Return features with a bag of words (same terms) appended after the fit."""
        raise NotImplementedError

    def __len__(self) -> int:
        return len(self.vocabulary)

    @property
    def terms(self) -> tuple[str, ...]:
        """The terms, column by column of `paper_terms`."""
        return self.text.terms_

    @property
    def n_terms_median(self) -> float:
        """Median number of distinct terms a fitted paper has; 0 without any text."""
        counts = np.diff(self.paper_terms.indptr[: self.n_fitted + 1])
        with_text = counts[counts > 0]
        return float(np.median(with_text)) if with_text.size else 0.0


def days_of(moment: datetime | None) -> float:
    """Return days since 1970 (UTC), NaN for None."""
    return float("nan") if moment is None else moment.timestamp() / 86_400
