"""Which likes may be learnt from and which must be found. Pure, drawn from a seed.

A split always makes three parts. Settings are chosen on ``valid`` and
reported once on ``test``, so the test part is out of sight while ``valid`` is
measured, and the valid part is learnt from while ``test`` is.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from recommender.evaluation.interactions import Interactions, Rows
from recommender.features.interactions import SparseRows

Part: TypeAlias = Literal["valid", "test"]
TRAIN, VALID, TEST = 0, 1, 2
SHARE = 0.2
"""Share of a reader's papers in the valid part, and again in the test part."""
MIN_PAPERS = 5
"""Readers with fewer papers stay in the train part whole."""
COLD_SHARE = 0.1
"""Share of all papers held out as new in the valid part, and again in the test part."""


def split_libraries(pairs: Interactions, seed: int) -> NDArray[np.int8]:
    """Give every pair to train, valid or test: 60/20/20 within each reader's library.

    Returns
    -------
    ``(n,) int8`` of `TRAIN`, `VALID`, `TEST`; at least one pair of a split reader in each.
    """
    sizes = pairs.per_reader()[pairs.reader]
    order = np.lexsort((np.random.default_rng(seed).random(len(pairs)), pairs.reader))
    starts = np.searchsorted(pairs.reader, pairs.reader)
    place = np.empty(len(pairs), dtype=np.intp)
    place[order] = np.arange(len(pairs)) - starts[order]
    n_held = np.maximum(np.rint(SHARE * sizes), 1)
    parts = np.full(len(pairs), TRAIN, dtype=np.int8)
    split = sizes >= MIN_PAPERS
    parts[split & (place < n_held)] = TEST
    parts[split & (place >= n_held) & (place < 2 * n_held)] = VALID
    return parts


def split_papers(n_papers: int, seed: int) -> NDArray[np.int8]:
    """Give every paper to train, valid or test: 80/10/10; ``(n_papers,) int8``."""
    n_held = max(round(COLD_SHARE * n_papers), 1)
    order = np.random.default_rng(seed).permutation(n_papers)
    parts = np.full(n_papers, TRAIN, dtype=np.int8)
    parts[order[:n_held]] = TEST
    parts[order[n_held : 2 * n_held]] = VALID
    return parts


def part_masks(parts: NDArray[np.int8], part: Part) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which entries are learnt from and which are held, for the part that is measured."""
    if part == "valid":
        return parts == TRAIN, parts == VALID
    return parts != TEST, parts == TEST


def draw(rows: Rows, n: int, seed: int) -> Rows:
    """Return `n` of the rows, drawn without repeats, ascending; all where there are fewer."""
    if len(rows) <= n:
        return np.sort(rows)
    return np.sort(np.random.default_rng(seed).choice(rows, size=n, replace=False))


def keep_other_readers(pairs: Interactions, n: int | None, seed: int) -> Interactions:
    """Return the pairs of `n` readers drawn from those who have any; None keeps everybody."""
    if n is None:
        return pairs
    return pairs.of_readers(draw(np.flatnonzero(pairs.per_reader()), n, seed))


def row_of(matrix: SparseRows, reader: int) -> Rows:
    """Return the columns of one row of a matrix."""
    return matrix.indices[matrix.indptr[reader] : matrix.indptr[reader + 1]].astype(np.intp)
