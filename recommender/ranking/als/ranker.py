"""The implicit-feedback model: one factorisation of [readers; terms] x papers.

A term is a row like a reader and "likes" the papers it occurs in. So a paper without
feedback is folded in from its terms, and a new reader from a few likes (Hu, Koren &
Volinsky 2008, stacked). Scoring runs on every request.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from recommender.ranking.als.fold_in import Floats, fold_in
from recommender.ranking.als.model import Factorisation
from recommender.ranking.als.solver import OnRound
from recommender.ranking.als.term_rows import AlsOptions
from recommender.ranking.base import Arrays, Features, Profile, Rows, Scores, SparseRows
from recommender.ranking.item_matrix import ItemMatrix

FitFactors = Callable[[Features, SparseRows, AlsOptions, int, OnRound | None], Factorisation]
"""How the factors are fitted: `Factorisation.fit`, or the same elsewhere."""


@dataclass(frozen=True)
class AlsRanker:
    """Scores a paper by the dot product of its factors with the reader's."""

    options: AlsOptions = field(default_factory=AlsOptions)
    fitted: Factorisation | None = None
    items_fitted: ItemMatrix | None = None
    on_round: OnRound | None = field(default=None, compare=False)
    fit_factors: FitFactors = field(default=Factorisation.fit, compare=False)
    name: ClassVar[str] = "als"

    def fit(self, features: Features, reader_papers: SparseRows, seed: int) -> Self:
        """Factorise readers and terms over papers; see `Ranker.fit`."""
        fitted = self.fit_factors(features, reader_papers, self.options, seed, self.on_round)
        return type(self)(self.options, fitted, ItemMatrix.of(fitted.papers))

    def extended(self, features: Features) -> Self:
        """Fold in the papers since the fit; see `Ranker.extended`."""
        fitted = self.model.extended(features)
        return replace(self, fitted=fitted, items_fitted=self.items.extended(fitted.papers))

    @property
    def model(self) -> Factorisation:
        """The factorisation; ValueError before `fit`."""
        if self.fitted is None:
            raise ValueError("fit the ranker before it scores")
        return self.fitted

    @property
    def items(self) -> ItemMatrix:
        """The papers' factors; ValueError before `fit`."""
        if self.items_fitted is None:
            raise ValueError("fit the ranker before it scores")
        return self.items_fitted

    def factor_contributions(self, profile: Profile) -> Floats:
        """Return what each liked row adds to the reader's factors, ``(n_liked, n_factors)``.

        The rows of the profile must exist.
        """
        weights = np.concatenate([profile.liked_weights, profile.rejected_weights])
        observed = self.model.papers[profile.weighted].astype(np.float64)
        confidences = self.options.alpha * weights.astype(np.float64)
        return fold_in(self.model.of_papers, observed, confidences)[: profile.liked.size]

    def score(self, profile: Profile, papers: Rows) -> Scores:
        """Return the predicted preference; see `Ranker.score`."""
        known = profile.within(self.model.papers.shape[0])
        user_factors = self.factor_contributions(known).sum(axis=0)
        if not user_factors.any():
            return np.full(papers.size, np.nan, dtype=np.float32)
        return self.items.dot(user_factors.astype(np.float32), papers)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return factors, Grams and the term block; see `Ranker.arrays`."""
        return self.model.arrays() | self.items.arrays()

    @classmethod
    def from_arrays(cls, features: Features, arrays: Arrays) -> Self:
        """Rebuild a fitted model; see `Ranker.from_arrays`."""
        fitted = Factorisation.from_arrays(features, arrays)
        return cls(fitted.options, fitted, ItemMatrix.from_arrays(fitted.papers, arrays))
