"""When the share of likes changed: ADWIN over the answers to suggestions. Pure.

ADWIN (Bifet & Gavaldà 2007) keeps a window of the newest answers. After each answer it looks for a
split of the window into an older part 0 and a newer part 1 whose means differ by more than::

    sqrt(2 / m * var * log(2 / d)) + 2 / (3 m) * log(2 / d)
    1 / m = 1 / n0 + 1 / n1,   d = CONFIDENCE / log(n)

If there is one, the share has changed and the older part is dropped. River's ADWIN does the same
over compressed windows; logs of one reader are short enough to keep every answer. As in River, a
window of more than `LONG` answers is looked at after every `CLOCK`-th one only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np

CONFIDENCE = 0.002
"""Bound on the chance of a false change at each answer, as in River."""
LEAST_IN_PART = 5
LONG, CLOCK = 500, 32


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the mean.

    Parameters
    ----------
    at
        Place of the first answer of the newer part.
    found_at
        Place of the answer after which the change was found.
    before, after
        Means of the older and of the newer part, as of then.
    """

    at: int
    found_at: int
    before: float
    after: float


def changes_of(values: Sequence[float]) -> list[Change]:
    """Return the changes of the mean of values between 0 and 1, oldest first."""
    stream = np.asarray(values, dtype=np.float64)
    found, start = [], 0
    for end in range(1, stream.size + 1):
        if end - start > LONG and end % CLOCK:
            continue
        split = _split(stream[start:end])
        if split is None:
            continue
        at = start + split
        before, after = float(stream[start:at].mean()), float(stream[at:end].mean())
        found.append(Change(at, end - 1, before, after))
        start = at
    return found


def _split(window: np.ndarray) -> int | None:
    """Return the likeliest place of a change; None where no two parts differ beyond chance."""
    n = window.size
    if n < 2 * LEAST_IN_PART:
        return None
    places = np.arange(LEAST_IN_PART, n - LEAST_IN_PART + 1)
    sums = np.cumsum(window)
    older, newer = sums[places - 1] / places, (sums[-1] - sums[places - 1]) / (n - places)
    per_m, weight = 1 / places + 1 / (n - places), log(2 * log(n) / CONFIDENCE)
    bound = np.sqrt(2 * per_m * window.var() * weight) + 2 / 3 * per_m * weight
    apart = np.abs(older - newer)
    if not (apart > bound).any():
        return None
    # Of the splits, the likeliest place: that of the greatest difference in standard errors.
    return int(places[np.argmax(apart / np.sqrt(per_m))])
