"""Sparse matrices and lists of texts as plain arrays, ready for ``.npy`` without pickle. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from recommender.features.interactions import SparseRows


def cells_of(name: str, matrix: SparseRows) -> dict[str, NDArray[Any]]:
    """Return a sparse matrix as three arrays under names that begin with `name`."""
    return {
        f"{name}_values": matrix.data,
        f"{name}_columns": matrix.indices,
        f"{name}_starts": matrix.indptr,
    }


def matrix_of(name: str, arrays: Mapping[str, NDArray[Any]], n_columns: int) -> SparseRows:
    """Rebuild the matrix that `cells_of` gave."""
    values: NDArray[np.float32] = arrays[f"{name}_values"]
    columns, starts = arrays[f"{name}_columns"], arrays[f"{name}_starts"]
    return csr_matrix((values, columns, starts), shape=(starts.size - 1, n_columns))


def packed(texts: Sequence[str]) -> NDArray[np.uint8]:
    """Return texts as UTF-8 bytes, each ended by a zero byte, which no id or term holds."""
    return np.frombuffer("".join(t + "\0" for t in texts).encode(), dtype=np.uint8)


def unpacked(texts: NDArray[np.uint8]) -> tuple[str, ...]:
    """Return the texts that `packed` was given."""
    return tuple(texts.tobytes().decode().split("\0")[:-1])
