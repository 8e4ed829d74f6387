"""Mean and standard deviation used for z-scores. Pure.

Both are computed on the reference sample, papers that stand for the catalogue, without those
in the reader's profile: in a small catalogue these would make up half of the variance. Scores are
dot products F q, so over a dense matrix F both follow from the sums of F and of F'F.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Self

import numpy as np
from numpy.typing import NDArray

from recommender.ranking.als.fold_in import Floats
from recommender.ranking.als.ranker import AlsRanker
from recommender.ranking.base import Features, Rows, Scores, SparseRows, places_of, times_each
from recommender.ranking.item_matrix import Matrix, has_content

N_REFERENCE = 4096
N_RIDGE = 1024
"""Papers of the sample by which `ridge` is scaled: fewer, since it has a query for each like."""
MAX_KEPT = 512
"""Rows whose products with a sample are kept: 16 kB each."""
_KEEPING = Lock()  # answers of several readers are explained at the same time
NO_SPREAD = 1e-7
"""Relative rounding error of a variance from sums; scores that vary less count as equal."""


@dataclass(frozen=True, slots=True)
class ZScore:
    """Mean and standard deviation of scores over a sample; numbers, or one per column."""

    mean: Floats
    std: Floats

    @classmethod
    def of_sums(cls, n: Floats, total: Floats, squares: Floats) -> ZScore:
        """Return mean and standard deviation of `n` scores with this sum and sum of squares."""
        n = np.maximum(n, 1)
        mean = total / n
        return cls(mean, np.sqrt(np.maximum(squares / n - mean**2, 0.0)))

    def coefficients(self, weight: float) -> tuple[np.float32, np.float32]:
        """Return gain and offset: ``gain * score + offset`` is `weight` times `transform`."""
        if self.std <= NO_SPREAD * (1.0 + np.abs(self.mean)):
            return np.float32(0), np.float32(0)
        gain = weight / self.std
        return np.float32(gain), np.float32(-gain * self.mean)

    def transform(self, scores: Scores | Floats) -> Floats:
        """Return z-scores; all 0 if the scores of the sample do not vary, NaN stays NaN."""
        flat = self.std <= NO_SPREAD * (1.0 + np.abs(self.mean))
        deviations = np.where(flat, 0.0, 1.0) * (scores - self.mean)
        return np.asarray(deviations / np.where(flat, 1.0, self.std))


@dataclass(frozen=True, slots=True)
class DenseSample:
    """Sums over the sampled rows of ``(n_papers, n_columns)`` factors that are not all zero."""

    n: int
    total: Floats
    squares: Floats
    sampled: NDArray[np.bool_]

    @classmethod
    def of(cls, factors: NDArray[np.float32], reference: Rows) -> DenseSample:
        """Sum over the rows of the reference."""
        rows = factors[reference].astype(np.float64)
        used = rows.any(axis=1)
        sampled = np.zeros(factors.shape[0], dtype=bool)
        sampled[reference[used]] = True
        return cls(int(used.sum()), rows.sum(axis=0), rows.T @ rows, sampled)

    def z_score(
        self,
        directions: Floats | NDArray[np.float32],
        content: Matrix,
        weighted: Rows,
        restored: Rows | None = None,
    ) -> ZScore:
        """Return mean and deviation of ``content @ directions`` over the sample without `weighted`.

        Parameters
        ----------
        directions
            ``(n_columns,)``, or ``(n_columns, n_directions)`` for several.
        restored
            For every direction one weighted row that counts for it all the same.
        """
        directions = directions.astype(np.float64)
        weighted = weighted[weighted < self.sampled.size]
        weighted = weighted[self.sampled[weighted]]
        out = np.asarray(content[weighted] @ directions)
        left = np.ones(out.shape)
        if restored is not None:
            left = np.where(weighted[:, None] == restored, 0.0, 1.0)
        return ZScore.of_sums(
            self.n - left.sum(axis=0),
            self.total @ directions - (left * out).sum(axis=0),
            (directions * (self.squares @ directions)).sum(axis=0) - (left * out**2).sum(axis=0),
        )


@dataclass(frozen=True, slots=True)
class SparseSample:
    """The sampled rows of a sparse matrix that are not empty, ascending, and the same by column."""

    rows: Rows
    content: SparseRows
    by_column: SparseRows
    _products: dict[bytes, Scores] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @classmethod
    def of(cls, content: SparseRows, reference: Rows) -> SparseSample:
        """Take the rows of the reference."""
        rows = reference[has_content(content, reference)]
        return cls(rows, content[rows], content[rows].T.tocsr())

    def z_score(self, direction: NDArray[np.float32], content: Matrix, weighted: Rows) -> ZScore:
        """Return mean and deviation of ``content @ direction`` over the rest of the sample."""
        return self.z_score_of(self.content @ direction, weighted)

    def z_score_of(self, scores: Scores, weighted: Rows) -> ZScore:
        """Return mean and deviation of the sample's scores, ``(n_sample,)``, without `weighted`."""
        scores, out = scores.astype(np.float64), places_of(self.rows, weighted)
        scores[out] = 0.0
        return ZScore.of_sums(*np.array([scores.size - out.size, scores.sum(), scores @ scores]))

    def stands_for(self, n_papers: int) -> bool:
        """Whether the sample is half of the papers or more, so that it is no less work than all."""
        return n_papers <= 2 * self.rows.size

    def z_scores(self, directions: NDArray[np.float32], weighted: Rows, restored: Rows) -> ZScore:
        """Return mean and deviation of several directions, ``(n_columns, n_directions)``.

        For every direction one weighted row, in `restored`, counts all the same.
        """
        scores = times_each(self.content, directions).astype(np.float64)
        counted = np.repeat(self.kept(weighted)[:, None], restored.size, axis=1)
        counted |= self.rows[:, None] == restored
        scores[~counted] = 0.0
        return ZScore.of_sums(counted.sum(axis=0), scores.sum(axis=0), (scores**2).sum(axis=0))

    def products_with(self, content: SparseRows, rows: Rows) -> Scores:
        """Return the products of some rows of `content` with the sample, ``(n_rows, n_sample)``.

        Those of `MAX_KEPT` rows are kept, by what is in the row: after every answer the reasons
        of a reader name nearly the same likes as before.
        """
        starts = content.indptr
        cells = [slice(starts[x], starts[x + 1]) for x in rows]
        keys = [content.indices[x].tobytes() + content.data[x].tobytes() for x in cells]
        with _KEEPING:
            held = {key: self._products.pop(key, None) for key in keys}
        found = {key: products for key, products in held.items() if products is not None}
        missing = {key: row for key, row in zip(keys, rows, strict=True) if key not in found}
        if missing:
            made = (content[list(missing.values())] @ self.by_column).toarray()
            found |= {key: own.copy() for key, own in zip(missing, made, strict=True)}
        with _KEEPING:
            self._products.update(found)
            while len(self._products) > MAX_KEPT:
                del self._products[next(iter(self._products))]
        return np.stack([found[key] for key in keys])

    def kept(self, weighted: Rows) -> NDArray[np.bool_]:
        """Return which rows of the sample count, ``(n_sample,)``: those not weighted."""
        kept = np.ones(self.rows.size, dtype=bool)
        kept[places_of(self.rows, weighted)] = False
        return kept


@dataclass(frozen=True)
class ReferenceSample:
    """The papers that stand for the catalogue, laid out for each score part."""

    rows: Rows
    samples: Mapping[str, DenseSample | SparseSample]

    @classmethod
    def of(cls, features: Features, als: AlsRanker, rows: Rows) -> Self:
        """Lay out these rows, which all were there at the fit."""
        samples: dict[str, DenseSample | SparseSample] = {
            "als": DenseSample.of(als.model.papers, rows),
            "tfidf": SparseSample.of(features.paper_terms, rows),
            "embedding": DenseSample.of(features.embedding, rows),
            "ridge": SparseSample.of(features.paper_terms, rows[:: -(-rows.size // N_RIDGE) or 1]),
        }
        return cls(rows, samples)

    @classmethod
    def drawn(cls, features: Features, als: AlsRanker, seed: int) -> Self:
        """Draw `N_REFERENCE` papers of a catalogue, or take all."""
        rng = np.random.default_rng(seed)
        rows = rng.choice(len(features), min(N_REFERENCE, len(features)), replace=False)
        return cls.of(features, als, np.sort(rows))
