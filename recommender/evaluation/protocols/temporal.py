"""Time: everything before a cut is the past; then week after week new papers come and are ranked.

Every system learns week by week: terms, idf and model are refitted on
what lies before the week. In addition, ``paperloop-frozen`` is the product as it
stood at the cut, with the histories of that day; what learning is worth is the
difference of the two on readers whom both knew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from recommender.errors import EvaluationError
from recommender.evaluation.datasets import Dataset
from recommender.evaluation.interactions import Rows
from recommender.evaluation.metrics import pad
from recommender.evaluation.protocols.base import (
    LIST_LENGTH,
    Monitor,
    Options,
    Result,
    SystemOutcome,
    accuracy,
    timed,
)
from recommender.evaluation.protocols.temporal_windows import (
    EvaluationWeek,
    Past,
    learn_past,
    weeks_of,
)
from recommender.evaluation.reader_history import FROZEN
from recommender.evaluation.splits import row_of
from recommender.evaluation.systems import PAPERLOOP, FittedSystem, System
from recommender.evaluation.train_view import TrainView, with_new

CUTS = (20, 50, 100)


@dataclass
class _TemporalRun:
    """One system's lists as they come in, week by week."""

    name: str
    monitor: Monitor
    readers: list[Rows] = field(default_factory=list)
    shown: list[Rows] = field(default_factory=list)
    values: list[Mapping[str, NDArray[np.float64]]] = field(default_factory=list)
    fit_seconds: float = 0.0
    rank_seconds: float = 0.0

    def fit(self, system_by_name: System, view: TrainView) -> FittedSystem:
        """Fit, and add the time it took."""
        fitted, seconds = timed(self.monitor, lambda: system_by_name.fit(view))
        self.fit_seconds += seconds
        return fitted

    def rank(self, week: EvaluationWeek, past: Past, view: TrainView, fitted: FittedSystem) -> None:
        """Rank the week's papers for its readers, who are known by this past."""
        liked, skipped = past.likes.matrix(), past.skips.matrix()
        pool, depth = view.local[week.papers], max(CUTS)
        begun = self.monitor.clock()
        lists = []
        for r in week.readers:
            profile = view.profile(r, row_of(liked, r), row_of(skipped, r))
            lists.append(view.order[fitted.rank(profile, pool, depth)])
        self.rank_seconds += self.monitor.clock() - begun
        shown = pad(lists, depth)
        self.readers.append(week.readers)
        self.shown.append(shown[:, :LIST_LENGTH])
        self.values.append(accuracy(shown, week.readers, week.held, CUTS))


def run_temporal(
    dataset: Dataset, options: Options, systems: Sequence[System], monitor: Monitor
) -> Result:
    """Rank the papers of each week after the cut for the readers who liked something before it.

    Raises
    ------
    EvaluationError
        The likes carry no days, or no reader has both a past and a liked new paper.
    """
    weeks = weeks_of(dataset, options)
    if not weeks:
        raise EvaluationError(f"{dataset.name}: no week has a new paper liked by a known reader.")
    runs = {c.entry.name: _TemporalRun(c.entry.name, monitor) for c in systems}
    features_seconds = 0.0
    for done, week in enumerate(weeks):
        past, seconds = timed(monitor, lambda p=week.past: learn_past(dataset, p, options))  # type: ignore[misc]
        view = with_new(past, dataset, week.papers)
        features_seconds += seconds
        for c in systems:
            monitor.progress(c.entry.name, done, len(weeks))
            run = runs[c.entry.name]
            run.rank(week, week.past, view, run.fit(c, view))
    frozen = next((c for c in systems if c.entry.name == PAPERLOOP), None)
    if frozen is not None:
        runs[FROZEN] = _run_frozen(dataset, options, weeks, frozen, monitor)
    for run in runs.values():
        monitor.progress(run.name, len(weeks), len(weeks))
    readers = np.unique(np.concatenate([week.readers for week in weeks]))
    with_any = int((dataset.likes.per_reader() > 0).sum())
    left_out = {"no like before a week in which they like a new paper": with_any - len(readers)}
    outcomes = {name: _gather(run, weeks) for name, run in runs.items() if run.readers}
    note = f"{len(weeks)} weeks were ranked; times are sums over them."
    return Result(outcomes, len(readers), features_seconds, left_out, (note,))


def _run_frozen(
    dataset: Dataset,
    options: Options,
    weeks: Sequence[EvaluationWeek],
    system_by_name: System,
    monitor: Monitor,
) -> _TemporalRun:
    """Rank every week with what was known before the first; only for readers known then."""
    run, past = _TemporalRun(FROZEN, monitor), weeks[0].past
    base = learn_past(dataset, past, options)
    fitted = run.fit(system_by_name, base)
    known = past.likes.per_reader() > 0
    for week in weeks:
        asked = replace(week, readers=week.readers[known[week.readers]])
        if len(asked.readers):
            later = with_new(base, dataset, week.papers, week.past.ends_at)
            run.rank(asked, past, later, fitted.extended(later))
    return run


def _gather(run: _TemporalRun, weeks: Sequence[EvaluationWeek]) -> SystemOutcome:
    """Average a reader's weeks, so that every reader counts once."""
    of_list = np.concatenate(run.readers)
    readers, place, n_weeks = np.unique(of_list, return_inverse=True, return_counts=True)
    values = {
        name: np.bincount(place, np.concatenate([v[name] for v in run.values])) / n_weeks
        for name in run.values[0]
    }
    return SystemOutcome(
        readers=readers,
        values=values,
        shown=np.concatenate(run.shown),
        pool=np.unique(np.concatenate([week.papers for week in weeks])),
        popularity=weeks[0].past.likes,
        fit_seconds=run.fit_seconds,
        rank_seconds=run.rank_seconds / len(of_list),
        curve=tuple(float(v["ndcg@20"].mean()) for v in run.values),
    )
