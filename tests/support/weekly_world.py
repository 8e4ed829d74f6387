"""An invented year: twelve subjects, each named by a word that its papers repeat, week by week."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from recommender.domain import Listing, Paper
from recommender.evaluation.datasets import Dataset, from_pairs
from recommender.evaluation.file_formats import Pair

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
SUBJECTS = (
    *("lichen", "estuary", "glacier", "orchid", "termite", "harbour"),
    *("basalt", "monsoon", "plankton", "meadow", "canyon", "falcon"),
)
PER_SUBJECT = 4
"""Papers of each subject in a week."""
N_COMMON_WORDS, N_COMMON_EACH = 120, 40
"""Words that say nothing, and how many a paper has: three papers do not tell them apart."""


def make_weeks(n_weeks: int) -> Dataset:
    """Return four papers of each subject for every week, and one reader of each subject."""
    papers = [
        _paper(week, subject, i)
        for week in range(n_weeks)
        for subject in range(len(SUBJECTS))
        for i in range(PER_SUBJECT)
    ]
    liked = [
        Pair(f"reader-{SUBJECTS[subject]}", f"p{week}-{subject}-0", _day(week, 3))
        for week in range(n_weeks)
        for subject in range(len(SUBJECTS))
    ]
    return from_pairs("weeks", papers, liked)


def _day(week: int, day: int) -> float:
    return (MONDAY + timedelta(days=7 * week + day)).timestamp() / 86_400


def _paper(week: int, subject: int, i: int) -> Paper:
    rng = np.random.default_rng([week, subject, i])
    word = SUBJECTS[subject]
    first, *more = [f"method{x}" for x in rng.choice(N_COMMON_WORDS, N_COMMON_EACH, replace=False)]
    return Paper(
        title=f"On the {word} and {first}",
        paper_id=f"p{week}-{subject}-{i}",
        abstract=f"The {word} is measured with {' and '.join(more)}.",
        listings=(Listing("daily", MONDAY + timedelta(days=7 * week + i)),),
    )
