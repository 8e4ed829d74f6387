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
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.features.interactions import SparseRows


@functools.cache
def stop_words() -> frozenset[str]:
    """Return scikit-learn's English stop words.

    They stand in a file of their own, which is run without the package around it.
    """
    package = find_spec("sklearn")
    for folder in (package and package.submodule_search_locations) or ():
        file = Path(folder) / "feature_extraction" / "_stop_words.py"
        if file.is_file():
            alone: frozenset[str] = run_path(str(file))["ENGLISH_STOP_WORDS"]
            return alone
    words: frozenset[str] = import_module("sklearn.feature_extraction.text").ENGLISH_STOP_WORDS
    return words


def right_singular_vectors(matrix: SparseRows, n: int, seed: int) -> NDArray[np.floating[Any]]:
    """Return the `n` leading right singular vectors, ``(n, n_columns)``.

    A randomised truncated SVD with four power iterations (Halko, Martinsson &
    Tropp 2011); the same seed gives the same vectors.
    """
    svd = import_module("sklearn.utils.extmath").randomized_svd
    _, _, vectors = svd(matrix, n_components=n, n_iter=4, random_state=seed)
    return np.asarray(vectors)
