"""The models of `implicit` with their defaults, as baselines. Runs in evaluations only.

All fold a reader in from the history handed over, so that they can be asked
about readers they have not met. Papers without a reader have no score.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from implicit.cpu.bpr import BayesianPersonalizedRanking
from implicit.nearest_neighbours import ItemItemRecommender, normalize, tfidf_weight
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from recommender.features import Features
from recommender.ranking.base import Profile, Rows, Scores, SparseRows, valid_rows

N_NEIGHBOURS = 300
FOLD_IN_STEPS, FOLD_IN_NEGATIVES = 50, 400


@dataclass(frozen=True)
class _ImplicitModel(ABC):
    """What the models share; `model_` is None where there was nothing to learn from."""

    model_: Any = None
    known_: NDArray[np.bool_] | None = None
    seed_: int = 0

    def fit(self, features: Features, reader_papers: SparseRows, seed: int) -> Self:
        """Fit a new model object on the likes; papers without one stay unknown."""
        likes = reader_papers.maximum(0).tocsr()
        likes.eliminate_zeros()
        known = np.bincount(likes.indices, minlength=len(features)) > 0
        model = None
        if likes.nnz:
            with threadpool_limits(1, "blas"), np.errstate(divide="ignore", invalid="ignore"):
                model = self._new(seed)
                self._train(model, likes.sign().astype(np.float32))
        return replace(self, model_=model, known_=known, seed_=seed)

    def extended(self, features: Features) -> Self:
        """Return the same: new papers have no readers and stay without a score."""
        return self

    def score(self, profile: Profile, papers: Rows) -> Scores:
        """Fold the reader in and score the papers."""
        assert self.known_ is not None
        scores = np.full(len(papers), np.nan, dtype=np.float32)
        liked = self._known(profile.liked)
        exist = valid_rows(papers, len(self.known_))
        exist[exist] = self.known_[papers[exist]]
        if self.model_ is not None and liked.size and exist.any():
            every = self._score_all(profile, liked)
            scores[exist] = every[papers[exist]]
        return scores

    def _known(self, rows: Rows) -> Rows:
        assert self.known_ is not None
        rows = rows[valid_rows(rows, len(self.known_))]
        return np.sort(rows[self.known_[rows]])

    def _train(self, model: Any, likes: SparseRows) -> None:
        model.fit(likes, show_progress=False)

    @abstractmethod
    def _new(self, seed: int) -> Any: ...

    @abstractmethod
    def _score_all(self, profile: Profile, liked: Rows) -> NDArray[np.float32]: ...


@dataclass(frozen=True)
class AlsTuned(_ImplicitModel):
    """ALS with the settings that are best on citeulike."""

    settings: ClassVar[dict[str, Any]] = {"factors": 256, "regularization": 300.0, "alpha": 300.0}

    def _new(self, seed: int) -> Any:
        return AlternatingLeastSquares(**self.settings, num_threads=1, random_state=seed)

    def _score_all(self, profile: Profile, liked: Rows) -> NDArray[np.float32]:
        skipped = np.setdiff1d(self._known(profile.rejected), liked)
        row = np.zeros((1, self.model_.item_factors.shape[0]), dtype=np.float32)
        row[0, liked], row[0, skipped] = 1, profile.rejected_weights.mean() if skipped.size else 0
        reader = self.model_.recalculate_user(0, csr_matrix(row))
        return np.asarray(self.model_.item_factors @ reader, dtype=np.float32)


@dataclass(frozen=True)
class AlsDefault(AlsTuned):
    """ALS with the library's defaults."""

    settings: ClassVar[dict[str, Any]] = {}


@dataclass(frozen=True)
class Bpr(_ImplicitModel):
    """Bayesian personalised ranking (Rendle et al. 2009), tuned on citeulike.

    A reader of the training matrix keeps the learnt factors; another one is
    fitted against fixed papers by gradient steps on the same loss.
    """

    def _new(self, seed: int) -> Any:
        return BayesianPersonalizedRanking(
            factors=128, learning_rate=0.05, regularization=0.03, iterations=200,
            num_threads=1, random_state=seed,
        )  # fmt: skip

    def _score_all(self, profile: Profile, liked: Rows) -> NDArray[np.float32]:
        papers = self.model_.item_factors
        if profile.reader_index is not None:
            return np.asarray(papers @ self.model_.user_factors[profile.reader_index])
        return np.asarray(papers @ self._fold_in(liked), dtype=np.float32)

    def _fold_in(self, liked: Rows) -> NDArray[np.float32]:
        papers, model = self.model_.item_factors, self.model_
        rng = np.random.default_rng([self.seed_, *(liked + 1)])
        reader = np.zeros(papers.shape[1], dtype=np.float32)
        reader[-1] = 1  # the last factor of a paper is its bias
        for _ in range(FOLD_IN_STEPS):
            wanted, other = (rng.choice(x, FOLD_IN_NEGATIVES) for x in (liked, len(papers)))
            ahead = papers[wanted] - papers[other]
            doubt = 1 / (1 + np.exp(np.clip(ahead @ reader, -30, 30)))
            step = len(liked) * (doubt @ ahead / len(wanted) - model.regularization * reader)
            reader[:-1] += model.learning_rate * step[:-1]
        return reader


@dataclass(frozen=True)
class ItemItem(_ImplicitModel):
    """The nearest papers of every like, by TF-IDF weighted overlap of their readers."""

    def _new(self, seed: int) -> Any:
        return ItemItemRecommender(K=N_NEIGHBOURS, num_threads=1)

    def _train(self, model: Any, likes: SparseRows) -> None:
        # TFIDFRecommender does the same but warns about its own matrix format.
        weighted = normalize(tfidf_weight(likes.T)).T.tocsr()
        weighted.data = np.nan_to_num(weighted.data)
        model.fit(weighted, show_progress=False)

    def _score_all(self, profile: Profile, liked: Rows) -> NDArray[np.float32]:
        near = self.model_.similarity[liked].sum(axis=0)
        return np.asarray(near, dtype=np.float32).reshape(-1)
