"""From ordered candidates to a slate: no twins, every subject and interest its share. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from recommender.ranking.base import Rows, Scores, SparseRows

TWIN_COSINE = 0.8
SUBJECT_FLOOR = 0.6


class TwinFilter:
    """Lets papers through one by one, and refuses near-duplicates of those let through.

    Parameters
    ----------
    paper_terms
        ``(n_papers, n_terms)`` TF-IDF of all papers.
    rows
        The papers that may be asked about.
    """

    def __init__(self, paper_terms: SparseRows, rows: Sequence[int]) -> None:
        unique = sorted(set(rows))
        terms = paper_terms[unique]
        self._twins = np.asarray((terms @ terms.T).todense()) >= TWIN_COSINE
        np.fill_diagonal(self._twins, True)
        self._position = {row: i for i, row in enumerate(unique)}
        self._refused = np.zeros(len(unique), dtype=bool)

    def take(self, row: int) -> bool:
        """Take a paper, unless it or a near-duplicate of it was taken before."""
        position = self._position[row]
        if self._refused[position]:
            return False
        self._refused |= self._twins[position]
        return True


def best_first(rows: Rows, scores: Scores, most: int | None = None) -> Rows:
    """Return positions by falling score, equal scores by rising row, NaN left out."""
    usable = np.flatnonzero(np.isfinite(scores))
    if most is not None and 0 < most < usable.size:
        cut = np.partition(scores[usable], usable.size - most)[usable.size - most]
        usable = usable[scores[usable] >= cut]
    order = np.lexsort((rows[usable], -scores[usable]))
    return usable[order][:most]


def with_floors(
    order: Sequence[int], subject_of: Mapping[int, int], queues: Sequence[Iterable[int]], n: int
) -> list[int]:
    """Return up to `n` rows in `order`, raised where a subject would starve.

    After k rows every subject has had at least ``floor(SUBJECT_FLOOR * k /
    n_subjects)``: where it has not, its own next-best row goes first.

    Parameters
    ----------
    order
        Rows, best first, for the history as a whole.
    subject_of
        Row -> number of the subject it belongs to; rows may be missing.
    queues
        For every subject its rows, best first for that subject alone.
    """
    counts = [0] * len(queues)
    waiting = [iter(queue) for queue in queues]
    rest = iter(order)
    taken: dict[int, None] = {}
    while len(taken) < n:
        floor = int(SUBJECT_FLOOR * (len(taken) + 1) / len(queues))
        starving = [s for s, count in enumerate(counts) if count < floor]
        row = next((r for r in waiting[starving[0]] if r not in taken), None) if starving else None
        if row is None:
            row = next((r for r in rest if r not in taken), None)
        elif starving:
            counts[starving[0]] += 1
            taken[row] = None
            continue
        if row is None:
            break
        taken[row] = None
        if row in subject_of:
            counts[subject_of[row]] += 1
    return list(taken)
