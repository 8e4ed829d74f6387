"""Arrays that grow at their end without being copied. Pure in effect: no array ever changes.

Papers that come after a fit are rows behind those of the fit. Memory is reserved there, and
`appended` writes the new rows into it and returns a longer view of the same memory, so that
a million fitted rows stay where they are: in a file mapped into memory, shared by processes.
Only the newest view can be continued so; a second continuation of an older one is a copy.
"""

from __future__ import annotations

import threading
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from recommender.features.interactions import SparseRows

Array = TypeVar("Array", bound=NDArray[Any])

RESERVED_PER = 16
"""One more row is reserved for every so many rows."""
MIN_RESERVED = 256
"""Rows reserved at least where an array is copied to memory of its own."""


class AppendBuffer:
    """Memory of more rows than are in use; every array that begins in it keeps it alive.

    Parameters
    ----------
    whole
        ``(n_reserved, ...)``, C-contiguous; written to behind the rows in use only.
    used
        Rows in use.
    """

    def __init__(self, whole: NDArray[Any], used: int) -> None:
        self.whole = whole
        self.used = used
        self.lock = threading.Lock()
        address, _ = whole.__array_interface__["data"]
        self.__array_interface__ = whole.__array_interface__ | {"data": (address, True)}

    def first(self, n: int) -> NDArray[Any]:
        """Return the first `n` rows, read-only."""
        return np.asarray(self)[:n]


def with_capacity(whole: NDArray[Any], used: int) -> NDArray[Any]:
    """Return the first `used` rows of an array; the others are reserved for `appended`."""
    return AppendBuffer(whole, used).first(used)


def appended(array: Array, rows: Array) -> Array:
    """Return an array with more rows at its end, ``(len(array) + len(rows), ...)``.

    In place where memory is reserved behind the array and not in use yet.
    """
    n = len(array) + len(rows)
    buffer = _buffer_of(array)
    if buffer is not None:
        with buffer.lock:
            if buffer.used == len(array) and n <= len(buffer.whole):
                buffer.whole[len(array) : n] = rows
                buffer.used = n
                return buffer.first(n)  # type: ignore[return-value]
    whole = np.empty(
        (n + max(n // RESERVED_PER, MIN_RESERVED), *array.shape[1:]), dtype=array.dtype
    )
    whole[: len(array)] = array
    whole[len(array) : n] = rows
    return with_capacity(whole, n)  # type: ignore[return-value]


def appended_rows(matrix: SparseRows, rows: SparseRows) -> SparseRows:
    """Return a sparse matrix with more rows at its end; see `appended`."""
    starts = rows.indptr[1:] + matrix.indptr[-1]
    cells = appended(matrix.data, rows.data), appended(matrix.indices, rows.indices)
    shape = (matrix.shape[0] + rows.shape[0], matrix.shape[1])
    return csr_matrix((*cells, appended(matrix.indptr, starts)), shape=shape)


def _buffer_of(array: NDArray[Any]) -> AppendBuffer | None:
    """Return the memory in which an array begins, or None where nothing is reserved."""
    owner: Any = array
    while isinstance(owner, np.ndarray):
        owner = owner.base
    if not isinstance(owner, AppendBuffer):
        return None
    whole = owner.whole
    same = array.dtype == whole.dtype and array.shape[1:] == whole.shape[1:]
    begins = array.__array_interface__["data"][0] == whole.__array_interface__["data"][0]
    return owner if same and begins and array.flags.c_contiguous else None
