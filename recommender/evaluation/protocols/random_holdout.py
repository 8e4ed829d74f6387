"""Warm: every paper is known, a fifth of each reader's library is to be found again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recommender.errors import EvaluationError
from recommender.evaluation.datasets import Dataset
from recommender.evaluation.protocols.base import Monitor, Options, Result, timed
from recommender.evaluation.protocols.single_ranking import RankingTask, answerable, ask
from recommender.evaluation.splits import (
    MIN_PAPERS,
    keep_other_readers,
    part_masks,
    split_libraries,
)
from recommender.evaluation.systems import System
from recommender.evaluation.train_view import learn

CUTS = (20, 50, 100)


def run_random_holdout(
    dataset: Dataset, options: Options, systems: Sequence[System], monitor: Monitor
) -> Result:
    """Split each library 60/20/20 and rank all papers but those of the history.

    Raises
    ------
    EvaluationError
        No reader has enough papers to be split.
    """
    learnt, held_mask = part_masks(split_libraries(dataset.likes, options.seed), options.part)
    history, held = dataset.likes.only(learnt), dataset.likes.only(held_mask)
    readers = answerable(history, held)
    if not len(readers):
        raise EvaluationError(f"{dataset.name}: no reader has {MIN_PAPERS} papers or more.")
    others = keep_other_readers(history, options.other_readers, options.seed)
    skips = (
        dataset.skips if options.other_readers is None else dataset.skips.of_readers(readers[:0])
    )
    view, seconds = timed(monitor, lambda: learn(dataset, others, seed=options.seed, skips=skips))
    question = RankingTask(
        view,
        history, dataset.skips, held, readers, np.arange(len(dataset.papers)), CUTS,
    )  # fmt: skip
    few = int((dataset.likes.per_reader() > 0).sum()) - len(readers)
    left_out = {f"fewer than {MIN_PAPERS} papers": few}
    return Result(ask(question, systems, monitor), len(readers), seconds, left_out)
