"""What a system may know at one moment: texts of known papers, libraries, and new papers' texts.

A data set's rows are renumbered here: known papers first, new ones after them,
as `Features` wants it. Everything a ranker is handed speaks the new numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from recommender.domain.readers import SKIP_WEIGHT
from recommender.evaluation.datasets import Dataset
from recommender.evaluation.interactions import Interactions, Rows, no_interactions
from recommender.features import Features
from recommender.features.interactions import Profile, SparseRows

ACTION_WEIGHTS = {"like": 1.0, "save": 2.0, "open": 0.2, "skip": SKIP_WEIGHT, "dislike": -1.0}
"""What each action weighs; the defaults of the settings. Any other action weighs nothing."""


@dataclass(frozen=True)
class TrainView:
    """Everything a system may learn from.

    Parameters
    ----------
    fitted
        Features of the known papers, fitted on them.
    features
        The same with the new papers appended; `fitted` itself where there are none.
    reader_papers
        ``(n_learnt_readers, n_known) float32`` weights of readers who have any.
    order
        Row of the data set for every row of `features`.
    local
        ``(n_papers,)`` the other way round; -1 for a paper that is out of sight.
    reader_row
        ``(n_readers,)`` row in `reader_papers`; -1 for a reader it does not hold.
    now
        The moment of ranking.
    """

    fitted: Features
    features: Features
    reader_papers: SparseRows
    order: Rows
    local: Rows
    reader_row: Rows
    now: datetime
    seed: int

    def profile(self, reader: int, liked: Rows, skipped: Rows | None = None) -> Profile:
        """Return a reader's history, given in rows of the data set; unknown papers drop out."""
        row = int(self.reader_row[reader])
        return Profile.of(
            self._visible(liked),
            self._visible(skipped) if skipped is not None else np.empty(0, dtype=np.intp),
            skip=SKIP_WEIGHT,
            reader_index=row if row >= 0 else None,
        )

    def profile_of_actions(self, reader: int | None, actions: Mapping[int, str]) -> Profile:
        """Return a reader's history, given as row of the data set -> action.

        Unknown papers and actions without a weight drop out. An invented reader has no row
        and is None.
        """
        papers = np.array([x for x, action in actions.items() if action in ACTION_WEIGHTS], np.intp)
        weights = {
            int(row): ACTION_WEIGHTS[actions[int(paper)]]
            for paper, row in zip(papers, self.local[papers], strict=True)
            if row >= 0
        }
        reader_row = -1 if reader is None else int(self.reader_row[reader])
        return Profile.of(
            {row: weight for row, weight in weights.items() if weight > 0},
            {row: weight for row, weight in weights.items() if weight < 0},
            reader_index=reader_row if reader_row >= 0 else None,
        )

    def encoded(self, vectors: NDArray[np.float32]) -> TrainView:
        """Return the same with a sentence encoder's vectors as the embedding of known papers.

        Parameters
        ----------
        vectors
            ``(n_papers, n_dims)``, for every row of the data set.
        """
        own = vectors[self.order[: len(self.fitted)]]
        fitted = self.fitted.with_encoded(own)
        without_new = self.features is self.fitted
        features = fitted if without_new else self.features.with_encoded(own)
        return replace(self, fitted=fitted, features=features)

    def _visible(self, papers: Rows) -> Rows:
        rows = self.local[papers]
        return rows[rows >= 0]


def learn(
    dataset: Dataset,
    likes: Interactions,
    *,
    seed: int,
    known: Rows | None = None,
    new: Rows | None = None,
    skips: Interactions | None = None,
    now: datetime | None = None,
) -> TrainView:
    """Fit the features on the known papers and lay out what may be learnt.

    Parameters
    ----------
    likes, skips
        What the collaborative part may learn from; pairs with papers that are
        not known drop out.
    known, new
        Rows of the data set; all papers and none where not given.
    now
        The newest day of a known or new paper where not given.
    """
    known = np.arange(len(dataset.papers)) if known is None else known
    fitted = _fit_features(dataset, known, seed)
    none = no_interactions(likes.n_readers, likes.n_papers)
    matrix, reader_row = _weights(likes, none if skips is None else skips, known)
    view = TrainView(
        fitted, fitted, matrix, known, _inverse(known, len(dataset.papers)), reader_row,
        now or newest_moment(dataset), seed,
    )  # fmt: skip
    return view if new is None else with_new(view, dataset, new)


def with_new(
    view: TrainView, dataset: Dataset, new: Rows, now: datetime | None = None
) -> TrainView:
    """Return the same view with these new papers, in place of any new ones before."""
    order = np.concatenate([view.order[: len(view.fitted)], new])
    return replace(
        view,
        features=_append(view.fitted, dataset, new),
        order=order,
        local=_inverse(order, len(dataset.papers)),
        now=now or view.now,
    )


def _fit_features(dataset: Dataset, rows: Rows, seed: int) -> Features:
    if dataset.counts is None:
        return Features.of_papers([dataset.records[i] for i in rows], seed=seed)
    days = dataset.appeared_day[rows]
    counts = dataset.counts[rows]
    return Features.of_counts(_ids(dataset, rows), counts, dataset.words, days, seed=seed)


def _append(fitted: Features, dataset: Dataset, rows: Rows) -> Features:
    if not len(rows):
        return fitted
    if dataset.counts is None:
        return fitted.with_papers([dataset.records[i] for i in rows])
    days = dataset.appeared_day[rows]
    return fitted.with_counts(_ids(dataset, rows), dataset.counts[rows], days)


def _ids(dataset: Dataset, rows: Rows) -> Sequence[str]:
    return [dataset.papers.ids[i] for i in rows]


def _weights(likes: Interactions, skips: Interactions, known: Rows) -> tuple[SparseRows, Rows]:
    """Return the matrix over known papers without empty rows, and each reader's row in it."""
    matrix = (likes.matrix() + SKIP_WEIGHT * skips.matrix()).tocsr()[:, known]
    matrix.sort_indices()
    learnt = np.flatnonzero(np.diff(matrix.indptr))
    return matrix[learnt].astype(np.float32), _inverse(learnt, likes.n_readers)


def _inverse(order: Rows, size: int) -> Rows:
    inverse = np.full(size, -1, dtype=np.intp)
    inverse[order] = np.arange(len(order))
    return inverse


def newest_moment(dataset: Dataset) -> datetime:
    """Return the day after the newest dated paper or like; 1970 where nothing is dated."""
    days: NDArray[np.float64] = np.concatenate([dataset.appeared_day, dataset.likes.day])
    dated = days[~np.isnan(days)]
    return moment(float(np.ceil(dated.max())) if dated.size else 0.0)


def moment(day: float) -> datetime:
    """Return days since 1970 as a moment in UTC."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)
