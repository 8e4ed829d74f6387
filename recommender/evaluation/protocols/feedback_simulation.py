"""Loop: simulated readers start from three papers, judge ten at a time, and are asked ten times.

The readers are hidden from everybody else's data. What they do with a shown paper is said by
`simulated_reader`. Papers outside their library count as unwanted, which is too strict: readers
would like papers they do not hold yet. Compare numbers of one run, not with real rates.

Counted are the wanted papers that were shown, not the likes, which mis-clicks change. A shown
paper is not shown again in the session, whether it was answered or not.
"""

from __future__ import annotations

from collections.abc import Sequence
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
from recommender.evaluation.reliability import reliability
from recommender.evaluation.simulated_reader import Action, Behaviour, SimulatedReader
from recommender.evaluation.splits import draw, keep_other_readers, row_of
from recommender.evaluation.systems import FittedPipeline, FittedSystem, System
from recommender.evaluation.train_view import TrainView, learn
from recommender.features.interactions import Profile
from recommender.ranking.als.fold_in import Floats
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
    test, valid = able[:N_READERS], able[N_READERS : 2 * N_READERS]
    readers = np.sort(test if options.part == "test" else valid)
    if not len(readers):
        raise EvaluationError(f"{dataset.name}: no reader left with {least} papers or more.")
    hidden = np.zeros(len(dataset.readers), dtype=bool)
    hidden[test if options.part == "test" else able[: 2 * N_READERS]] = True
    others = dataset.likes.only(~hidden[dataset.likes.reader])
    learnt = keep_other_readers(others, options.other_readers, options.seed)
    view, seconds = timed(monitor, lambda: learn(dataset, learnt, seed=options.seed))
    outcomes = {
        c.entry.name: _play_all(dataset, view, readers, c, monitor, options.behaviour)
        for c in systems
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
    system_by_name: System,
    monitor: Monitor,
    behaviour: Behaviour,
) -> SystemOutcome:
    fitted, fit_seconds = timed(monitor, lambda: system_by_name.fit(view))
    entry = system_by_name.entry
    if entry.sample is not None:
        readers = draw(readers, min(entry.sample, SLOW_SAMPLE), view.seed)
    libraries = dataset.likes.matrix()
    begun = monitor.clock()
    n_each = max(MIN_SESSIONS // len(readers), 1)
    sessions = [
        _play(view, fitted, reader, row_of(libraries, reader), number, behaviour)
        for reader in each(list(readers), entry.name, monitor)
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
        fit_seconds=fit_seconds,
        rank_seconds=rank_seconds,
        curve=tuple(float(x) for x in by_round.mean(axis=0)),
        chances=reliability([x.answers for x in sessions[::n_each]]) if sessions[0].answers else {},
    )


def _play(
    view: TrainView,
    fitted: FittedSystem,
    reader: int,
    library: Rows,
    number: int,
    behaviour: Behaviour,
) -> Session:
    """Show ten papers ten times and let the reader answer; `number` draws the first three."""
    seed = [view.seed, reader, number]
    first = np.random.default_rng(seed).permutation(library)[:N_SEEDS]
    person = SimulatedReader(behaviour, library, view.features.paper_terms, seed)
    actions: dict[int, Action] = dict.fromkeys(first.tolist(), "like")
    slates, likes, answers = [first], np.zeros(N_ROUNDS), list[ScoredVerdicts]()
    for round_number in range(N_ROUNDS):
        profile = view.profile_of_actions(reader, actions)
        pool = np.setdiff1d(np.arange(len(view.order)), view.local[np.concatenate(slates)])
        rows, scores = _shown(fitted, profile, pool)
        slate = view.order[rows]
        given = person.answers(slate)
        if scores is not None:
            answered = np.array([x != "nothing" for x in given], dtype=bool)
            liked = np.array([x in ("like", "save") for x in given], dtype=bool)
            answers.append(ScoredVerdicts(scores[answered], liked[answered]))
        actions |= dict(zip(slate.tolist(), given, strict=True))
        actions |= dict.fromkeys(person.undone(slate).tolist(), "nothing")
        slates.append(slate)
        likes[round_number] = person.wanted(slate).sum()
    return Session(np.concatenate(slates[1:]), likes, tuple(answers))


def _shown(fitted: FittedSystem, profile: Profile, pool: Rows) -> tuple[Rows, Floats | None]:
    """Return ten papers, and their scores where the product itself is asked."""
    if not isinstance(fitted, FittedPipeline):
        return fitted.rank(profile, pool, N_SHOWN), None
    slate = fitted.slate(profile, pool, N_SHOWN)
    rows = np.array([x.paper_index for x in slate], dtype=np.intp)
    return rows, np.array([x.score for x in slate], dtype=np.float64)
