"""A tiny invented world: readers of lichens and readers of tides, with days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np

from recommender.domain import Listing, Paper
from recommender.evaluation.baselines.base import Baseline
from recommender.evaluation.datasets import Dataset, from_pairs
from recommender.evaluation.file_formats import Pair
from recommender.evaluation.interactions import Interactions, Rows, interactions
from recommender.evaluation.train_view import TrainView
from recommender.features.interactions import Profile

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
N_PAPERS, N_READERS = 60, 12
WORDS = {
    "lichen": ("lichen", "thallus", "granite", "spore", "moss", "crust", "bark", "alpine"),
    "tide": ("tide", "estuary", "salinity", "harbour", "gauge", "surge", "delta", "lagoon"),
}


def paper(number: int) -> Paper:
    """Even numbers are about lichens, odd ones about tides; seven a week."""
    topic = "lichen" if number % 2 == 0 else "tide"
    rng = np.random.default_rng(number)
    chosen = rng.choice(WORDS[topic], size=5, replace=False)
    return Paper(
        title=f"On the {topic} and its {chosen[0]}",
        paper_id=f"p{number:02d}",
        abstract=f"We measured {' and '.join(chosen)} over {number} seasons.",
        listings=(Listing("daily", MONDAY + timedelta(days=number)),),
    )


def make_two_topics() -> Dataset:
    """Twelve readers with eight papers each, all on one topic, liked the day after listing."""
    rng = np.random.default_rng(0)
    pairs = []
    for reader in range(N_READERS):
        own = [i for i in range(N_PAPERS) if i % 2 == reader % 2]
        for i in rng.choice(own, size=8, replace=False):
            day = (MONDAY + timedelta(days=int(i) + 1)).timestamp() / 86_400
            pairs.append(Pair(f"r{reader:02d}", f"p{i:02d}", day))
    return from_pairs("two-topics", [paper(i) for i in range(N_PAPERS)], pairs)


def table(pairs: Sequence[tuple[int, int]], n_readers: int, n_papers: int) -> Interactions:
    """Return undated interactions from (reader, paper) rows."""
    reader, paper = (np.array([p[k] for p in pairs], dtype=np.intp) for k in (0, 1))
    return interactions(reader, paper, np.full(len(pairs), np.nan), n_readers, n_papers)


@dataclass
class Seer:
    """A system that is told the libraries, so that the best possible numbers are known."""

    dataset: Dataset
    name: str = "seer"
    asked: list[Profile] = field(default_factory=list)
    learnt: list[TrainView] = field(default_factory=list)

    @property
    def entry(self) -> Baseline:
        return Baseline(self.name, "")

    def fit(self, view: TrainView) -> FittedSeer:
        self.learnt.append(view)
        return FittedSeer(self, view)


@dataclass
class FittedSeer:
    seer: Seer
    view: TrainView

    def extended(self, view: TrainView) -> FittedSeer:
        return FittedSeer(self.seer, view)

    def rank(self, profile: Profile, pool: Rows, n: int) -> Rows:
        """Put the papers first that share a library with the history, best guess by overlap."""
        self.seer.asked.append(profile)
        liked = set(self.view.order[profile.liked].tolist())
        libraries = self.seer.dataset.likes.matrix()
        best = max(range(libraries.shape[0]), key=lambda r: len(liked & set(libraries[r].indices)))
        rows = pool[~np.isin(pool, profile.weighted)]
        own = np.isin(self.view.order[rows], libraries[best].indices)
        return np.concatenate([rows[own], rows[~own]])[:n]


class Silence:
    """Watches an evaluation with a clock that counts its own calls."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, int, int]] = []
        self.ticks = 0.0

    def clock(self) -> float:
        self.ticks += 1
        return self.ticks

    def progress(self, ranker: str, done: int, total: int) -> None:
        self.heard.append((ranker, done, total))
