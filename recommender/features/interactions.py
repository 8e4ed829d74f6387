"""Feedback as numbers: one reader's `Profile`, and all readers' matrix. Pure.

Weights come from `history.preference_weights`: above zero is wanted, below zero is not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from recommender.domain import Vocabulary
from recommender.domain.readers import SKIP_WEIGHT

Rows: TypeAlias = NDArray[np.intp]
SparseRows: TypeAlias = "csr_matrix[np.float32]"
Given: TypeAlias = "Mapping[int, float] | Sequence[int] | Rows"


@dataclass(frozen=True, slots=True)
class Profile:
    """What one reader (or one interest) wants and does not want.

    Parameters
    ----------
    liked, liked_weights
        ``(n_liked,) intp`` rows of one vocabulary, each once, the newest like last, and their
        weights ``float32 > 0`` (1 is one like).
    rejected, rejected_weights
        The same for skips and dislikes (`PaperState.rejected`); weights are ``float32 < 0`` as they
        stand in the table of event meanings (`SKIP_WEIGHT` is one skip).
    reader_index
        The row this reader had in the matrix the model was fitted on, or None
        for a reader it has not met. Only `weight_deviation` uses it: a like that
        took part in the fit is no test of the fit.
    """

    liked: Rows
    liked_weights: NDArray[np.float32]
    rejected: Rows
    rejected_weights: NDArray[np.float32]
    reader_index: int | None = None

    @classmethod
    def of(
        cls,
        liked: Given = (),
        rejected: Given = (),
        *,
        like: float = 1.0,
        skip: float = SKIP_WEIGHT,
        reader_index: int | None = None,
    ) -> Profile:
        """Build a profile from rows (weighted `like` and `skip`) or from row -> weight."""
        likes, like_weights = _rows_and_weights(liked, like)
        skips, skip_weights = _rows_and_weights(rejected, skip)
        return cls(likes, like_weights, skips, skip_weights, reader_index)

    def within(self, n_papers: int) -> Profile:
        """Return the profile without rows that do not exist."""
        liked = (self.liked >= 0) & (self.liked < n_papers)
        rejected = (self.rejected >= 0) & (self.rejected < n_papers)
        if liked.all() and rejected.all():
            return self
        return replace(
            self,
            liked=self.liked[liked],
            liked_weights=self.liked_weights[liked],
            rejected=self.rejected[rejected],
            rejected_weights=self.rejected_weights[rejected],
        )

    def with_likes(self, positions: Rows) -> Profile:
        """Return the profile with some of its likes alone, by their positions in `liked`."""
        liked, weights = self.liked[positions], self.liked_weights[positions]
        return replace(self, liked=liked, liked_weights=weights)

    def heaviest_likes(self, n: int) -> Rows:
        """Return the positions in `liked` of the `n` heaviest likes, ascending; all if fewer.

        Of equal weights the last ones, which are the newest answers: interests change.
        """
        last_first = self.liked_weights[::-1]
        kept = self.liked.size - 1 - np.argsort(-last_first, kind="stable")[:n]
        return np.asarray(np.sort(kept), dtype=np.intp)

    @property
    def weighted(self) -> Rows:
        """All rows with a weight, liked first; an opened paper too, without a verdict."""
        return np.concatenate([self.liked, self.rejected])

    @property
    def empty(self) -> bool:
        """True when nothing is known about the reader."""
        return not (self.liked.size or self.rejected.size)


def _rows_and_weights(given: Given, weight: float) -> tuple[Rows, NDArray[np.float32]]:
    if isinstance(given, Mapping):
        rows = np.fromiter(given.keys(), dtype=np.intp, count=len(given))
        return rows, np.fromiter(given.values(), dtype=np.float32, count=len(given))
    rows = np.asarray(given, dtype=np.intp).reshape(-1)
    return rows, np.full(rows.size, weight, dtype=np.float32)


def profile_of(weights: Mapping[str, float], vocabulary: Vocabulary) -> Profile:
    """Turn ``{paper_id: weight}`` into a profile, in the same order.

    Papers outside the vocabulary and weights of zero are left out.
    """
    rows = {
        row: weight
        for paper_id, weight in weights.items()
        if (row := vocabulary.index(paper_id)) is not None
    }
    return profile_of_rows(rows)


def profile_of_rows(weights: Mapping[int, float], reader_index: int | None = None) -> Profile:
    """Turn ``{row: weight}`` into a profile, in the same order; weights of zero are left out."""
    liked = {row: weight for row, weight in weights.items() if weight > 0}
    rejected = {row: weight for row, weight in weights.items() if weight < 0}
    return Profile.of(liked, rejected, reader_index=reader_index)


def reader_papers(weights: Mapping[str, Mapping[str, float]], vocabulary: Vocabulary) -> SparseRows:
    """Return all readers' weights as ``(n_readers, n_papers) float32``.

    Rows follow the order of `weights`; a reader without any paper of the
    vocabulary keeps an empty row. An empty cell means nothing is known.
    """
    indptr, indices, values = [0], [], []
    for of_reader in weights.values():
        profile = profile_of(of_reader, vocabulary)
        indices.append(profile.weighted)
        values.append(np.concatenate([profile.liked_weights, profile.rejected_weights]))
        indptr.append(indptr[-1] + profile.weighted.size)
    if not indices:
        return csr_matrix(np.zeros((0, len(vocabulary)), dtype=np.float32))
    matrix = csr_matrix(
        (np.concatenate(values), np.concatenate(indices), np.asarray(indptr)),
        shape=(len(weights), len(vocabulary)),
        dtype=np.float32,
    )
    matrix.sort_indices()
    return matrix
