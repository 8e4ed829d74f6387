"""From histories to a slate; PURE, and the same for serving and for evaluation.

build   papers + all readers' weights  -> Model        (minutes to seconds)
extend  Model + papers since the fit   -> Model        (milliseconds a paper)
rank    Model + one reader's profiles  -> candidates   (milliseconds)
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.domain import Candidate
from recommender.features import Features
from recommender.features.interactions import Profile, Rows, SparseRows
from recommender.ranking.als import AlsRanker
from recommender.ranking.content import EmbeddingRanker, TfidfRanker
from recommender.ranking.terms import AlsOptions


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """How a model is fitted."""

    als: AlsOptions = field(default_factory=AlsOptions)


@dataclass(frozen=True, slots=True)
class SlateOptions:
    """How a slate is put together from scores; all off gives the plain order."""

    diversity: bool = True
    explore: float = 0.0


@dataclass(frozen=True)
class Model:
    """A fitted model and the papers it can rank; never changes."""

    features: Features
    als: AlsRanker

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return features and model as arrays, ready for ``.npy``."""
        features = {f"features.{k}": v for k, v in self.features.arrays().items()}
        return features | {f"als.{k}": v for k, v in self.als.arrays().items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Model:
        """Rebuild a model."""
        features = Features.from_arrays(_below("features.", arrays))
        return cls(features, AlsRanker.from_arrays(features, _below("als.", arrays)))


def _below(prefix: str, arrays: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    return {k.removeprefix(prefix): v for k, v in arrays.items() if k.startswith(prefix)}


def build(
    features: Features,
    reader_papers: SparseRows,
    options: BuildOptions | None = None,
    seed: int = 0,
) -> Model:
    """Fit everything that serving needs."""
    options = options or BuildOptions()
    return Model(features, AlsRanker(options.als).fit(features, reader_papers, seed))


def extend(model: Model, features: Features) -> Model:
    """Fold papers in that came after the fit: `features` is `model.features.with_papers(...)`."""
    return Model(features, model.als.extended(features))


def rank(
    model: Model,
    profiles: Mapping[str, tuple[Profile, float]],
    *,
    n: int,
    pool: Rows | None = None,
    exclude: Collection[int] = (),
    now: datetime,
    seed: int = 0,
    options: SlateOptions | None = None,
) -> list[Candidate]:
    """Return at most `n` candidates, best first; never padded.

    Parameters
    ----------
    profiles
        interest id -> (profile, share of the slate). Nothing known in any of
        them: a recent slate spread over topics.
    pool
        Rows that may be shown; None means all papers.
    exclude
        Rows that must not be shown.
    """
    everything = np.arange(len(model.features), dtype=np.intp)
    rows = everything if pool is None else pool
    rows = rows[~np.isin(rows, np.fromiter(exclude, dtype=np.intp, count=len(exclude)))]
    found: list[Candidate] = []
    for interest_id, (profile, _) in profiles.items():
        parts = {
            "als": _z(model.als.score(profile, everything)),
            "tfidf": 0.3 * _z(TfidfRanker().extended(model.features).score(profile, everything)),
        }
        total = np.nansum(list(parts.values()), axis=0)
        if not profile.liked.size:
            parts = {"recency": np.nan_to_num(model.features.newest_days / 36500)}
            total = parts["recency"]
        order = rows[np.argsort(-total[rows], kind="stable")][:n]
        found += [
            Candidate(
                int(row),
                float(total[row]),
                {k: float(v[row]) for k, v in parts.items() if np.isfinite(v[row])},
                interest_id=interest_id,
            )
            for row in order
        ]
    return found[:n]


def similar(model: Model, row: int, *, n: int, exclude: Collection[int] = ()) -> list[Candidate]:
    """Return the `n` papers nearest in content to one paper, best first."""
    everything = np.arange(len(model.features), dtype=np.intp)
    scores = EmbeddingRanker().extended(model.features).score(Profile.of([row]), everything)
    order = np.argsort(-np.nan_to_num(scores, nan=-9.0), kind="stable")
    hidden = {row, *exclude}
    best = [i for i in order if i not in hidden and np.isfinite(scores[i])][:n]
    return [Candidate(int(i), float(scores[i]), {"embedding": float(scores[i])}) for i in best]


def _z(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    known = np.isfinite(scores)
    if not known.any():
        return np.full(scores.size, np.nan)
    spread = scores[known].std() or 1.0
    return np.asarray((scores - scores[known].mean()) / spread, dtype=np.float64)
