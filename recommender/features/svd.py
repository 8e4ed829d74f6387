"""The parts of scikit-learn that features use, loaded on first use.

Importing scikit-learn takes longer than most commands run, and only a fit or a
paper that came after it needs any of this.
"""

from __future__ import annotations

import functools
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from runpy import run_path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from recommender.features.interactions import SparseRows

Floats: TypeAlias = NDArray[np.floating[Any]]

OVERSAMPLED = 10
NEGLIGIBLE = 1e-6
"""Of the largest singular value; smaller ones are rounding."""


@functools.cache
def stop_words() -> frozenset[str]:
    """Return scikit-learn's English stop words.

    Their file is run without the package around it. The public import,
    ``sklearn.feature_extraction.text``, takes 1.9 s of processor time where this takes
    0.05 s (median of 5, numpy and scipy.sparse already imported), and each command
    that reads a new paper would wait for it.
    """
    package = find_spec("sklearn")
    for folder in (package and package.submodule_search_locations) or ():
        file = Path(folder) / "feature_extraction" / "_stop_words.py"
        if file.is_file():
            alone: frozenset[str] = run_path(str(file))["ENGLISH_STOP_WORDS"]
            return alone
    words: frozenset[str] = import_module("sklearn.feature_extraction.text").ENGLISH_STOP_WORDS
    return words


def singular_vectors(
    matrix: SparseRows, n: int, seed: int, n_iter: int = 4
) -> tuple[Floats, Floats, Floats]:
    """Return the `n` leading singular vectors and values, ``(n_rows, n), (n,), (n, n_columns)``.

    A randomised truncated SVD with `n_iter` power iterations (Halko, Martinsson &
    Tropp 2011); the same seed gives the same vectors. The last step is an eigenproblem
    as small as `n`, where scikit-learn's own decomposes a matrix as wide as `matrix`.
    Vectors on the right of a value that is 0 are 0.
    """
    find = import_module("sklearn.utils.extmath").randomized_range_finder
    vectors = find(matrix, size=n + OVERSAMPLED, n_iter=n_iter, random_state=seed)
    projected = (matrix.T @ vectors).T
    wide = projected.astype(np.float64)
    values, turned = leading_directions(wide @ wide.T, n)
    turned = turned.astype(projected.dtype)
    gain = np.divide(1.0, values, out=np.zeros_like(values), where=values > 0)
    right = (turned.T @ projected) * gain[:, None].astype(projected.dtype)
    return vectors @ turned, values, right


def leading_directions(squares: NDArray[np.float64], n: int) -> tuple[Floats, Floats]:
    """Return the singular values and left vectors of a matrix B by ``B B'``.

    The `n` largest values, ``(n,)``, and vectors, ``(n_rows, n)``; values that are rounding are 0.
    """
    eigenvalues, vectors = np.linalg.eigh(squares)
    values = np.sqrt(np.maximum(eigenvalues[::-1][:n], 0.0))
    values[values <= NEGLIGIBLE * values.max(initial=0.0)] = 0.0
    return values, vectors[:, ::-1][:, :n]
