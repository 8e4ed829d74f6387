"""What the protocols share: options in, lists and values per reader out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from recommender.evaluation.datasets import Dataset
from recommender.evaluation.interactions import Interactions, Rows
from recommender.evaluation.metrics import hits_of, ndcg, recall, reciprocal_rank
from recommender.evaluation.simulated_reader import Behaviour
from recommender.evaluation.splits import Part
from recommender.evaluation.systems import System

T = TypeVar("T")
LIST_LENGTH = 20
"""Places of a list that coverage, novelty, diversity and Gini look at."""


@dataclass(frozen=True)
class Options:
    """How to evaluate.

    `other_readers` None means as many as there are; `behaviour` is that of simulated readers;
    `n_weeks` is how long protocol ``weeks`` goes on. `n_readers` is how many readers ``loop`` and
    ``weeks`` simulate at most, None for the protocol's own number. With `ablations` the product
    also runs with parts of its learning left out there.
    """

    seed: int = 42
    part: Part = "test"
    other_readers: int | None = None
    train: Interactions | None = None
    test: Interactions | None = None
    behaviour: Behaviour = field(default_factory=Behaviour)
    n_weeks: int = 52
    n_readers: int | None = None
    ablations: bool = True


class Monitor(Protocol):
    """Who is told how far it is, and what time it is."""

    def clock(self) -> float:
        """Return seconds since any moment."""
        ...

    def progress(self, ranker: str, done: int, total: int) -> None:
        """Hear that `done` of `total` lists of a ranker are made."""
        ...


@dataclass(frozen=True)
class SystemOutcome:
    """What one ranker achieved.

    Parameters
    ----------
    readers
        ``(n,)`` rows of the readers it was measured on.
    values
        metric -> ``(n,) float64``, reader by reader.
    shown
        ``(n_lists, depth)`` papers, -1 where a list ended; for coverage and the like.
    pool
        Papers that could have been shown.
    popularity
        The libraries as they were known, for novelty.
    curve
        Mean likes by round, mean NDCG@20 by week, or likes per shown by week; empty elsewhere.
    overall
        What is measured over all readers together: how reliable the chances of a like are
        (see `reliability`), weeks to recover; empty elsewhere.
    weekly
        measure -> value of each week over all readers, NaN where no reader was there;
        protocol weeks only.
    """

    readers: Rows
    values: Mapping[str, NDArray[np.float64]]
    shown: Rows
    pool: Rows
    popularity: Interactions
    fit_seconds: float
    rank_seconds: float
    curve: tuple[float, ...] = ()
    overall: Mapping[str, float] = field(default_factory=dict)
    weekly: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """What a protocol measured.

    Parameters
    ----------
    left_out
        reason -> number of readers.
    features_seconds
        Time of TF-IDF and embedding, over all fits.
    """

    outcomes: Mapping[str, SystemOutcome]
    n_readers: int
    features_seconds: float
    left_out: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


EvaluationProtocol: TypeAlias = Callable[[Dataset, Options, Sequence[System], Monitor], Result]
"""Measures all systems on the same readers; adding one is one file and one line in the registry."""


def accuracy(
    shown: Rows, readers: Rows, held: Interactions, cuts: Iterable[int]
) -> dict[str, NDArray[np.float64]]:
    """Return Recall at the cuts, NDCG@20 and MRR, list by list.

    Parameters
    ----------
    shown, readers
        ``(n_lists, depth)`` lists and ``(n_lists,)`` whose they are.
    held
        What must be found; every reader of a list has some.
    """
    hits = hits_of(shown, readers, held)
    n_held = held.per_reader()[readers]
    values = {f"recall@{k}": recall(hits, n_held, k) for k in cuts}
    return values | {"ndcg@20": ndcg(hits, n_held, 20), "mrr": reciprocal_rank(hits)}


def each(items: Sequence[T], name: str, monitor: Monitor) -> Iterator[T]:
    """Go through the items and tell how far it is, a hundred times at most."""
    step = max(len(items) // 100, 1)
    for done, item in enumerate(items):
        if done % step == 0:
            monitor.progress(name, done, len(items))
        yield item
    monitor.progress(name, len(items), len(items))


def timed(monitor: Monitor, call: Callable[[], T]) -> tuple[T, float]:
    """Return the result of a call and the seconds it took."""
    begun = monitor.clock()
    result = call()
    return result, monitor.clock() - begun
