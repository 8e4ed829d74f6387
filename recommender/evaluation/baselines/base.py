"""What an evaluation asks of a ranker, and how one is described."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from scipy.sparse import csr_matrix

from recommender.features import Features
from recommender.features.interactions import Profile, Rows, SparseRows
from recommender.ranking.base import Scores


class Scorer(Protocol):
    """The part of `ranking.base.Ranker` that an evaluation asks for."""

    def fit(self, features: Features, reader_papers: SparseRows, seed: int) -> Self:
        """Return a new, fitted ranker."""
        ...

    def extended(self, features: Features) -> Self:
        """Return a ranker that also scores the rows appended since the fit."""
        ...

    def score(self, profile: Profile, papers: Rows) -> Scores:
        """Return scores in the order of `papers`; NaN where there is nothing to go by."""
        ...


@dataclass(frozen=True, slots=True)
class Baseline:
    """How a system is called, where it is, and what it needs.

    Parameters
    ----------
    target
        ``module:Class``, made without arguments.
    needs_readers
        Knows papers by their readers only: nothing to say about new papers,
        nor where there are no other readers.
    needs_dates
        Goes by the days on which papers appeared.
    sample
        Readers it is measured on where it is too slow for all; None for all.
    """

    name: str
    target: str
    needs_readers: bool = False
    needs_dates: bool = False
    sample: int | None = None


def no_rows() -> SparseRows:
    """Return a matrix without anything in it: what an unfitted baseline holds."""
    return csr_matrix(np.zeros((0, 0), dtype=np.float32))
