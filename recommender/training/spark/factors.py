"""The factorisation part by part: papers stay in their part, the rows' factors travel.

A row is a reader or a term. Each round, the driver publishes the rows' factors, sums what the
parts make of them (`ranking.als.parts`), and every part then solves its own papers. Kept are, of
each part, its cells and its papers' factors of the last two rounds, and the rows' factors of the
last two rounds: a fit that is stopped goes on behind the last finished round. Sums are added in
the order of parts, so a task that is repeated elsewhere changes no bit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack, vstack

from recommender.features import Features
from recommender.features.interactions import SparseRows
from recommender.features.svd import OVERSAMPLED
from recommender.ranking.als import parts
from recommender.ranking.als.init import first_factors, gain_for, sampled_cells
from recommender.ranking.als.model import Factorisation
from recommender.ranking.als.parts import Factors, FirstFactors
from recommender.ranking.als.solver import OnRound
from recommender.ranking.als.term_rows import AlsOptions, ReaderBlock, TermBlock, n_factors_for
from recommender.training.spark.cluster import Cluster
from recommender.training.spark.work_folder import WorkFolder


@dataclass(frozen=True, slots=True)
class SparkFactors:
    """Fits what `Factorisation.fit` fits, on a cluster; given to `pipeline.build`.

    Parameters
    ----------
    papers_of_parts
        How many papers each part has; their TF-IDF is in the work folder.
    """

    work: WorkFolder
    cluster: Cluster
    papers_of_parts: tuple[int, ...]

    def __call__(
        self,
        features: Features,
        reader_papers: SparseRows,
        options: AlsOptions,
        seed: int,
        on_round: OnRound | None = None,
    ) -> Factorisation:
        """Return the fitted factorisation; its large arrays are mapped from the work folder."""
        work, n_parts = self.work, len(self.papers_of_parts)
        n_terms = len(features.terms)
        readers = ReaderBlock.of(reader_papers)
        block = TermBlock.unweighted(np.asarray(work.get("terms-frequencies")))
        work.put("block-columns", block.columns)

        def lay_out() -> float:
            found = self.cluster.each(measure_lengths, n_terms)
            weighted = block.weighted(np.concatenate(found), options)
            self._give_readers(readers)
            self.cluster.each(write_cells, n_terms, weighted.weight)
            return weighted.weight

        block = TermBlock(block.columns, work.once("cells", lay_out))
        n_rows = readers.liked_by.shape[1] + block.columns.size
        median = features.n_terms_median
        n_factors = n_factors_for(len(features), median, readers.weight, options)
        self.fit_rounds(n_rows, n_factors, options, seed, on_round)
        papers, rows = self.found(n_rows, options.iterations)
        names = [f"term-cells/{x}" for x in range(n_parts)]
        cells = work.joined_matrix(names, "all/cells", block.columns.size)
        return Factorisation.of_factors(features, options, papers, rows, block, readers, cells)

    def _give_readers(self, readers: ReaderBlock) -> None:
        start = 0
        for part, n in enumerate(self.papers_of_parts):
            own = slice(start, start + n)
            self.work.put_matrix(f"liked-by/{part}", readers.liked_by[own])
            self.work.put(f"likes/{part}", readers.likes[own])
            start += n
        self.work.put("n-readers", np.array(readers.liked_by.shape[1]))

    def fit_rounds(
        self,
        n_rows: int,
        n_factors: int,
        options: AlsOptions,
        seed: int,
        on_round: OnRound | None = None,
    ) -> None:
        """Fit the factors of the cells in the work folder, from those of round 0 if it has any."""
        threshold = options.regularization / options.alpha
        self.work.do_once("round-0", partial(self._begin, n_rows, n_factors, threshold, seed))
        for number in range(1, options.iterations + 1):
            if self.work.is_done(f"round-{number}"):
                continue
            self.work.do_once(f"round-{number}", partial(self._round, n_rows, number, options))
            if number >= 2:
                self.work.remove(f"papers-{number - 2}")
                self.work.remove(f"rows-{number - 2}")
            if on_round is not None:
                on_round(number, options.iterations)

    def found(self, n_rows: int, number: int) -> tuple[Factors, Factors]:
        """Return the factors of papers, zero where no cell is wanted, and of rows."""
        self.cluster.each(keep_wanted, n_rows, number)
        names = [f"wanted/{x}" for x in range(len(self.papers_of_parts))]
        return self.work.joined(names, "all/factors"), np.asarray(self.work.get(f"rows-{number}"))

    def _round(self, n_rows: int, number: int, options: AlsOptions) -> None:
        alpha, regularization = options.alpha, options.regularization
        start = np.asarray(start_of(self.work, "rows-{}", number))
        self.work.put(f"start-{number}", start)
        shares = self._sum(f"residuals-{number}", sum_residuals, n_rows, number, alpha)
        n_factors = start.shape[1]
        residual, gram = shares[:n_rows], shares[n_rows:]
        gram = gram + np.float32(regularization) * np.eye(n_factors, dtype=np.float32)
        step = 0

        def products(directions: Factors) -> Factors:
            nonlocal step
            step += 1
            name = f"direction-{number}-{step}"
            self.work.put(name, directions)
            total = self._sum(
                f"products-{number}-{step}", sum_products, n_rows, number, alpha, name
            )
            self.work.remove(name)
            return total

        cells_of_rows = np.asarray(self.work.get("cells-of-rows"))
        rows = parts.solve_rows(start, residual, gram, products, cells_of_rows)
        self.work.put(f"rows-{number}", rows)
        self.cluster.each(solve_papers, n_rows, number, alpha, regularization)
        self.work.remove(f"start-{number}")

    def _sum(self, name: str, task: Callable[..., None], *given: Any) -> NDArray[Any]:
        """Return the sum of the arrays that tasks write, in the order of parts.

        Under a name for each step: what a lost worker still writes is not taken for another's.
        """
        self.cluster.each(task, name, *given)
        total = np.array(self.work.get(f"{name}/0"))
        for part in range(1, len(self.papers_of_parts)):
            total += self.work.get(f"{name}/{part}")
        self.work.remove(name)
        return total

    def _begin(self, n_rows: int, n_factors: int, threshold: float, seed: int) -> None:
        """Write the first factors, as `init.first_factors` has them."""
        work, n_papers = self.work, sum(self.papers_of_parts)
        sums = [np.array(x) for x in self.cluster.each(count_cells, n_rows)]
        cells_of_rows = np.sum(sums, axis=0)
        work.put("cells-of-rows", cells_of_rows)
        if min(n_rows, n_papers) < n_factors or not cells_of_rows.any():
            self._begin_small(n_rows, n_factors, threshold, seed)
            return
        width = n_factors + OVERSAMPLED
        self._draw(width, seed)
        work.put("sketch", self._sum("sketch-1", sketch_random, n_rows, width))
        sketch = self._sum("sketch-2", sketch_again, n_rows)
        work.put("basis", parts.basis_of(sketch))
        squares = np.sum(self.cluster.each(project, n_rows), axis=0)
        basis = np.asarray(work.get("basis"))
        first = FirstFactors.of(basis, squares, n_factors, threshold)
        work.put("first-rows", first.rows)
        work.put("first-map", first.of_projected)
        rng = np.random.default_rng(seed)
        sampled = sampled_cells(int(cells_of_rows.sum()), rng)
        self._locate(sampled, cells_of_rows)
        predicted = float(np.sum(self.cluster.each(predict, n_rows)))
        first = first.scaled(gain_for(predicted / sampled.size))
        work.put("first-map", first.of_projected)
        work.put("rows-0", first.rows)
        self.cluster.each(begin_papers)
        for name in (
            "random",
            "sampled",
            "sketch",
            "basis",
            "projected",
            "first-rows",
            "first-map",
        ):
            work.remove(name)

    def _begin_small(self, n_rows: int, n_factors: int, threshold: float, seed: int) -> None:
        """Begin where the matrix is smaller than its factors: in the driver, which can hold it."""
        n_parts = len(self.papers_of_parts)
        cells = [self.work.get_matrix(f"cells/{x}", n_rows) for x in range(n_parts)]
        stacked = csr_matrix(csr_matrix(vstack(cells, format="csr")).T, dtype=np.float32)
        rows, papers = first_factors(stacked, n_factors, threshold, seed)
        self.work.put("rows-0", rows)
        ends = np.cumsum(self.papers_of_parts)[:-1]
        for part, own in enumerate(np.split(papers, ends)):
            self.work.put(f"papers-0/{part}", own)

    def _draw(self, width: int, seed: int) -> None:
        """Keep the state of the generator at each part, where all draw from one sequence."""
        rng = np.random.RandomState(seed)
        for part, n in enumerate(self.papers_of_parts):
            _, keys, position, has_gauss, gauss = rng.get_state()
            self.work.put(f"random/{part}-keys", np.asarray(keys))
            self.work.put(f"random/{part}", np.array([position, has_gauss, gauss], np.float64))
            rng.normal(size=(n, width))

    def _locate(self, cells: NDArray[np.int64], cells_of_rows: NDArray[np.int64]) -> None:
        """Write, for each part, row and place in it of its cells among some, numbered by row."""
        starts = np.concatenate([[0], np.cumsum(cells_of_rows)])
        row_of = np.searchsorted(starts, cells, side="right") - 1
        place = cells - starts[row_of]
        for part in range(len(self.papers_of_parts)):
            own = np.asarray(self.work.get(f"cells-of-rows/{part}"))[row_of]
            here = (place >= 0) & (place < own)
            self.work.put(f"sampled/{part}", np.vstack([row_of[here], place[here]]))
            place = np.where(here, -1, place - own)


def start_of(work: WorkFolder, name: str, number: int) -> Factors:
    """Return where a round starts, from what was found in the two before; `name` holds ``{}``."""
    found = work.get(name.format(number - 1))
    # The first two rounds start from what the one before found.
    return found if number <= 2 else parts.with_momentum(work.get(name.format(number - 2)), found)


def measure_lengths(root: str, part: int, n_terms: int) -> NDArray[np.float64]:
    """Return `TermBlock.lengths` of a part's papers; a task."""
    work = WorkFolder(Path(root))
    block = TermBlock(np.asarray(work.get("block-columns")), 1.0)
    return block.lengths(work.get_matrix(f"terms/{part}", n_terms))


