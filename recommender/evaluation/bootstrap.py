"""How sure a mean over readers is: percentile bootstrap (Efron 1979). Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

N_RESAMPLES = 1000
LEVEL = 0.95
_CHUNK = 50


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over readers with the interval that holds 95 % of the resampled means."""

    mean: float
    low: float
    high: float
    n: int

    @property
    def excludes_zero(self) -> bool:
        """True when the whole interval lies on one side of zero."""
        return self.low > 0 or self.high < 0


def estimate(per_reader: NDArray[np.float64], seed: int) -> Estimate:
    """Estimate the mean of ``(n_readers,)`` values; readers with NaN are left out.

    The interval is NaN below two readers, the mean too when there are none.
    """
    values = per_reader[~np.isnan(per_reader)]
    n = len(values)
    if n < 2:
        mean = float(values[0]) if n else float("nan")
        return Estimate(mean, float("nan"), float("nan"), n)
    rng = np.random.default_rng(seed)
    means = [
        values[rng.integers(0, n, size=(_CHUNK, n))].mean(axis=1)
        for _ in range(N_RESAMPLES // _CHUNK)
    ]
    low, high = np.quantile(np.concatenate(means), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(float(values.mean()), float(low), float(high), n)
