"""Cold: a tenth of the papers is new, without a single event, and they are ranked alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recommender.errors import EvaluationError
from recommender.evaluation.datasets import Dataset
from recommender.evaluation.protocols.base import Monitor, Options, Result, timed
from recommender.evaluation.protocols.single_ranking import RankingTask, answerable, ask
from recommender.evaluation.splits import keep_other_readers, part_masks, split_papers
from recommender.evaluation.systems import System
from recommender.evaluation.train_view import learn

CUTS = (20, 50, 100)


def run_cold_items(
    dataset: Dataset, options: Options, systems: Sequence[System], monitor: Monitor
) -> Result:
    """Hold papers out wholly; term frequencies and models come from the known papers only.

    Raises
    ------
    EvaluationError
        No reader likes both a known and a new paper.
    """
    known, new = part_masks(split_papers(len(dataset.papers), options.seed), options.part)
    history = dataset.likes.only(known[dataset.likes.paper])
    held = dataset.likes.only(new[dataset.likes.paper])
    readers = answerable(history, held)
    if not len(readers):
        raise EvaluationError(f"{dataset.name}: no reader likes both a known and a new paper.")
    skips = dataset.skips.only(known[dataset.skips.paper])
    others = keep_other_readers(history, options.other_readers, options.seed)
    learnt_skips = skips if options.other_readers is None else skips.of_readers(readers[:0])
    pool = np.flatnonzero(new)
    view, seconds = timed(
        monitor,
        lambda: learn(
            dataset, others, seed=options.seed, known=np.flatnonzero(known), new=pool,
            skips=learnt_skips,
        ),
    )  # fmt: skip
    question = RankingTask(view, history, skips, held, readers, pool, CUTS)
    has_any = int((dataset.likes.per_reader() > 0).sum())
    left_out = {"no like among the known or none among the new papers": has_any - len(readers)}
    return Result(ask(question, systems, monitor), len(readers), seconds, left_out)
