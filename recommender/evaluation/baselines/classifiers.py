"""One classifier a reader, retrained for every request: exact, personal and slow."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from recommender.evaluation.baselines.base import no_rows
from recommender.features import Features
from recommender.features.interactions import Profile, Rows, SparseRows
from recommender.ranking.base import Scores, valid_rows

N_NEGATIVES = 5000
"""Random papers that stand for what the reader does not want; all where there are fewer."""


@dataclass(frozen=True)
class _ReaderClassifier(ABC):
    """Keeps the texts; subclasses say what is trained on which rows."""

    paper_terms_: SparseRows = field(default_factory=no_rows)
    seed_: int = 0

    def fit(self, features: Features, reader_papers: SparseRows, seed: int) -> Self:
        """Keep the TF-IDF rows; other readers are not looked at."""
        return replace(self, paper_terms_=features.paper_terms, seed_=seed)

    def extended(self, features: Features) -> Self:
        """Take the rows of new papers over."""
        return replace(self, paper_terms_=features.paper_terms)

    def score(self, profile: Profile, papers: Rows) -> Scores:
        """Train on the history and return the distances to the boundary."""
        n_papers = int(self.paper_terms_.shape[0])
        scores = np.full(len(papers), np.nan, dtype=np.float32)
        liked = profile.liked[valid_rows(profile.liked, n_papers)]
        other = self._negatives(profile, n_papers)
        exist = valid_rows(papers, n_papers)
        if liked.size and other.size and exist.any():
            rows = np.concatenate([liked, other])
            wanted = np.arange(len(rows)) < len(liked)
            model = self._model().fit(self.paper_terms_[rows], wanted)
            scores[exist] = model.decision_function(self.paper_terms_[papers[exist]])
        return scores

    def _negatives(self, profile: Profile, n_papers: int) -> Rows:
        return np.setdiff1d(np.arange(n_papers), profile.liked)

    @abstractmethod
    def _model(self) -> Any: ...


@dataclass(frozen=True)
class SanitySvm(_ReaderClassifier):
    """A linear SVM of the likes against every other paper, as arxiv-sanity-lite ranks."""

    def _model(self) -> Any:
        return LinearSVC(
            C=0.01, class_weight="balanced", max_iter=10_000, tol=1e-6, random_state=self.seed_
        )


@dataclass(frozen=True)
class ReaderLogistic(_ReaderClassifier):
    """Logistic regression of the likes against the skips and papers drawn at random."""

    def _negatives(self, profile: Profile, n_papers: int) -> Rows:
        skipped = profile.rejected[valid_rows(profile.rejected, n_papers)]
        unjudged = np.setdiff1d(np.arange(n_papers), profile.weighted)
        drawn = self._rng(profile).permutation(unjudged)[:N_NEGATIVES]
        return np.concatenate([skipped, drawn])

    def _rng(self, profile: Profile) -> np.random.Generator:
        history: NDArray[np.intp] = np.sort(profile.liked)
        return np.random.default_rng([self.seed_, *(history + 1)])

    def _model(self) -> Any:
        return LogisticRegression(C=10, solver="liblinear", random_state=self.seed_)
