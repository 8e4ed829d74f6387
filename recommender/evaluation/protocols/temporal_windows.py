"""The past and the weeks after it: what the time protocol ranks, week by week. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from recommender.evaluation.datasets import Dataset
from recommender.evaluation.interactions import Interactions, Rows
from recommender.evaluation.protocols.base import Options
from recommender.evaluation.protocols.single_ranking import answerable
from recommender.evaluation.splits import keep_other_readers
from recommender.evaluation.train_view import TrainView, learn, moment

VALID_FROM, TEST_FROM = 0.6, 0.8
"""Share of the dated likes that lies before the valid weeks, and before the test weeks."""
DAYS_TO_MONDAY = 3  # 1970-01-01 was a Thursday


@dataclass(frozen=True)
class Past:
    """Everything before a week begins: what may be learnt when it is ranked.

    Parameters
    ----------
    week
        Number of the week that is about to begin.
    likes, skips
        What was judged before it.
    papers
        Papers that appeared before it.
    """

    week: int
    likes: Interactions
    skips: Interactions
    papers: Rows

    @property
    def ends_at(self) -> datetime:
        """The end of the week that is ranked; its papers are out by then."""
        return moment(7.0 * (self.week + 1) - DAYS_TO_MONDAY)


@dataclass(frozen=True)
class EvaluationWeek:
    """One week: the past before it, its papers, whom to ask, what they will like of it."""

    past: Past
    papers: Rows
    held: Interactions
    readers: Rows


def week_of(day: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the number of the week, Monday to Sunday, of days since 1970; NaN stays NaN."""
    return np.floor((day + DAYS_TO_MONDAY) / 7)


def weeks_of(dataset: Dataset, options: Options) -> list[EvaluationWeek]:
    """Return the weeks of the part in their order; those without anybody to ask are left out.

    A week's papers are those listed, else published, else first liked in it.
    Undated likes are passed over.
    """
    likes = dataset.likes.only(~np.isnan(dataset.likes.day))
    if not len(likes):
        return []
    appeared, liked_week = appeared_week(dataset, likes), week_of(likes.day)
    skipped_week = week_of(dataset.skips.day)
    valid, test = (int(np.quantile(liked_week, q)) for q in (VALID_FROM, TEST_FROM))
    is_test = options.part == "test"
    span = range(test, int(liked_week.max()) + 1) if is_test else range(valid, test)
    weeks = []
    for number in span:
        fresh = (appeared[likes.paper] == number) & (liked_week >= number)
        past = Past(
            number,
            likes.only(liked_week < number),
            dataset.skips.only(skipped_week < number),
            np.flatnonzero(appeared < number),
        )
        held = likes.only(fresh if is_test else fresh & (liked_week < test))
        readers = answerable(past.likes, held)
        if len(readers):
            weeks.append(EvaluationWeek(past, np.flatnonzero(appeared == number), held, readers))
    return weeks


def appeared_week(dataset: Dataset, likes: Interactions) -> NDArray[np.float64]:
    """Return the week each paper appeared in, ``(n_papers,)``; -inf for one without any day."""
    first = np.full(len(dataset.papers), np.inf)
    np.minimum.at(first, likes.paper, likes.day)
    first[np.isinf(first)] = -np.inf
    return week_of(np.where(np.isnan(dataset.appeared_day), first, dataset.appeared_day))


def learn_past(dataset: Dataset, past: Past, options: Options) -> TrainView:
    """Fit the features and lay out what may be learnt before a week."""
    others = keep_other_readers(past.likes, options.other_readers, options.seed)
    skips = past.skips.of_readers(np.flatnonzero(others.per_reader()))
    return learn(
        dataset, others, seed=options.seed, known=past.papers, skips=skips, now=past.ends_at
    )
