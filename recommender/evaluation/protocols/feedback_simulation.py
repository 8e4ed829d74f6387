"""Loop: simulated readers start from three papers, judge ten at a time, and are asked ten times.

The readers are hidden from everybody else's data. What they do with a shown paper is said by
`simulated_reader`. Papers outside their library count as unwanted, which is too strict: readers
would like papers they do not hold yet. Compare numbers of one run, not with real rates.

Counted are the wanted papers that were shown, not the likes, which mis-clicks change. A shown
paper is not shown again in the session, whether it was answered or not.

Next to the product runs the product that learns nothing after the first ten papers, and, where
readers dislike, the one that ignores dislikes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.errors import EvaluationError
from recommender.evaluation.datasets import Dataset
from recommender.evaluation.interactions import Rows
from recommender.evaluation.metrics import pad
from recommender.evaluation.protocols.base import (
    Monitor,
    Options,
    Result,
    SystemOutcome,
    each,
    timed,
)
from recommender.evaluation.reader_history import (
    LEARNS,
    Contestant,
    LearningRule,
    ReaderHistory,
    contestants_of,
)
from recommender.evaluation.reliability import reliability
from recommender.evaluation.simulated_reader import Behaviour, SimulatedReader
from recommender.evaluation.splits import draw, keep_other_readers, row_of
from recommender.evaluation.systems import FittedSystem, System, show
from recommender.evaluation.train_view import TrainView, learn
from recommender.ranking.calibration import ScoredVerdicts

N_READERS, N_SEEDS, N_ROUNDS, N_SHOWN = 300, 3, 10, 10
MIN_PAPERS, FEWEST_PAPERS = 20, 6
SLOW_SAMPLE = 100
MIN_SESSIONS = 60
"""Where readers are few each plays several sessions, from other papers, and counts once."""


@dataclass(frozen=True)
class Session:
    """One simulated reader's hundred papers: what was shown and which were likes, by round.

    `answers` are the product's own scores and the answers to them, by round.
    """

    shown: Rows
    likes_by_round: NDArray[np.float64]
    answers: tuple[ScoredVerdicts, ...] = ()


@dataclass(frozen=True)
class _Fit:
    fitted: FittedSystem
    seconds: float


def run_feedback_simulation(
    dataset: Dataset, options: Options, systems: Sequence[System], monitor: Monitor
) -> Result:
    """Play the sessions of readers with at least twenty papers.

    Raises
    ------
    EvaluationError
        No reader has enough papers for a session.
    """
    sizes = dataset.likes.per_reader()
    least = MIN_PAPERS if (sizes >= MIN_PAPERS).any() else FEWEST_PAPERS
    able = np.random.default_rng(options.seed).permutation(np.flatnonzero(sizes >= least))
    n_readers = options.n_readers or N_READERS
    test, valid = able[:n_readers], able[n_readers : 2 * n_readers]
    readers = np.sort(test if options.part == "test" else valid)
    if not len(readers):
        raise EvaluationError(f"{dataset.name}: no reader left with {least} papers or more.")
    hidden = np.zeros(len(dataset.readers), dtype=bool)
    hidden[test if options.part == "test" else able[: 2 * n_readers]] = True
    others = dataset.likes.only(~hidden[dataset.likes.reader])
    learnt = keep_other_readers(others, options.other_readers, options.seed)
    view, seconds = timed(monitor, lambda: learn(dataset, learnt, seed=options.seed))
    fits = {c.entry.name: _Fit(*timed(monitor, lambda c=c: c.fit(view))) for c in systems}  # type: ignore[misc]
    outcomes = {
        c.name: _play_all(
            dataset, view, readers, c, fits[c.system.entry.name], monitor, options.behaviour
        )
        for c in contestants_of(systems, options.behaviour, options.ablations)
    }
    with_any = int((sizes > 0).sum())
    left_out = {
        f"fewer than {least} papers": with_any - len(able),
        f"not among the {len(readers)} drawn": len(able) - len(readers),
    }
    notes = [f"Simulated readers: {options.behaviour}."]
    if least < MIN_PAPERS:
        notes.append(f"No reader has {MIN_PAPERS} papers; those with {least} or more were taken.")
    return Result(outcomes, len(readers), seconds, left_out, tuple(notes))


def _play_all(
    dataset: Dataset,
    view: TrainView,
    readers: Rows,
    contestant: Contestant,
    fit: _Fit,
    monitor: Monitor,
    behaviour: Behaviour,
) -> SystemOutcome:
    sample = contestant.system.entry.sample
    if sample is not None:
        readers = draw(readers, min(sample, SLOW_SAMPLE), view.seed)
    libraries = dataset.likes.matrix()
    begun = monitor.clock()
    n_each = max(MIN_SESSIONS // len(readers), 1)
    sessions = [
        _play(
            view, fit.fitted, contestant.rule, reader, row_of(libraries, reader), number, behaviour
        )
        for reader in each(list(readers), contestant.name, monitor)
        for number in range(n_each)
    ]
    rank_seconds = (monitor.clock() - begun) / (len(sessions) * N_ROUNDS)
    by_session = np.array([s.likes_by_round for s in sessions])
    by_round = by_session.reshape(len(readers), n_each, N_ROUNDS).mean(axis=1)
    findable = np.minimum(dataset.likes.per_reader()[readers] - N_SEEDS, N_ROUNDS * N_SHOWN)
    return SystemOutcome(
        readers=readers,
        values={
            "likes@100": by_round.sum(axis=1),
            "likes@10": by_round[:, 0],
            "found@100": by_round.sum(axis=1) / findable,
        },
        shown=pad([s.shown for s in sessions], N_ROUNDS * N_SHOWN),
        pool=np.arange(len(dataset.papers)),
        popularity=dataset.likes,
        fit_seconds=fit.seconds,
        rank_seconds=rank_seconds,
        curve=tuple(float(x) for x in by_round.mean(axis=0)),
        overall=_chances([x.answers for x in sessions[::n_each]], contestant.rule),
    )


def _chances(
    answers: Sequence[Sequence[ScoredVerdicts]], rule: LearningRule
) -> Mapping[str, float]:
    """Return how reliable the chances of a like are, for the product that learns everything."""
    return reliability(answers) if answers[0] and rule == LEARNS else {}


def _play(
    view: TrainView,
    fitted: FittedSystem,
    rule: LearningRule,
    reader: int,
    library: Rows,
    number: int,
    behaviour: Behaviour,
) -> Session:
    """Show ten papers ten times and let the reader answer; `number` draws the first three."""
    seed = [view.seed, reader, number]
    first = np.random.default_rng(seed).permutation(library)[:N_SEEDS]
    person = SimulatedReader(behaviour, library, view.features.paper_terms, seed)
    history, likes = ReaderHistory(first, rule), np.zeros(N_ROUNDS)
    for round_number in range(N_ROUNDS):
        pool = np.setdiff1d(np.arange(len(view.order)), view.local[history.shown])
        shown = show(fitted, history.profile(view, reader), pool, N_SHOWN)
        slate = view.order[shown.rows]
        history.record(slate, person.answers(slate), person.undone(slate), shown.scores)
        history.end_round()
        likes[round_number] = person.wanted(slate).sum()
    return Session(history.shown[N_SEEDS:], likes, tuple(history.answers))
