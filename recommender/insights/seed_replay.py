"""What the seed ranker would have said of each paper when it was shown. Pure.

The seed is TF-IDF with Rocchio's rule and learns nothing: `ranking.content.rocchio`.
It is handed the same active events, up to the moment at which the slate was
made, so that both rankers knew the same. The log is walked through once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import nan

import numpy as np
from numpy.typing import NDArray

from recommender.domain import Event, EventKind, EventMeaning
from recommender.domain.history import PaperState, apply_event, preference_weights
from recommender.features.interactions import SparseRows
from recommender.ranking.content.rocchio import skip_share

RowOf = Callable[[str], int | None]


@dataclass(frozen=True, slots=True)
class ShownPaper:
    """A paper that was shown for an interest at a time."""

    paper_id: str
    interest_id: str
    at: datetime


@dataclass(slots=True)
class _RocchioSums:
    """Sums of one interest: terms, weights and numbers of what was liked and what was skipped."""

    liked: NDArray[np.float64]
    skipped: NDArray[np.float64]
    liked_weight: float = 0.0
    skipped_weight: float = 0.0
    n_liked: int = 0
    n_skipped: int = 0

    def add(self, columns: NDArray[np.int32], values: NDArray[np.float32], weight: float) -> None:
        if weight > 0:
            self.liked[columns] += weight * values
            self.liked_weight += weight
            self.n_liked += 1
        else:
            self.skipped[columns] -= weight * values
            self.skipped_weight -= weight
            self.n_skipped += 1

    def score(self, columns: NDArray[np.int32], values: NDArray[np.float32]) -> float:
        if self.liked_weight <= _NOTHING:
            return nan
        score = float(self.liked[columns] @ values) / self.liked_weight
        if self.skipped_weight > _NOTHING:
            share = skip_share(self.n_liked, self.n_skipped)
            score -= share * float(self.skipped[columns] @ values) / self.skipped_weight
        return score


_NOTHING = 1e-9  # sums that undone events have brought back to about 0


@dataclass(slots=True)
class _LogReplay:
    paper_terms: SparseRows
    row_of: RowOf
    meanings: Mapping[EventKind, EventMeaning]
    sums_of: dict[str, _RocchioSums] = field(default_factory=dict)
    states: dict[str, PaperState] = field(default_factory=dict)
    counted: dict[str, tuple[str, float]] = field(default_factory=dict)

    def step(self, event: Event) -> None:
        """Let one more event count."""
        state = apply_event(self.states.get(event.paper_id), event)
        self.states[event.paper_id] = state
        weight = preference_weights({event.paper_id: state}, self.meanings, event.created_at)
        interest, old = self.counted.pop(event.paper_id, ("", 0.0))
        if old:
            self._add(interest, event.paper_id, old, back=True)
        new = weight.get(event.paper_id, 0.0)
        if new:
            self._add(state.interest_id, event.paper_id, new)
            self.counted[event.paper_id] = (state.interest_id, new)

    def score(self, question: ShownPaper) -> float:
        """Return the seed's score now; NaN where it has none."""
        cells = self._cells(question.paper_id)
        sums = self.sums_of.get(question.interest_id)
        return nan if cells is None or sums is None else sums.score(*cells)

    def _add(self, interest: str, paper_id: str, weight: float, *, back: bool = False) -> None:
        cells = self._cells(paper_id)
        if cells is None:
            return
        sums = self.sums_of.get(interest)
        if sums is None:
            n_terms = self.paper_terms.shape[1]
            sums = self.sums_of[interest] = _RocchioSums(np.zeros(n_terms), np.zeros(n_terms))
        columns, values = cells
        if not back:
            sums.add(columns, values, weight)
        elif weight > 0:
            sums.liked[columns] -= weight * values
            sums.liked_weight -= weight
            sums.n_liked -= 1
        else:
            sums.skipped[columns] += weight * values
            sums.skipped_weight += weight
            sums.n_skipped -= 1

    def _cells(self, paper_id: str) -> tuple[NDArray[np.int32], NDArray[np.float32]] | None:
        row = self.row_of(paper_id)
        if row is None:
            return None
        cells = slice(self.paper_terms.indptr[row], self.paper_terms.indptr[row + 1])
        columns = self.paper_terms.indices[cells]
        return (columns, self.paper_terms.data[cells]) if columns.size else None


def seed_scores(
    questions: Sequence[ShownPaper],
    active: Sequence[Event],
    paper_terms: SparseRows,
    row_of: RowOf,
    meanings: Mapping[EventKind, EventMeaning],
) -> list[float]:
    """Return the seed's score for each question, in their order.

    Parameters
    ----------
    standing
        One reader's active events, oldest first; those after a question's time
        do not count for it.
    paper_terms
        ``(n_papers, n_terms) float32`` TF-IDF.
    row_of
        Paper id -> row, None for one that has none.

    Returns
    -------
    list of float
        NaN where nothing was liked for the interest yet, or the paper has no words.
        An event weighs what it weighed when it happened; fading since is left out.
    """
    walk = _LogReplay(paper_terms, row_of, meanings)
    scores = [nan] * len(questions)
    waiting = iter(active)
    event = next(waiting, None)
    for i in sorted(range(len(questions)), key=lambda i: questions[i].at):
        while event is not None and event.created_at <= questions[i].at:
            walk.step(event)
            event = next(waiting, None)
        scores[i] = walk.score(questions[i])
    return scores
