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

from numpy.typing import NDArray

from recommender.domain import Candidate
from recommender.features import Features
from recommender.features.interactions import Profile, Rows, SparseRows


@dataclass(frozen=True, slots=True)
class AlsOptions:
    """Mirror of config.AlsSettings (moves to ranking.als)."""

    factors: int = 128
    regularization: float = 300.0
    alpha: float = 300.0
    iterations: int = 15
    confidence_per_term: float = 34.0


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

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return features and model as arrays, ready for ``.npy``."""
        raise NotImplementedError

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Model:
        """Rebuild a model."""
        raise NotImplementedError


def build(
    features: Features,
    reader_papers: SparseRows,
    options: BuildOptions | None = None,
    seed: int = 0,
) -> Model:
    """Fit everything that serving needs."""
    raise NotImplementedError


def extend(model: Model, features: Features) -> Model:
    """Fold papers in that came after the fit: `features` is `model.features.with_papers(...)`."""
    raise NotImplementedError


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
        Rows that must not be shown. Judged rows of the profiles never are.
    """
    raise NotImplementedError
