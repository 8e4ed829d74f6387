"""The same list for everybody: what most readers have, or what is newest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from recommender.features import Features
from recommender.features.interactions import Profile, Rows, SparseRows
from recommender.ranking.base import Scores, valid_rows


def at_rows(per_paper: NDArray[np.float32], papers: Rows) -> Scores:
    """Return the values of these rows; NaN for rows that do not exist."""
    scores = np.full(len(papers), np.nan, dtype=np.float32)
    exist = valid_rows(papers, len(per_paper))
    scores[exist] = per_paper[papers[exist]]
    return scores


@dataclass(frozen=True)
class Popularity:
    """In how many libraries a paper is."""

    counts_: NDArray[np.float32] | None = None

    def fit(self, features: Features, reader_papers: SparseRows, seed: int) -> Self:
        """Count the readers of every paper; skips do not count."""
        counts = np.bincount(reader_papers.indices[reader_papers.data > 0], minlength=len(features))
        return replace(self, counts_=counts.astype(np.float32))

    def extended(self, features: Features) -> Self:
        """Return the same: new papers have no readers and stay without a score."""
        return self

    def score(self, profile: Profile, papers: Rows) -> Scores:
        """Return the counts."""
        assert self.counts_ is not None
        return at_rows(self.counts_, papers)


@dataclass(frozen=True)
class Recency:
    """How new a paper is; papers without a day have no score."""

    days_: NDArray[np.float32] | None = None

    def fit(self, features: Features, reader_papers: SparseRows, seed: int) -> Self:
        """Take the days over."""
        return self.extended(features)

    def extended(self, features: Features) -> Self:
        """Take the days over, those of new papers too."""
        return replace(self, days_=features.newest_days.astype(np.float32))

    def score(self, profile: Profile, papers: Rows) -> Scores:
        """Return the day since 1970."""
        assert self.days_ is not None
        return at_rows(self.days_, papers)
