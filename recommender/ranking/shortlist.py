"""Candidates of a large catalogue by several probes; the exact ranking is among them. Pure.

Every part of the score is a way to find papers, and a paper that is among the best of none of
them is not among the best of their sum. So each part names its best papers, cheaply, and the
product's own ranking scores these alone:

- factors: one product of all papers with the reader's factors, in 8 bits a number;
- words, names and what a ridge regression learned of them: the heaviest terms of the query, as
  many as `MAX_CELLS` cells of papers have;
- embedding: one such product, where it counts enough to decide anything;
- walk: where other readers' likes lead;
- the sum of all these, weighted as in the score;
- papers since the fit, as far as `MAX_NEW` go.

In a catalogue below `MIN_PAPERS`, or a pool, every paper is scored instead.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from recommender.ranking.base import Rows, Scores
from recommender.ranking.fusion.user_scorer import LinearTerm, UserScorer
from recommender.ranking.item_matrix import MIN_QUANTISED, ItemMatrix

MIN_PAPERS = MIN_QUANTISED
"""Papers from which on scoring all takes longer; at 120,000 it takes 50 ms and choosing 62."""
PER_PLACE = 8
"""Papers that the sum names for each place of the ranking that is asked for."""
MIN_NAMED = 500
"""What each part names at least."""
MAX_CELLS = 1_000_000
MAX_NEW = 2_000
N_SAMPLED, SPARED, MIN_PLACE = 16_384, 3, 8
"""Papers that show where the best begin; how many times as many are looked at, and more."""
MIN_EMBEDDING = 0.15
"""Weight of the embedding below which the other parts find the same papers."""


def shortlist(
    scorer: UserScorer, rows: Rows, n: int, n_fitted: int, least: int | None = None
) -> Rows:
    """Return the rows among which the best `n` are, ascending; all rows of a small catalogue.

    Parameters
    ----------
    rows
        The rows that may be ranked, ascending.
    n_fitted
        Rows from here on came after the fit.
    least
        Papers from which on there is a shortlist; None for `MIN_PAPERS`.
    """
    if rows.size < (MIN_PAPERS if least is None else least):
        return rows
    n_papers = len(scorer.linear_terms["tfidf"].items)
    barred = np.ones(n_papers, dtype=bool)
    barred[rows] = False
    named, total = [], np.zeros(n_papers, dtype=np.float32)
    for gain, scores in _probes(scorer):
        named.append(_best(scores, barred, max(MIN_NAMED, n)))
        total += gain * scores
    named.append(_best(total - total.min(), barred, PER_PLACE * n))
    since = np.arange(max(n_fitted, n_papers - MAX_NEW), n_papers)
    found = np.unique(np.concatenate([*named, since]))
    return np.asarray(found[~barred[found]], dtype=np.intp)


def _probes(scorer: UserScorer) -> Iterator[tuple[np.float32, Scores]]:
    """Yield how much each part counts, and what it says of each paper, ``(n_papers,)``."""
    for name, term in scorer.linear_terms.items():
        if name == "embedding" and term.weight.liked < MIN_EMBEDDING > term.weight.new:
            continue
        if not term.query.any():
            continue
        # Most papers of a large catalogue are liked by none and were in the fit: in between.
        gain, _ = term.z_score.coefficients((term.weight.liked + term.weight.new) / 2.0)
        if term.items.by_column is not None:
            yield gain, _by_heaviest(term)
        else:
            yield gain, term.items.dot_fitted(term.query)
    if scorer.walk_weight > 0:
        yield np.float32(scorer.walk_weight), np.nan_to_num(scorer.walk)


def _by_heaviest(term: LinearTerm) -> Scores:
    """Return dot products with the query's heaviest columns; 0 for papers since the fit."""
    items: ItemMatrix = term.items
    assert items.by_column is not None
    columns = np.flatnonzero(term.query != 0)
    columns = columns[np.argsort(-np.abs(term.query[columns]), kind="stable")]
    starts = items.by_column.indptr
    n_cells = np.cumsum((starts[columns + 1] - starts[columns]).astype(np.int64))
    columns = columns[: max(int(np.searchsorted(n_cells, MAX_CELLS, side="right")), 1)]
    found = np.zeros(len(items), dtype=np.float32)
    found[: items.by_column.shape[1]] = items.by_column[columns].T @ term.query[columns]
    return found


def _best(scores: Scores, barred: NDArray[np.bool_], n: int) -> Rows:
    """Return the rows of about the `n` highest scores above 0 that are not barred.

    A sample says where they begin, so that one pass leaves few to be put in order.
    """
    step = max(scores.size // N_SAMPLED, 1)
    sample = np.sort(scores[::step])[::-1]
    place = SPARED * n // step + MIN_PLACE
    least = sample[place] if place < sample.size else np.float32(-np.inf)
    rows = np.flatnonzero(scores > max(least, np.float32(0)))
    rows = rows[~barred[rows]]
    if rows.size <= n:
        return rows
    values = scores[rows]
    return np.asarray(rows[np.argpartition(values, rows.size - n)[rows.size - n :]], dtype=np.intp)
