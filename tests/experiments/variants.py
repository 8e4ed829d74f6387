"""What the trials of methods share: readers to ask, one fit for all variants, paired differences.

Every script here is run alone, from the folder of the project, with a data set:

    python tests/experiments/NAME.py ../shared/data/citeulike-t --readers 100 --seed 42

All work on the valid part. The numbers are in ``docs/experiments/methods.md``.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from recommender.domain import Vocabulary
from recommender.evaluation.bootstrap import estimate
from recommender.evaluation.datasets import Dataset, open_dataset
from recommender.evaluation.interactions import Interactions, Rows, no_interactions
from recommender.evaluation.metrics import hits_of, ndcg, pad, recall
from recommender.evaluation.protocols.feedback_simulation import (
    MIN_PAPERS,
    N_READERS,
    N_ROUNDS,
    N_SEEDS,
    N_SHOWN,
)
from recommender.evaluation.protocols.single_ranking import answerable
from recommender.evaluation.simulated_reader import Behaviour, SimulatedReader
from recommender.evaluation.splits import (
    draw,
    part_masks,
    row_of,
    split_libraries,
    split_papers,
)
from recommender.evaluation.systems import PAPERLOOP, FittedPipeline, PipelineSystem
from recommender.evaluation.train_view import TrainView, learn
from recommender.features.interactions import Profile
from recommender.ranking import pipeline
from recommender.ranking.fusion.user_scorer import UserScorer

DEPTH = 20
N_PAPERS = 4_000
Values = NDArray[np.float64]


def asked(description: str, readers: int) -> argparse.Namespace:
    """Read the command line: a data set, a seed, how many readers are asked."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--readers", type=int, default=readers)
    threadpool_limits(1, "blas")
    return parser.parse_args()


def compare(title: str, values: Mapping[str, Values], base: str, seed: int) -> None:
    """Print each variant's mean and its difference from `base` on the same readers (95 %)."""
    print(f"\n{title} (n = {len(values[base])})", flush=True)
    for name, of_readers in values.items():
        far = estimate(of_readers - values[base], seed)
        told = "" if name == base else f"  {far.mean:+.4f} ({far.low:+.4f} to {far.high:+.4f})"
        print(f"  {name:<42}{np.nanmean(of_readers):9.4f}{told}", flush=True)


# --- one list for each reader -------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """Readers of the valid part, what they are known to like, and what must be found."""

    dataset: Dataset
    view: TrainView
    history: Interactions
    held: Interactions
    readers: Rows
    pool: Rows

    def ask(self, rank: Callable[[Profile, Rows], Rows]) -> Rows:
        """Return the first papers for every reader, ``(n_readers, DEPTH)``, -1 where none is."""
        liked, pool = self.history.matrix(), self.view.local[self.pool]
        lists = []
        for reader in self.readers.tolist():
            profile = self.view.profile(reader, row_of(liked, reader))
            lists.append(self.view.order[rank(profile, pool)[:DEPTH]])
        return pad(lists, DEPTH)

    def values(self, shown: Rows) -> tuple[Values, Values]:
        """Return NDCG@20 and Recall@20, reader by reader."""
        hits = hits_of(shown, self.readers, self.held)
        n_held = self.held.per_reader()[self.readers]
        return ndcg(hits, n_held, DEPTH), recall(hits, n_held, DEPTH)


def warm(
    dataset: Dataset, seed: int, n_readers: int, likes: Interactions | None = None
) -> Question:
    """Hold back a fifth of each library; `likes` is what may be learnt instead of the rest."""
    learnt, held_mask = part_masks(split_libraries(dataset.likes, seed), "valid")
    history, held = dataset.likes.only(learnt), dataset.likes.only(held_mask)
    readers = draw(answerable(history, held), n_readers, seed)
    view = learn(dataset, history if likes is None else likes, seed=seed)
    return Question(dataset, view, history, held, readers, np.arange(len(dataset.papers)))


def cold(dataset: Dataset, seed: int, n_readers: int) -> Question:
    """Hold a tenth of the papers out, which are new to every system."""
    known, new = part_masks(split_papers(len(dataset.papers), seed), "valid")
    history = dataset.likes.only(known[dataset.likes.paper])
    held = dataset.likes.only(new[dataset.likes.paper])
    readers = draw(answerable(history, held), n_readers, seed)
    pool = np.flatnonzero(new)
    view = learn(dataset, history, seed=seed, known=np.flatnonzero(known), new=pool)
    return Question(dataset, view, history, held, readers, pool)


def fitted_on(view: TrainView) -> FittedPipeline:
    """Fit paperloop as it is."""
    return PipelineSystem().fit(view)


def slate(
    fitted: FittedPipeline, profile: Profile, pool: Rows, n: int, scorer: UserScorer | None = None
) -> Rows:
    """Compose a slate as the product does, with a changed scorer where one is given."""
    found = pipeline.rank(
        fitted.model,
        {PAPERLOOP: (profile, 1.0)},
        n=n,
        pool=pool,
        now=fitted.view.now,
        seed=fitted.view.seed,
        scorers=None if scorer is None else {PAPERLOOP: scorer},
    )
    return np.array([x.paper_index for x in found], dtype=np.intp)


