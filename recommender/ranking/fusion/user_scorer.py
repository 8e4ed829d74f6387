"""One history as the rankers read it: a direction, a scale and a weight for each part. Pure.

Made once a request; after that any papers can be scored with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from recommender.ranking.als.fold_in import Floats
from recommender.ranking.base import (
    Profile,
    Rows,
    Scores,
    SparseRows,
    dots_of_rows,
    valid_rows,
)
from recommender.ranking.content.rocchio import Matrix, Rocchio
from recommender.ranking.fusion.normalisation import ZScore
from recommender.ranking.fusion.weights import Weight

DISLIKE_PENALTY = "aversion"


MANY = 4
"""Gathering rows costs more than multiplying all once a part of this many is asked for."""

A_HANDFUL = 100
"""Sparse rows up to this many are multiplied where they lie; more are gathered first."""

KEPT = 4
"""Scores of so many sets of papers are kept with a reading."""

FEW = 5
"""Adding up columns is cheaper than a whole product while they hold a part of this few cells."""


@dataclass(frozen=True, slots=True)
class ItemMatrix:
    """What papers are made of for one ranker: ``(n_papers, n_columns)``.

    `known` says of which papers there is any. `by_column` is the transpose of
    sparse content: a direction with few cells then meets only their columns.
    """

    matrix: Matrix
    known: NDArray[np.bool_]
    by_column: SparseRows | None = None

    def dot(self, direction: NDArray[np.float32]) -> Scores:
        """Return the dot products of all papers with a direction; 0 without content."""
        if self.by_column is not None:
            cells = np.flatnonzero(direction)
            if np.diff(self.by_column.indptr)[cells].sum() * FEW < self.by_column.nnz:
                columns = self.by_column[cells]
                return np.asarray(columns.T @ direction[cells], dtype=np.float32)
        return np.asarray(self.matrix @ direction, dtype=np.float32)


@dataclass(slots=True)
class CandidateBatch:
    """Some papers, so that several readings of them gather their rows only once."""

    papers: Rows
    _gathered: dict[int, Matrix] = field(default_factory=dict)

    def dot(self, content: ItemMatrix, direction: NDArray[np.float32]) -> Scores:
        """Return dot products of the papers with a direction; NaN where there is no content."""
        scores = np.full(self.papers.size, np.nan, dtype=np.float32)
        exists = valid_rows(self.papers, content.known.size)
        exists[exists] = content.known[self.papers[exists]]
        rows = self.papers[exists]
        if rows.size * MANY > content.known.size:
            scores[exists] = content.dot(direction)[rows]
        elif not isinstance(content.matrix, np.ndarray) and rows.size <= A_HANDFUL:
            scores[exists] = dots_of_rows(content.matrix, rows, direction)
        else:
            scores[exists] = self._rows_of(content, rows) @ direction
        return scores

    def dot_columns(self, content: ItemMatrix, directions: NDArray[np.float32]) -> Scores:
        """Return dot products of the papers, which all exist, with several directions.

        ``(n_papers, n_directions)``, for directions ``(n_columns, n_directions)``; else 0.
        """
        return np.asarray(self._rows_of(content, self.papers) @ directions, dtype=np.float32)

    def _rows_of(self, content: ItemMatrix, rows: Rows) -> Matrix:
        key = id(content)
        if key not in self._gathered:
            self._gathered[key] = content.matrix[rows]
        return self._gathered[key]


@dataclass(frozen=True, slots=True)
class LinearTerm:
    """A part of the score that is a dot product.

    `direction` is what papers are multiplied with, `z_score` what an average
    paper gets from that, `weight` how much the part counts.
    """

    content: ItemMatrix
    direction: NDArray[np.float32]
    z_score: ZScore
    weight: Weight

    def score(self, batch: CandidateBatch) -> Scores:
        """Return weighted standard scores; NaN without a weight, all without a direction."""
        if not self.direction.any():
            return np.full(batch.papers.size, np.nan, dtype=np.float32)
        gain, offset = self.z_score.coefficients(1.0)
        weights = self.weight.of(batch.papers)
        weights[weights == 0] = np.nan
        return weights * (gain * batch.dot(self.content, self.direction) + offset)

    def add_to(self, summed: Scores, scored: NDArray[np.bool_]) -> None:
        """Add the weighted standard scores of all papers, where there are any."""
        if not self.direction.any():
            return
        if not self.weight.liked:
            rows = np.flatnonzero((self.weight.coldness > 0) & self.content.known)
            summed[rows] += self.score(CandidateBatch(rows))
            scored[rows] = True
            return
        gain, offset = self.z_score.coefficients(1.0)
        scores = self.content.dot(self.direction)
        scores *= gain
        scores += offset
        scores *= self.weight.of_all()
        scores[~self.content.known] = 0
        summed += scores
        scored |= self.content.known


@dataclass(frozen=True)
class UserScorer:
    """What scores papers for one reader.

    Parameters
    ----------
    profile
        The history; its rows exist.
    summands
        What each like adds to the reader's factors, ``(n_liked, n_factors)``.
    histories
        The history over the content of the rankers by content, by name.
    linear_terms
        The parts that are dot products, by name.
    walk, walk_weight
        ``(n_papers,)`` standard scores of the neighbours, and what they count;
        empty and 0 where they have no say.
    averse
        Direction away from what was disliked, over the words, or None.
    trust
        The guard's verdict on the model, 0 to 1.
    """

    profile: Profile
    factor_contributions: Floats
    histories: Mapping[str, Rocchio]
    linear_terms: Mapping[str, LinearTerm]
    walk: Scores
    walk_weight: float
    penalty_vector: NDArray[np.float32] | None
    trust: float
    _kept: dict[bytes, Scores] = field(default_factory=dict, repr=False, compare=False)

    def parts(self, papers: Rows | CandidateBatch) -> dict[str, Scores]:
        """Return the weighted parts of the score, ``(len(papers),)`` each; see `BlendRanker`."""
        batch = papers if isinstance(papers, CandidateBatch) else CandidateBatch(papers)
        parts = {name: dot.score(batch) for name, dot in self.linear_terms.items()}
        if self.walk_weight > 0:
            parts["neighbours"] = np.float32(self.walk_weight) * _at(self.walk, batch.papers)
        if self.penalty_vector is not None:
            parts[DISLIKE_PENALTY] = np.nan_to_num(
                batch.dot(self.linear_terms["tfidf"].content, self.penalty_vector)
            )
        return parts

    def score(self, papers: Rows | CandidateBatch) -> Scores:
        """Return the sum of the parts; kept, since a digest asks twice of the same papers."""
        batch = papers if isinstance(papers, CandidateBatch) else CandidateBatch(papers)
        everything = self.linear_terms["tfidf"].content
        if batch.papers.size * MANY > everything.known.size:
            return _at(self._score_all(everything), batch.papers)
        asked = batch.papers.tobytes()
        found = self._kept.get(asked)
        if found is None:
            found = total(self.parts(batch), batch.papers.size)
            if len(self._kept) >= KEPT:
                self._kept.clear()
            self._kept[asked] = found
        return found.copy()

    def _score_all(self, words: ItemMatrix) -> Scores:
        """Return the sum of the parts for all papers: `total` without the parts."""
        summed = np.zeros(words.known.size, dtype=np.float32)
        scored = np.zeros(words.known.size, dtype=bool)
        for dot in self.linear_terms.values():
            dot.add_to(summed, scored)
        if self.walk_weight > 0:
            reached = np.isfinite(self.walk)
            summed += np.where(reached, np.float32(self.walk_weight) * self.walk, np.float32(0))
            scored |= reached
        if self.penalty_vector is not None:
            summed += words.dot(self.penalty_vector)
        summed[~scored] = np.nan
        return summed


def _at(scores: Scores, papers: Rows) -> Scores:
    exists = valid_rows(papers, scores.size)
    if exists.all():
        return scores[papers]
    found = np.full(papers.size, np.nan, dtype=np.float32)
    found[exists] = scores[papers[exists]]
    return found


def total(parts: Mapping[str, Scores], n_papers: int) -> Scores:
    """Return the sum of parts, NaN counted as nothing; NaN where every ranker's part is."""
    scored = np.zeros(n_papers, dtype=bool)
    summed = np.zeros(n_papers, dtype=np.float32)
    for name, part in parts.items():
        known = np.isfinite(part)
        scored |= known & (name != DISLIKE_PENALTY)
        summed += np.where(known, part, np.float32(0))
    return np.where(scored, summed, np.float32(np.nan))
