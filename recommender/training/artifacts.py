"""Fitted models on disk: a folder a version, arrays and a manifest, and a pointer to the newest.

    models/
      latest              the version that serves, one line
      20261121-035500-4f/ manifest.json and one .npy an array
      fit.lock            held by the process that is fitting

Written under a temporary name, synced, then renamed: a reading process sees the old
model or the new one, never half of one. Nothing is ever unpickled.
"""

from __future__ import annotations

import hashlib
import json
import math
import mmap
import os
import re
import secrets
import shutil
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from recommender.domain.readers import reader_of
from recommender.errors import ArtifactDamaged, ArtifactError, ArtifactMismatch, NoModel
from recommender.features.append_buffer import RESERVED_PER, with_capacity
from recommender.private_files import FOLDER_MODE, make_private_folder, open_private

FORMAT = 3
KEPT = 3
MAX_SUMMED_BYTES = 100_000_000
"""Size up to which serving checks a model's checksums and values, about 1 ms a megabyte.

Of a larger one all values are checked when it is written, and by `verify`.
"""
MIN_RESERVED = 10_000
"""Rows from which on memory behind an array is reserved; fewer are copied in no time."""
READ_BY_ROW_BYTES = 256_000_000
"""Size from which on an array of papers is read row by row when it serves, for a shortlist."""
_CHECKED_AT_ONCE = 1 << 20
MAY_BE_UNKNOWN = {"features.newest_days"}
"""Arrays in which NaN is an answer: a paper without a date."""
_VERSION = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}", re.ASCII)
Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class ModelManifest:
    """What a model was fitted on and how.

    Parameters
    ----------
    last_event_id, catalogue_revision
        The data cut-off: everything up to these was seen.
    rows
        Which interest each reader row of the model belongs to.
    arrays
        name -> [shape, dtype], as they were written.
    sha256
        name -> SHA-256 of its file; empty in a manifest of an older version.
    reserved
        name -> rows behind those of the array for which its file has place; see
        `features.append_buffer`.
    """

    library_id: str
    created_at: str
    last_event_id: int
    catalogue_revision: int
    n_papers: int
    n_readers: int
    seed: int
    settings: Mapping[str, Any]
    package: str
    rows: tuple[str, ...] = ()
    version: str = ""
    format: int = FORMAT
    seconds: float = 0.0
    arrays: Mapping[str, Any] = field(default_factory=dict)
    sha256: Mapping[str, str] = field(default_factory=dict)
    reserved: Mapping[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return what a person or program may want to know, without arrays and rows."""
        left_out = ("arrays", "rows", "sha256", "reserved")
        return {k: v for k, v in asdict(self).items() if k not in left_out}


def save(
    folder: Path,
    arrays: Arrays,
    manifest: ModelManifest,
    now: datetime,
    growing: Collection[str] = (),
) -> ModelManifest:
    """Write a model and make it the one that serves; older ones but `KEPT` are removed.

    Parameters
    ----------
    growing
        Names of arrays to which rows are appended when serving; place is left for them.

    Raises
    ------
    ArtifactError
        The disk is full or the folder cannot be written, or a value is no number; the old
        model serves on.
    """
    version = f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
    shapes = {name: [list(x.shape), x.dtype.str] for name, x in arrays.items()}
    large = (x for x in growing if x in arrays and len(arrays[x]) >= MIN_RESERVED)
    reserved = {name: len(arrays[name]) // RESERVED_PER for name in large}
    manifest = replace(manifest, version=version, arrays=shapes, reserved=reserved)
    for name, array in arrays.items():
        if name not in MAY_BE_UNKNOWN and not _is_finite(array):
            raise ArtifactError(f"The model's {name} hold values that are no numbers.")
    part = folder / f".{version}.part"
    try:
        make_private_folder(folder)
        part.mkdir(mode=FOLDER_MODE)
        for name, array in arrays.items():
            _write_array(part / f"{name}.npy", array, reserved.get(name, 0))
        sums = {name: _sha256(part / f"{name}.npy") for name in arrays}
        manifest = replace(manifest, sha256=sums)
        _write_text(part / "manifest.json", json.dumps(asdict(manifest), indent=1))
        part.rename(folder / version)
        _write_text(folder / "latest.part", version + "\n")
        os.replace(folder / "latest.part", folder / "latest")
        _sync(folder)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        raise ArtifactError(
            f"The model cannot be written to {folder} ({error.strerror}); the old one serves on."
        ) from error
    _sweep(folder, version)
    return manifest


def latest_version(folder: Path) -> str:
    """Return the version that serves; raises NoModel when nothing was fitted yet."""
    try:
        return (folder / "latest").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise NoModel("No model has been fitted yet; run `paperloop fit`.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ArtifactDamaged(
            f"The pointer to the model in {folder} cannot be read; run `paperloop fit`."
        ) from error


def read_manifest(folder: Path, version: str | None = None) -> ModelManifest:
    """Return the manifest of a version, or of the one that serves.

    Raises
    ------
    NoModel, ArtifactDamaged, ArtifactMismatch
    """
    version = version or latest_version(folder)
    try:
        text = (folder / version / "manifest.json").read_text(encoding="utf-8")
        fields = json.loads(text)
        found = fields.get("format")
        if found == FORMAT:
            return ModelManifest(**fields | {"rows": tuple(fields["rows"])})
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise _damaged(version, "manifest.json") from error
    raise ArtifactMismatch(
        f"Model {version} has format {found}, this program reads {FORMAT}; run `paperloop fit`."
    )


def seconds_since_fit(folder: Path, version: str) -> float:
    """Return how long ago a model was written; infinite where it is gone."""
    try:
        return time.time() - (folder / version / "manifest.json").stat().st_mtime
    except OSError:
        return math.inf


def load(folder: Path, library_id: str) -> tuple[Arrays, ModelManifest]:
    """Return the arrays (memory-mapped, read-only) and the manifest of the serving model.

    Sizes and shapes are always checked, values and checksums of models up to
    `MAX_SUMMED_BYTES`: a larger one is mapped and not read.

    Raises
    ------
    NoModel
        Nothing was fitted yet.
    ArtifactDamaged
        A file is missing, truncated, not what the manifest says, or holds values that are no
        numbers; the message says to fit again.
    ArtifactMismatch
        It was fitted on another library or written by another format.
    """
    manifest = read_manifest(folder)
    if manifest.library_id != library_id:
        raise ArtifactMismatch(
            f"Model {manifest.version} was fitted on another library; run `paperloop fit`."
        )
    place = folder / manifest.version
    arrays = _read_arrays(place, manifest, by_row=True)
    if sum(x.nbytes for x in arrays.values()) <= MAX_SUMMED_BYTES:
        _check_values(place, arrays)
        _check_sums(place, manifest)
    return arrays, manifest


def verify(folder: Path) -> None:
    """Check the serving model as `load` does, with values and checksums of a model of any size.

    Raises
    ------
    NoModel, ArtifactDamaged, ArtifactMismatch
    """
    manifest = read_manifest(folder)
    place = folder / manifest.version
    _check_values(place, _read_arrays(place, manifest, by_row=False))
    _check_sums(place, manifest)


def attach(folder: Path, version: str, name: str, array: NDArray[Any]) -> None:
    """Keep an array made from a model in its folder; raises ArtifactError when it cannot."""
    place = folder / version
    try:
        _write_array(place / f".{name}.part", array)
        os.replace(place / f".{name}.part", place / f"{name}.npy")
    except OSError as error:
        raise ArtifactError(
            f"The {name} of model {version} cannot be written ({error.strerror})."
        ) from error


def attached(folder: Path, version: str, name: str) -> NDArray[Any] | None:
    """Return what `attach` kept, or None where there is nothing that can be read."""
    try:
        return np.asarray(np.load(folder / version / f"{name}.npy", allow_pickle=False))
    except (OSError, ValueError, EOFError):
        return None


@contextmanager
def fitting(folder: Path, *, wait: bool = True) -> Iterator[bool]:
    """Hold the right to fit; released by the system when the process dies.

    Yields True while it is held; False, without waiting, when another process
    holds it and `wait` is False.
    """
    make_private_folder(folder)
    lock = FileLock(folder / "fit.lock")
    try:
        lock.acquire(blocking=wait)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def _write_array(path: Path, array: NDArray[Any], reserved: int = 0) -> None:
    with open_private(path) as file:
        np.save(file, np.ascontiguousarray(array) if reserved else array, allow_pickle=False)
        if reserved:
            # A hole at the end of the file, which takes no space on most disks.
            file.truncate(file.tell() + reserved * array[:1].nbytes)
        file.flush()
        os.fsync(file.fileno())


def _write_text(path: Path, text: str) -> None:
    with open_private(path, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        os.fsync(handle)
        os.close(handle)


def _read_arrays(place: Path, manifest: ModelManifest, *, by_row: bool) -> Arrays:
    reserved = manifest.reserved
    return {
        x: _read_array(place, x, expected, int(reserved.get(x, 0)), by_row)
        for x, expected in manifest.arrays.items()
    }


def _check_values(place: Path, arrays: Arrays) -> None:
    for name, array in arrays.items():
        if name not in MAY_BE_UNKNOWN and not _is_finite(array):
            raise _damaged(place.name, f"{name}.npy", "holds values that are no numbers")


def _read_array(
    place: Path, name: str, expected: list[Any], reserved: int, by_row: bool
) -> NDArray[Any]:
    shape, dtype = expected
    path = place / f"{name}.npy"
    try:
        # An empty array cannot be mapped into memory.
        array = np.load(path, mmap_mode="r" if 0 not in shape else None, allow_pickle=False)
        size = path.stat().st_size
    except (OSError, ValueError, EOFError) as error:
        raise _damaged(place.name, path.name) from error
    if list(array.shape) != shape or array.dtype.str != dtype:
        raise _damaged(place.name, path.name)
    if not isinstance(array, np.memmap):
        return np.asarray(array)
    behind = reserved * array[:1].nbytes if reserved else 0
    if size != array.offset + array.nbytes + behind:
        raise _damaged(place.name, path.name, "has another size than was written")
    if not reserved:
        return np.asarray(array)
    # Pages that are written to become this process's own; the file stays as it is.
    whole = np.memmap(path, array.dtype, "c", array.offset, (shape[0] + reserved, *shape[1:]))
    if by_row and array.nbytes >= READ_BY_ROW_BYTES and hasattr(mmap, "MADV_RANDOM"):
        # Otherwise the system reads 128 kB of the file for each row that is asked for.
        mapped: mmap.mmap = whole._mmap  # type: ignore[attr-defined]
        mapped.madvise(mmap.MADV_RANDOM)
    return with_capacity(whole, shape[0])


def _is_finite(array: NDArray[Any]) -> bool:
    """Say whether an array holds neither NaN nor infinity, in a little memory at a time."""
    if array.dtype.kind not in "fc":
        return True
    flat = array.ravel("K")
    pieces = (flat[i : i + _CHECKED_AT_ONCE] for i in range(0, flat.size, _CHECKED_AT_ONCE))
    return all(np.isfinite(x).all() for x in pieces)


def _check_sums(place: Path, manifest: ModelManifest) -> None:
    for name in manifest.arrays:
        said = manifest.sha256.get(name)
        if said is not None and _sha256(place / f"{name}.npy") != said:
            raise _damaged(place.name, f"{name}.npy", "is not as it was written")


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _damaged(path.parent.name, path.name) from error


def _damaged(version: str, name: str, how: str = "is missing or unreadable") -> ArtifactDamaged:
    return ArtifactDamaged(f"Model {version} is damaged ({name} {how}); run `paperloop fit`.")


def keep_newest(folder: Path) -> None:
    """Remove every model but the one that serves, and what is left of others; raises NoModel.

    The caller holds the right to fit, see `fitting`.
    """
    _sweep(folder, latest_version(folder), kept=1)


def remove_all(folder: Path) -> None:
    """Remove every model; the next slate fits one. The caller holds the right to fit."""
    (folder / "latest").unlink(missing_ok=True)
    _sweep(folder, "", kept=1)
    for name in _versions(folder):
        _remove(folder / name)


def knowing_others(folder: Path, readers: Collection[str]) -> list[str]:
    """Return the versions that were fitted on somebody who is not one of these readers.

    A version whose manifest cannot be read may be one of them.
    """
    return [x for x in _versions(folder) if not _readers_of(folder, x) <= {*readers}]


def remove_knowing_others(folder: Path, readers: Collection[str]) -> None:
    """Remove `knowing_others` and what killed fits left; the version that serves stays.

    A refit is due for that one. The caller holds the right to fit.
    """
    with suppress(ArtifactError):
        serving = latest_version(folder)
        _sweep(folder, serving)
        for version in {*knowing_others(folder, readers)} - {serving}:
            _remove(folder / version)


def _readers_of(folder: Path, version: str) -> set[str]:
    try:
        rows = json.loads((folder / version / "manifest.json").read_text("utf-8"))["rows"]
        return {*map(reader_of, rows)}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {""}  # no reader's name


def _sweep(folder: Path, serving: str, kept: int = KEPT) -> None:
    """Remove old versions and what killed fits left; only the fitting process calls this."""
    versions = [x for x in _versions(folder) if x != serving]
    whole = [x for x in versions if (folder / x / "manifest.json").is_file()]
    doomed = {*versions} - {*whole} | {*whole[: max(len(whole) - kept + 1, 0)]}
    for name in (*doomed, *(x.name for x in folder.glob(".*.part"))):
        _remove(folder / name)
    (folder / "latest.part").unlink(missing_ok=True)


def _versions(folder: Path) -> list[str]:
    """Return the folders of models, oldest first, also of one whose removal was cut short."""
    if not folder.is_dir():
        return []
    return sorted(x.name for x in folder.iterdir() if _VERSION.fullmatch(x.name))


def _remove(path: Path) -> None:
    """Remove a folder as far as that is allowed; of a link to one, the link alone."""
    if path.is_symlink():
        with suppress(OSError):
            path.unlink()
    else:
        shutil.rmtree(path, ignore_errors=True)