def write_cells(root: str, part: int, n_terms: int, weight: float) -> None:
    """Write a part's cells, ``(n_papers, n_rows)``, readers before terms; a task."""
    work = WorkFolder(Path(root))
    block = TermBlock(np.asarray(work.get("block-columns")), weight)
    terms, likes = work.get_matrix(f"terms/{part}", n_terms), work.get(f"likes/{part}")
    cells = block.cells(terms, likes)
    liked_by = work.get_matrix(f"liked-by/{part}", int(work.get("n-readers")))
    work.put_matrix(f"term-cells/{part}", cells)
    stacked = csr_matrix(hstack([liked_by, cells], format="csr"), dtype=np.float32)
    stacked.sort_indices()
    work.put_matrix(f"cells/{part}", stacked)


def count_cells(root: str, part: int, n_rows: int) -> NDArray[np.int64]:
    """Write and return how many of a part's cells each row has; a task."""
    work = WorkFolder(Path(root))
    counts = np.bincount(work.get(f"cells/{part}_columns"), minlength=n_rows).astype(np.int64)
    work.put(f"cells-of-rows/{part}", counts)
    return counts


def sketch_random(root: str, part: int, name: str, n_rows: int, width: int) -> None:
    """Write the part's share of ``M Q`` for random Q; a task."""
    work = WorkFolder(Path(root))
    cells = work.get_matrix(f"cells/{part}", n_rows)
    rng = np.random.RandomState()
    position, has_gauss, gauss = work.get(f"random/{part}").tolist()
    keys = np.asarray(work.get(f"random/{part}-keys"))
    rng.set_state(("MT19937", keys, int(position), int(has_gauss), gauss))
    drawn = rng.normal(size=(cells.shape[0], width)).astype(np.float32)
    work.put(f"{name}/{part}", parts.sketch_of(cells, drawn))


