"""Cells of readers and terms by papers, and a work folder that begins with given factors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from recommender.training.spark.work_folder import WorkFolder


def stacked_cells(n_papers: int, n_rows: int, seed: int) -> csr_matrix:
    """Return ``(n_rows, n_papers)`` cells of papers on ten subjects; a row in twenty is skips."""
    rng = np.random.default_rng(seed)
    subject_of_row, subject = rng.integers(0, 10, n_rows), rng.integers(0, 10, n_papers)
    often = 1.0 / (1.0 + np.arange(n_rows))
    cells = []
    for paper in range(n_papers):
        weight = often * np.where(subject_of_row == subject[paper], 20.0, 1.0)
        rows = rng.choice(n_rows, 20, replace=False, p=weight / weight.sum())
        values = rng.dirichlet(np.full(20, 2.0)) * 2
        cells.append((rows, np.where(rows % 20 == 19, -0.05, values)))
    rows = np.concatenate([x for x, _ in cells])
    values = np.concatenate([x for _, x in cells]).astype(np.float32)
    columns = np.repeat(np.arange(n_papers), 20)
    return csr_matrix((values, (rows, columns)), shape=(n_rows, n_papers))


def begin_with(
    work: WorkFolder,
    stacked: csr_matrix,
    sizes: Sequence[int],
    rows: NDArray[np.float32],
    papers: NDArray[np.float32],
) -> None:
    """Write the cells of each part, and factors as if round 0 had found them."""
    by_paper, start = stacked.T.tocsr(), 0
    for part, n in enumerate(sizes):
        work.put_matrix(f"cells/{part}", by_paper[start : start + n])
        work.put(f"papers-0/{part}", papers[start : start + n])
        start += n
    work.put("rows-0", rows)
    work.put("cells-of-rows", np.diff(stacked.indptr).astype(np.int64))
    work.do_once("round-0", lambda: None)
