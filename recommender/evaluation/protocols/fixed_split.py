"""Given: a published pair of train and test files, so that published numbers can be compared."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recommender.errors import EvaluationError
from recommender.evaluation.datasets import Dataset
from recommender.evaluation.interactions import no_interactions
from recommender.evaluation.protocols.base import Monitor, Options, Result, timed
from recommender.evaluation.protocols.single_ranking import RankingTask, answerable, ask
from recommender.evaluation.splits import keep_other_readers
from recommender.evaluation.systems import System
from recommender.evaluation.train_view import learn

CUTS = (20, 50, 100, 200, 300)


def run_fixed_split(
    dataset: Dataset, options: Options, systems: Sequence[System], monitor: Monitor
) -> Result:
    """Learn from the train file, find the test file, rank all papers but those of the train file.

    Raises
    ------
    EvaluationError
        A file is missing, or no reader is in both.
    """
    train, test = options.train, options.test
    if train is None or test is None:
        raise EvaluationError("The protocol 'given' needs a train file and a test file.")
    readers = answerable(train, test)
    if not len(readers):
        raise EvaluationError("No reader has papers in both the train file and the test file.")
    others = keep_other_readers(train, options.other_readers, options.seed)
    view, seconds = timed(monitor, lambda: learn(dataset, others, seed=options.seed))
    question = RankingTask(
        view,
        train,
        no_interactions(train.n_readers, train.n_papers),
        test,
        readers,
        np.arange(len(dataset.papers)),
        CUTS,
    )
    left_out = {"nothing in the test file": int((train.per_reader() > 0).sum()) - len(readers)}
    return Result(ask(question, systems, monitor), len(readers), seconds, left_out)
