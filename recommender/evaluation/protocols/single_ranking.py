"""One list for every reader, ranked once: what warm, cold and given have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recommender.evaluation.interactions import Interactions, Rows
from recommender.evaluation.metrics import pad
from recommender.evaluation.protocols.base import (
    LIST_LENGTH,
    Monitor,
    SystemOutcome,
    accuracy,
    each,
    timed,
)
from recommender.evaluation.splits import draw, row_of
from recommender.evaluation.systems import System
from recommender.evaluation.train_view import TrainView


@dataclass(frozen=True)
class RankingTask:
    """Given these histories, find the held papers in the pool.

    Parameters
    ----------
    history, skips
        What every reader has judged; never in a list.
    held
        What must be found.
    readers
        Whom to ask for; each has some history and something held.
    pool
        Rows of the data set that are ranked.
    cuts
        Where Recall is read; the lists are as long as the last.
    """

    view: TrainView
    history: Interactions
    skips: Interactions
    held: Interactions
    readers: Rows
    pool: Rows
    cuts: Sequence[int]


def ask(
    question: RankingTask, systems: Sequence[System], monitor: Monitor
) -> dict[str, SystemOutcome]:
    """Fit every system and rank once for each reader."""
    return {c.entry.name: _answer(question, c, monitor) for c in systems}


def _answer(question: RankingTask, system_by_name: System, monitor: Monitor) -> SystemOutcome:
    view, entry = question.view, system_by_name.entry
    fitted, fit_seconds = timed(monitor, lambda: system_by_name.fit(view))
    readers = question.readers
    if entry.sample is not None:
        readers = draw(readers, entry.sample, view.seed)
    liked, skipped = question.history.matrix(), question.skips.matrix()
    pool, depth = view.local[question.pool], max(question.cuts)
    lists: list[Rows] = []
    begun = monitor.clock()
    for reader in each(list(readers), entry.name, monitor):
        profile = view.profile(reader, row_of(liked, reader), row_of(skipped, reader))
        lists.append(view.order[fitted.rank(profile, pool, depth)])
    shown = pad(lists, depth)
    return SystemOutcome(
        readers=readers,
        values=accuracy(shown, readers, question.held, question.cuts),
        shown=shown[:, :LIST_LENGTH],
        pool=question.pool,
        popularity=question.history,
        fit_seconds=fit_seconds,
        rank_seconds=(monitor.clock() - begun) / max(len(readers), 1),
    )


def answerable(history: Interactions, held: Interactions) -> Rows:
    """Return the readers who have liked something and have something to be found."""
    return np.flatnonzero((history.per_reader() > 0) & (held.per_reader() > 0))
