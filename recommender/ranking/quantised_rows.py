"""Rows in 8 bits, to find the best of millions in a quarter of the memory. Pure.

A row x is kept as whole numbers between -127 and 127 and the step between them (scalar
quantisation):

    step_i = max_j |x_ij| / 127        c_ij = round(x_ij / step_i)        x_i . q ~ step_i (c_i . q)

Every cell is off by half a step at most, which is enough to name candidates; the exact rows
then rank them. Memory that is read decides how long a product of all rows takes, so this one
takes no longer than an exact one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recommender.ranking.base import Arrays, Scores

CELLS_AT_ONCE = 131_072
"""Cells turned into 32-bit numbers at once: they stay in the processor's cache (512 kB)."""
_LARGEST = np.float32(127)


@dataclass(frozen=True, slots=True)
class QuantisedRows:
    """Dense rows in 8 bits.

    Parameters
    ----------
    cells
        ``(n_rows, n_columns) int8``.
    steps
        ``(n_rows,) float32``: what 1 in a row's cells stands for; 0 for an empty row.
    """

    cells: NDArray[np.int8]
    steps: NDArray[np.float32]

    @classmethod
    def of(cls, rows: NDArray[np.float32]) -> Self:
        """Quantise rows, ``(n_rows, n_columns)``."""
        cells = np.empty(rows.shape, dtype=np.int8)
        steps = np.empty(len(rows), dtype=np.float32)
        for part in _parts(rows.shape):
            steps[part] = np.abs(rows[part]).max(axis=1, initial=0.0) / _LARGEST
            by_step = rows[part] / np.where(steps[part] > 0, steps[part], 1)[:, None]
            cells[part] = np.rint(by_step)
        return cls(cells, steps)

    def __len__(self) -> int:
        return self.steps.size

    def dot(self, query: NDArray[np.float32]) -> Scores:
        """Return the approximate dot products of all rows with a query, ``(n_rows,)``."""
        found = np.empty(len(self), dtype=np.float32)
        for part in _parts(self.cells.shape):
            np.dot(self.cells[part].astype(np.float32), query, out=found[part])
        found *= self.steps
        return found

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return cells and steps by name."""
        return {"quantised_cells": self.cells, "quantised_steps": self.steps}

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Self | None:
        """Rebuild what `arrays` gave; None for a model that does not hold it."""
        if "quantised_cells" not in arrays:
            return None
        return cls(arrays["quantised_cells"], arrays["quantised_steps"])


def _parts(shape: tuple[int, ...]) -> list[slice]:
    n_rows, n_columns = shape
    step = max(CELLS_AT_ONCE // max(n_columns, 1), 1)
    return [slice(x, min(x + step, n_rows)) for x in range(0, n_rows, step)]
