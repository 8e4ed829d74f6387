"""What the rankers know of the papers: one `Features` per catalogue and moment. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from recommender.domain import Paper, Vocabulary
from recommender.features.append_buffer import appended, appended_rows
from recommender.features.authors import AuthorFeatures
from recommender.features.embeddings import EmbeddingSpace
from recommender.features.interactions import SparseRows
from recommender.features.packed_texts import texts_from, texts_of
from recommender.features.sentence_encoder import encoded_space
from recommender.features.serialisation import cells_of, matrix_of, packed, unpacked
from recommender.features.tfidf import TextFeatures

GROWING = (
    *(f"paper_terms_{x}" for x in ("values", "columns", "starts")),
    *(f"paper_authors_{x}" for x in ("values", "columns", "starts")),
    "embedding",
    "newest_days",
)
"""The arrays of features to which papers after the fit are appended."""


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
    encoded
        True where the embedding is a sentence encoder's, see `sentence_encoder`.
    authors
        Names and their idf, fitted on the same papers.
    paper_authors
        ``(n_papers, n_names) float32``, rows of length 1 at most, or empty.
    """

    vocabulary: Vocabulary
    text: TextFeatures
    paper_terms: SparseRows
    space: EmbeddingSpace
    embedding: NDArray[np.float32]
    newest_days: NDArray[np.float64]
    n_fitted: int
    authors: AuthorFeatures
    paper_authors: SparseRows
    encoded: bool = False

    @classmethod
    def of_papers(cls, papers: Sequence[Paper], seed: int = 0) -> Features:
        """Fit terms, names and embedding on these papers; rows in their order."""
        text, authors = TextFeatures.fit(papers), AuthorFeatures.fit(papers)
        ids = [paper.paper_id for paper in papers]
        found = cls._fitted(ids, text, text.transform(papers), newest_days_of(papers), seed)
        return replace(found, authors=authors, paper_authors=authors.transform(papers))

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
        text = TextFeatures.of_counts(counts, terms)
        days = np.full(len(ids), np.nan) if newest_days is None else newest_days
        return cls._fitted(ids, text, text.transform_counts(counts), days, seed)

    @classmethod
    def _fitted(
        cls,
        ids: Sequence[str],
        text: TextFeatures,
        paper_terms: SparseRows,
        newest_days: NDArray[np.float64],
        seed: int,
    ) -> Features:
        space = EmbeddingSpace.fit(paper_terms, text.terms_, seed=seed)
        embedding = space.transform(paper_terms)
        return cls(
            Vocabulary.of(ids),
            text,
            paper_terms,
            space,
            embedding,
            newest_days,
            len(ids),
            AuthorFeatures.of_terms((), np.zeros(0, dtype=np.float32)),
            _no_authors(len(ids), 0),
        )

    def with_encoded(self, vectors: NDArray[np.float32]) -> Features:
        """Return features whose embedding is a sentence encoder's, ``(n_fitted, n_dims)``.

        Rows after the fit are embedded from their words, as those are that come later.
        """
        space, own = encoded_space(vectors, self.paper_terms[: self.n_fitted], self.space)
        since = space.transform(self.paper_terms[self.n_fitted :])
        return replace(self, space=space, embedding=np.vstack([own, since]), encoded=True)

    def with_papers(self, papers: Sequence[Paper]) -> Features:
        """Return features with these papers appended as rows after the fit."""
        ids = [paper.paper_id for paper in papers]
        terms, names = self.text.transform(papers), self.authors.transform(papers)
        return self._appended(ids, terms, newest_days_of(papers), names)

    def with_counts(
        self,
        ids: Sequence[str],
        counts: SparseRows,
        newest_days: NDArray[np.float64] | None = None,
    ) -> Features:
        """Return features with a bag of words (same terms) appended after the fit."""
        days = np.full(len(ids), np.nan) if newest_days is None else newest_days
        no_authors = _no_authors(len(ids), self.paper_authors.shape[1])
        return self._appended(ids, self.text.transform_counts(counts), days, no_authors)

    def _appended(
        self,
        ids: Sequence[str],
        paper_terms: SparseRows,
        newest_days: NDArray[np.float64],
        paper_authors: SparseRows,
    ) -> Features:
        if not ids:
            return self
        return replace(
            self,
            vocabulary=self.vocabulary.extended(ids),
            paper_terms=appended_rows(self.paper_terms, paper_terms),
            embedding=appended(self.embedding, self.space.transform(paper_terms)),
            newest_days=appended(self.newest_days, newest_days),
            paper_authors=appended_rows(self.paper_authors, paper_authors),
        )

    def __len__(self) -> int:
        return len(self.vocabulary)

    @property
    def terms(self) -> Sequence[str]:
        """The terms, column by column of `paper_terms`."""
        return self.text.terms_

    @property
    def n_terms_median(self) -> float:
        """Median number of distinct terms a fitted paper has; 0 without any text."""
        counts = np.diff(self.paper_terms.indptr[: self.n_fitted + 1])
        with_text = counts[counts > 0]
        return float(np.median(with_text)) if with_text.size else 0.0

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return everything as arrays, ready for ``.npy`` without pickle."""
        return {
            **texts_of("ids", self.vocabulary.ids),
            "terms": packed(self.terms),
            "idf": self.text.idf_,
            **cells_of("paper_terms", self.paper_terms),
            "space_components": self.space.components_,
            "space_mean": self.space.mean_,
            "embedding": self.embedding,
            "newest_days": self.newest_days,
            "n_fitted": np.array(self.n_fitted),
            "encoded": np.array(self.encoded),
            **texts_of("authors", self.authors.terms_),
            "author_idf": self.authors.idf_,
            **cells_of("paper_authors", self.paper_authors),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Features:
        """Rebuild what `arrays` gave; memory-mapped arrays stay so."""
        terms = unpacked(arrays["terms"])
        names, name_index = texts_from("authors", arrays)
        return cls(
            Vocabulary(*texts_from("ids", arrays)),
            TextFeatures.of_terms(terms, arrays["idf"]),
            matrix_of("paper_terms", arrays, len(terms)),
            EmbeddingSpace(arrays["space_components"], arrays["space_mean"]),
            arrays["embedding"],
            arrays["newest_days"],
            int(arrays["n_fitted"]),
            AuthorFeatures(names, arrays["author_idf"], name_index),
            matrix_of("paper_authors", arrays, len(names)),
            bool(arrays["encoded"]),
        )


def _no_authors(n_papers: int, n_names: int) -> SparseRows:
    cells = np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.int32)
    return csr_matrix((*cells, np.zeros(n_papers + 1, dtype=np.int32)), shape=(n_papers, n_names))


def days_of(moment: datetime | None) -> float:
    """Return days since 1970 (UTC), NaN for None."""
    return float("nan") if moment is None else moment.timestamp() / 86_400


def newest_days_of(papers: Sequence[Paper]) -> NDArray[np.float64]:
    """Return `days_of` the newest day of each paper, ``(n_papers,)``."""
    return np.array([days_of(paper.newest_at) for paper in papers], dtype=np.float64)
