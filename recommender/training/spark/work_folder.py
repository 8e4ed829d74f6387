"""The folder that the driver and all workers of a fit reach: arrays by name, and finished steps.

    input/                   the papers, see `snapshot`; absent where a snapshot was given
    NAME/PART.npy            what a task made of a part
    NAME.npy                 what the driver made of all parts
    done/STEP.json           a step that is finished, and what it found

A file is written under a name of its own, synced and renamed: a task that is run twice, or at
once on two machines, leaves one whole file. Nothing is unpickled.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from recommender.features.interactions import SparseRows
from recommender.features.serialisation import cells_of, matrix_of
from recommender.private_files import make_private_folder, open_private, replace_whole

MAX_SMALL = 2**31 - 1
"""Cells up to which their places fit 32 bits, as in a model fitted on one machine."""


class WorkFolder:
    """Arrays and finished steps of one fit; tasks and the driver make their own."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, name: str, array: NDArray[Any]) -> None:
        """Keep an array, whole or not at all."""
        with self._replaced(f"{name}.npy") as aside, aside.open("wb") as file:
            np.save(file, array, allow_pickle=False)

    def get(self, name: str) -> NDArray[Any]:
        """Return an array, mapped into memory copy on write, as `implicit` needs it."""
        path = self.root / f"{name}.npy"
        try:
            return np.asarray(np.load(path, mmap_mode="c", allow_pickle=False))
        except ValueError:  # An empty array cannot be mapped.
            return np.asarray(np.load(path, allow_pickle=False))

    def put_matrix(self, name: str, matrix: SparseRows) -> None:
        """Keep a sparse matrix as three arrays; its width is not kept."""
        for part, array in cells_of(name, matrix).items():
            self.put(part, array)

    def get_matrix(self, name: str, n_columns: int) -> SparseRows:
        """Return what `put_matrix` kept, mapped into memory."""
        arrays = {x: self.get(x) for x in (f"{name}_{y}" for y in ("values", "columns", "starts"))}
        return matrix_of(name, arrays, n_columns)

    def joined(self, names: Sequence[str], into: str) -> NDArray[Any]:
        """Return the rows of several arrays, one behind the other, in a file; mapped."""
        found = [self.get(x) for x in names]
        shape = (sum(len(x) for x in found), *found[0].shape[1:])
        return self._filled(into, shape, found[0].dtype, found)

    def joined_matrix(self, names: Sequence[str], into: str, n_columns: int) -> SparseRows:
        """Return the rows of several sparse matrices, one below the other, in files; mapped."""
        values = self.joined([f"{x}_values" for x in names], f"{into}_values")
        columns = self.joined([f"{x}_columns" for x in names], f"{into}_columns")
        lengths = np.concatenate([np.diff(self.get(f"{x}_starts")) for x in names])
        starts = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
        starts = starts.astype(np.int32) if values.size <= MAX_SMALL else starts
        shape = (lengths.size, n_columns)
        return csr_matrix((values, columns, starts), shape=shape, copy=False)

    def remove(self, name: str) -> None:
        """Remove an array, or all parts of one."""
        shutil.rmtree(self.root / name, ignore_errors=True)
        (self.root / f"{name}.npy").unlink(missing_ok=True)

    def once(self, step: str, work: Callable[[], Any]) -> Any:
        """Return what `work` found, a JSON value; a step that is done is not done again."""
        if self.is_done(step):
            done = self.root / "done" / f"{step}.json"
            return json.loads(done.read_text(encoding="utf-8"))
        found = work()
        self.put_json(f"done/{step}.json", found)
        return found

    def do_once(self, step: str, work: Callable[[], object]) -> None:
        """Do a step that leaves files only, unless it is done."""
        if not self.is_done(step):
            work()
            self.put_json(f"done/{step}.json", None)

    def is_done(self, step: str) -> bool:
        """Return whether a step is finished."""
        return (self.root / "done" / f"{step}.json").exists()

    def put_json(self, name: str, value: Any) -> None:
        """Keep a JSON value in a file."""
        with self._replaced(name) as aside:
            aside.write_text(json.dumps(value), encoding="utf-8")

    @contextmanager
    def _replaced(self, name: str) -> Iterator[Path]:
        path = self.root / name
        make_private_folder(path.parent)
        with replace_whole(path) as aside:
            yield aside

    def _filled(
        self, name: str, shape: tuple[int, ...], dtype: Any, pieces: Sequence[NDArray[Any]]
    ) -> NDArray[Any]:
        if 0 in shape:
            return np.zeros(shape, dtype=dtype)
        path = self.root / f"{name}.npy"
        make_private_folder(path.parent)
        with open_private(path) as file:
            header = {"descr": np.dtype(dtype).str, "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(file, header)
            for piece in pieces:
                file.write(np.ascontiguousarray(piece).data)
        return self.get(name)
