"""How much each part of the blend counts, by the evidence there is. Pure.

The parts are standard scores, so a weight of 1 is the weight of the
implicit-feedback model. The rules are smooth in what they depend on:

- words: 0.5 where nobody else reads, 0.25 where likes are dense, since shared
  language then sits in the factorisation already;
- embedding: helps in small catalogues only, where single words are too rare;
- neighbours: 0.2 as soon as other readers exist; until then they reach nothing.

Chosen on splits of the training parts; see the evaluation section of the README.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from recommender.ranking.base import SparseRows
from recommender.ranking.terms import likes_per_paper

LEAST_WEIGHT = 0.02
"""A part that counts less changes no order worth its time."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a model was fitted on."""

    n_papers: float = 0.0
    n_readers: float = 0.0
    likes_per_paper: float = 0.0

    @classmethod
    def of(cls, reader_papers: SparseRows) -> Self:
        """Count readers with likes, and likes."""
        readers = np.repeat(np.arange(reader_papers.shape[0]), np.diff(reader_papers.indptr))
        n_readers = np.unique(readers[reader_papers.data > 0]).size
        return cls(reader_papers.shape[1], n_readers, likes_per_paper(reader_papers))

    def as_array(self) -> NDArray[np.float64]:
        """Return the numbers in the order of the fields."""
        return np.array(astuple(self), dtype=np.float64)

    @classmethod
    def from_array(cls, numbers: NDArray[np.float64]) -> Self:
        """Rebuild what `as_array` gave."""
        return cls(*numbers.tolist())


def weights_for(evidence: Evidence) -> dict[str, float]:
    """Return the weight of each ranker by its name."""
    crowding = 1.0 + 2.0 * evidence.likes_per_paper
    embedding = 0.4 / (1.0 + (evidence.n_papers / 2000.0) ** 1.5) / crowding
    return {
        "als": 1.0,
        "tfidf": 0.25 + 0.25 / crowding,
        "embedding": embedding if embedding > LEAST_WEIGHT else 0.0,
        "neighbours": 0.2 if evidence.n_readers > 1 else 0.0,
    }
