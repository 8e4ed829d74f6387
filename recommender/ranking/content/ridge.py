"""Ridge regression of one reader: which words tell the likes from what was turned down. Pure.

Of the judged papers i, y_i is 1 for a like and 0 for a skip or a dislike::

    q     = argmin_q  sum_i c_i * (y_i - q . x_i)^2  +  RIDGE * |q|^2          score(p) = q . x(p)
    q     = X' a      a = (X X' + RIDGE * diag(1 / c))^-1  y                   the same, shorter

with the rows x_i of the content in X. c_i is the weight of a like, and 1 for whatever was turned
down. A Rocchio query takes off the mean of the skips; this takes off what they have and likes do
not have, word by word.

q is a sum of one summand for each like, as the folded-in factors are (`als.fold_in`). Leaving a
like out changes a in closed form: ``a - P_i a_i / P_ii`` with the inverse P of the matrix above.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from recommender.ranking.als.fold_in import Floats
from recommender.ranking.base import Profile, Rows, SparseRows, dots_of_rows, times_each
from recommender.ranking.content.rocchio import mean_of_rows

RIDGE = 0.3
HALF_EVIDENCE = 30.0
"""Rejected papers with which the part has half of its weight."""
MAX_LIKES, MAX_REJECTED = 200, 200
"""Of more, the heaviest likes (of equal ones the last) and the rejected papers nearest to them."""


@dataclass(frozen=True, slots=True)
class Ridge:
    """The regression of one profile over sparse content.

    Parameters
    ----------
    positions
        ``(n_likes,)`` places in ``profile.liked`` of the likes that are compared, ascending.
    rows
        The compared likes and rejected papers, ``(n, n_columns)``, likes first.
    inverse
        P, ``(n, n)``.
    query
        q, ``(n_columns,)``.
    """

    profile: Profile
    positions: Rows
    rows: SparseRows
    inverse: Floats
    query: NDArray[np.float32]

    @classmethod
    def of(cls, profile: Profile, content: SparseRows) -> Self:
        """Solve for the judged papers, whose rows must exist."""
        positions = profile.heaviest_likes(MAX_LIKES)
        papers = np.concatenate([profile.liked[positions], _nearest_rejected(profile, content)])
        rows = content[papers]
        ridge = np.full(papers.size, RIDGE)
        ridge[: positions.size] /= profile.liked_weights[positions]
        matrix = (rows @ rows.T).toarray().astype(np.float64)
        matrix[np.diag_indices_from(matrix)] += ridge
        inverse = np.asarray(np.linalg.inv(matrix), dtype=np.float64)
        weights = inverse[:, : positions.size].sum(axis=1)
        return cls(profile, positions, rows, inverse, _combined(rows, weights))

    def queries_of(self, clusters: Sequence[Profile]) -> NDArray[np.float32]:
        """Return the summands of the likes of each cluster, ``(n_columns, n_clusters)``."""
        liked = self.profile.liked[self.positions]
        own = np.column_stack([(liked[:, None] == x.liked).any(axis=1) for x in clusters])
        return _combined(self.rows, self.inverse[:, : liked.size] @ own)

    def queries_without(self, held: Rows) -> NDArray[np.float32]:
        """Return the query without each held-out like, ``(n_columns, n_held)``.

        Parameters
        ----------
        held
            Positions in ``profile.liked``. Where there are more than `MAX_LIKES`, one that is not
            compared changes nothing, and none comes in for one that is left out.
        """
        weights = self.inverse[:, : self.positions.size].sum(axis=1)
        without = np.tile(weights[:, None], held.size)
        for column, position in enumerate(held):
            place = int(np.searchsorted(self.positions, position))
            if place < self.positions.size and self.positions[place] == position:
                step = weights[place] / self.inverse[place, place]
                without[:, column] -= step * self.inverse[:, place]
        return _combined(self.rows, without)


def evidence(profile: Profile) -> float:
    """Return which part of its weight the part has for a reader, 0 to below 1.

    What the likes have in common the Rocchio query says as well; this needs rejected papers.
    """
    return profile.rejected.size / (profile.rejected.size + HALF_EVIDENCE)


def _nearest_rejected(profile: Profile, content: SparseRows) -> Rows:
    if profile.rejected.size <= MAX_REJECTED:
        return profile.rejected
    liked = mean_of_rows(profile.liked, profile.liked_weights, content)
    nearness = dots_of_rows(content, profile.rejected, liked)
    return profile.rejected[np.sort(np.argsort(-nearness, kind="stable")[:MAX_REJECTED])]


def _combined(rows: SparseRows, weights: Floats) -> NDArray[np.float32]:
    """Return the sums of the rows with some weights, ``(n_columns,)`` or one a column."""
    by_column, each = rows.T, weights.astype(np.float32)
    if each.ndim > 1:
        return times_each(by_column, each)
    return np.asarray(by_column @ each, dtype=np.float32)