def sketch_again(root: str, part: int, name: str, n_rows: int) -> None:
    """Write the part's share of ``M M' Y`` for the sum Y of the first sketches; a task."""
    work = WorkFolder(Path(root))
    cells = work.get_matrix(f"cells/{part}", n_rows)
    work.put(f"{name}/{part}", parts.sketch_of(cells, np.asarray(cells @ work.get("sketch"))))


def project(root: str, part: int, n_rows: int) -> NDArray[np.float64]:
    """Write a part's papers on the basis, and return the products of its columns; a task."""
    work = WorkFolder(Path(root))
    projected = np.asarray(work.get_matrix(f"cells/{part}", n_rows) @ work.get("basis"))
    work.put(f"projected/{part}", projected)
    return parts.gram_of(projected)


def predict(root: str, part: int, n_rows: int) -> float:
    """Return the sum of what the first factors predict for sampled cells of a part; a task."""
    work = WorkFolder(Path(root))
    papers = np.asarray(work.get(f"projected/{part}") @ work.get("first-map"))
    cells = work.get_matrix(f"cells/{part}", n_rows)
    return parts.predictions_of(cells, papers, work.get("first-rows"), *work.get(f"sampled/{part}"))


def begin_papers(root: str, part: int) -> None:
    """Write the first factors of a part's papers; a task."""
    work = WorkFolder(Path(root))
    papers = np.asarray(work.get(f"projected/{part}") @ work.get("first-map"))
    work.put(f"papers-0/{part}", papers)