def best(scores: NDArray[np.floating], pool: Rows, profile: Profile, n: int = DEPTH) -> Rows:
    """Return the `n` papers of a pool with the highest scores; NaN is not ranked."""
    known = np.isfinite(scores) & ~np.isin(pool, profile.weighted)
    pool, scores = pool[known], scores[known]
    return pool[np.argsort(-scores, kind="stable")[:n]]


# --- sessions of a reader who answers -----------------------------------------------------------


@dataclass
class Session:
    """One simulated reader: three first likes, then ten slates of ten."""

    world: World
    reader: int
    library: Rows
    person: SimulatedReader
    actions: dict[int, str]
    shown: list[int]
    first: Rows
    weights: dict[int, float] = field(default_factory=dict)
    """Weights of likes that differ from those of their actions."""

    @property
    def pool(self) -> Rows:
        """Papers that were not shown yet."""
        return np.setdiff1d(np.arange(len(self.world.view.order)), self.shown)

    @property
    def profile(self) -> Profile:
        """The answers so far."""
        known = self.world.view.profile_of_actions(None, self.actions)
        weights = known.liked_weights.copy()
        for place, row in enumerate(known.liked.tolist()):
            weights[place] = self.weights.get(row, weights[place])
        return Profile(known.liked, weights, known.rejected, known.rejected_weights)

    def answer(self, rows: Rows) -> None:
        """Let the reader answer a slate."""
        self.actions |= dict(zip(rows.tolist(), self.person.answers(rows), strict=True))
        self.shown += rows.tolist()


@dataclass(frozen=True)
class World:
    """Readers of the valid part who are hidden from the fit, and one fit for all variants."""

    dataset: Dataset
    view: TrainView
    fitted: FittedPipeline
    readers: Rows
    seed: int

    @classmethod
    def of(cls, dataset: Dataset, seed: int, n_readers: int) -> World:
        """Take readers of the valid part of protocol ``loop``, alone among `N_PAPERS` papers."""
        able = np.flatnonzero(dataset.likes.per_reader() >= MIN_PAPERS)
        rng = np.random.default_rng(seed)
        readers = np.sort(rng.permutation(able)[N_READERS : 2 * N_READERS][:n_readers])
        own = np.unique(dataset.likes.of_readers(readers).paper)
        others = np.setdiff1d(np.arange(len(dataset.papers)), own)
        filled = rng.choice(others, max(min(N_PAPERS - own.size, others.size), 0), replace=False)
        small = part_of(dataset, readers, np.sort(np.concatenate([own, filled])))
        print(f"{readers.size} readers, each alone among {len(small.papers)} papers", flush=True)
        view = learn(small, no_interactions(readers.size, len(small.papers)), seed=seed)
        return cls(small, view, fitted_on(view), np.arange(readers.size), seed)

    def play(
        self,
        choose: Callable[[Session], Rows],
        behaviour: Behaviour,
        after: Callable[[Session], None] | None = None,
    ) -> list[Session]:
        """Play every reader's session; `choose` makes a slate, `after` is called after each."""
        libraries = self.dataset.likes.matrix()
        played = []
        for reader in self.readers.tolist():
            library, seed = row_of(libraries, reader), [self.seed, reader, 0]
            first = np.random.default_rng(seed).permutation(library)[:N_SEEDS]
            person = SimulatedReader(behaviour, library, self.view.features.paper_terms, seed)
            session = Session(
                self, reader, library, person,
                dict.fromkeys(first.tolist(), "like"), first.tolist(), first,
            )  # fmt: skip
            for _ in range(N_ROUNDS):
                session.answer(choose(session))
                if after is not None:
                    after(session)
            played.append(session)
        return played


def found(sessions: Sequence[Session]) -> Values:
    """Return how many wanted papers each reader was shown, the first three left out."""
    return np.array(
        [x.person.wanted(np.array(x.shown[N_SEEDS:])).sum() for x in sessions], dtype=np.float64
    )


def as_it_is(session: Session) -> Rows:
    """Choose a slate as the product does."""
    return slate(session.world.fitted, session.profile, session.pool, N_SHOWN)


def lab(dataset: Dataset, n_readers: int, seed: int) -> Dataset:
    """Return the libraries of some readers with 20 papers or more, and their papers."""
    readers = draw(np.flatnonzero(dataset.likes.per_reader() >= MIN_PAPERS), n_readers, seed)
    return part_of(dataset, readers, np.unique(dataset.likes.of_readers(readers).paper))


def part_of(dataset: Dataset, readers: Rows, papers: Rows) -> Dataset:
    """Return a bag of words with these readers and papers alone, both ascending."""
    assert dataset.counts is not None, "a bag of words is needed"
    likes = dataset.likes.of_readers(readers)
    return replace(
        dataset,
        papers=Vocabulary.of([dataset.papers.ids[x] for x in papers]),
        readers=Vocabulary.of([dataset.readers.ids[x] for x in readers]),
        likes=Interactions(
            np.searchsorted(readers, likes.reader),
            np.searchsorted(papers, likes.paper),
            likes.day,
            readers.size,
            papers.size,
        ),
        skips=no_interactions(readers.size, papers.size),
        appeared_day=dataset.appeared_day[papers],
        counts=dataset.counts[papers],
    )


def opened(folder: Path) -> Dataset:
    """Open a data set and say how large it is."""
    dataset = open_dataset(folder)
    print(
        f"{dataset.name}: {len(dataset.readers)} readers, {len(dataset.papers)} papers", flush=True
    )
    return dataset