def sum_residuals(root: str, part: int, name: str, n_rows: int, number: int, alpha: float) -> None:
    """Write the part's share of the rows' residuals, and below it of the Gram; a task."""
    work = WorkFolder(Path(root))
    cells = parts.confidences(work.get_matrix(f"cells/{part}", n_rows), alpha)
    papers = start_of(work, f"papers-{{}}/{part}", number)
    shares = parts.residual_of(cells, papers, work.get(f"start-{number}"))
    gram = parts.gram_of(papers).astype(np.float32)
    work.put(f"{name}/{part}", np.vstack([shares, gram]))


def sum_products(
    root: str, part: int, name: str, n_rows: int, number: int, alpha: float, directions: str
) -> None:
    """Write the part's share of one step of conjugate gradients; a task."""
    work = WorkFolder(Path(root))
    cells = parts.confidences(work.get_matrix(f"cells/{part}", n_rows), alpha)
    papers = start_of(work, f"papers-{{}}/{part}", number)
    work.put(f"{name}/{part}", parts.products_of(cells, papers, work.get(directions)))


def solve_papers(
    root: str, part: int, n_rows: int, number: int, alpha: float, regularization: float
) -> None:
    """Write the factors of a part's papers that a round finds; a task."""
    work = WorkFolder(Path(root))
    cells = parts.confidences(work.get_matrix(f"cells/{part}", n_rows), alpha)
    papers = start_of(work, f"papers-{{}}/{part}", number)
    found = parts.solve_papers(cells, papers, work.get(f"rows-{number}"), regularization)
    work.put(f"papers-{number}/{part}", found)


def keep_wanted(root: str, part: int, n_rows: int, number: int) -> None:
    """Write the factors of a part's papers, zero for those without a wanted cell; a task."""
    work = WorkFolder(Path(root))
    cells = work.get_matrix(f"cells/{part}", n_rows)
    work.put(f"wanted/{part}", parts.wanted_papers(cells, work.get(f"papers-{number}/{part}")))
