"""Texts to vectors by a sentence encoder, in a process of its own. Runs on fit only.

onnxruntime takes memory and processor time that pages must not lose, so only the child process
that is started here (`onnx_encoder`) loads it. Vectors are saved next to the models, a chunk at a
time: a run that breaks off goes on where it was, and no text is encoded twice by one model.

    models/vectors-<digest of the model>.npz    keys and vectors of the texts of the last run
    models/vectors-<digest of the model>/       chunks of a run that has not ended
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from recommender.errors import ArtifactError, MissingExtra
from recommender.private_files import make_private_folder, replace_whole
from recommender.training.encoder_models import EncoderModel
from recommender.training.onnx_encoder import NO_EXTRA

HOW = "A sentence encoder needs an extra: pip install 'paperloop[semantic]'."
CHUNK = 128
"""Texts between two saves."""
Vectors = NDArray[np.float32]
Rows = Generator[Vectors, None, None]
Encode = Callable[[EncoderModel, Iterable[Sequence[str]]], Rows]
Tell = Callable[[str], None]


def encode_texts(
    model: EncoderModel,
    texts: Sequence[str],
    folder: Path,
    tell: Tell | None = None,
    encode: Encode | None = None,
) -> Vectors:
    """Return ``(n_texts, n_dims) float32`` vectors, encoding only texts not met before.

    Parameters
    ----------
    folder
        Where vectors are kept.
    tell
        Told how many texts are done, how many a second, and how long the rest takes.
    encode
        Encodes chunks, in order; by default a child process.

    Raises
    ------
    MissingExtra
        onnxruntime or tokenizers is not installed.
    ArtifactError
        The model cannot be run, or its vectors cannot be saved.
    """
    cache = _Cache(folder, model.digest())
    known = cache.read()
    keys = [_key(text) for text in texts]
    missing = {k: t for k, t in zip(keys, texts, strict=True) if k not in known}
    if missing:
        todo = list(missing)
        chunks = [todo[i : i + CHUNK] for i in range(0, len(todo), CHUNK)]
        wanted = ([missing[k] for k in chunk] for chunk in chunks)
        progress = _Progress(len(missing), tell or (lambda _: None))
        with closing((encode or in_child)(model, wanted)) as encoded:
            for chunk, vectors in zip(chunks, encoded, strict=True):
                of_chunk = dict(zip(chunk, vectors, strict=True))
                cache.add(of_chunk)
                known |= of_chunk
                progress.add(len(chunk))
        cache.merge({k: known[k] for k in dict.fromkeys(keys)})
    return np.array([known[k] for k in keys], dtype=np.float32)


def require_extra() -> None:
    """Raise MissingExtra where encoding needs what is not installed."""
    if any(importlib.util.find_spec(x) is None for x in ("onnxruntime", "tokenizers")):
        raise MissingExtra(HOW)


def in_child(model: EncoderModel, chunks: Iterable[Sequence[str]]) -> Rows:
    """Encode chunk by chunk in one child process, which ends with this generator."""
    command = [sys.executable, "-m", "recommender.training.onnx_encoder", str(model.weights)]
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(  # noqa: S603 - our own program, no shell
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said
        )
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            for chunk in chunks:
                with suppress(BrokenPipeError):
                    child.stdin.write(json.dumps(list(chunk)).encode() + b"\n")
                    child.stdin.flush()
                vectors = _read_rows(child.stdout)
                if vectors is None:
                    raise _failure(model, child.wait(), said)
                yield vectors
        finally:
            child.kill()
            child.wait()
            with suppress(BrokenPipeError):
                child.stdin.close()
            child.stdout.close()


def _read_rows(stream: IO[bytes]) -> Vectors | None:
    """Return the next answer of the child, or None where it ended instead."""
    head = stream.read(8)
    if len(head) < 8:
        return None
    n, dims = struct.unpack("<2I", head)
    body = stream.read(n * dims * 4)
    if len(body) < n * dims * 4:
        return None
    return np.frombuffer(body, dtype="<f4").reshape(n, dims)


def _failure(model: EncoderModel, code: int, said: IO[bytes]) -> MissingExtra | ArtifactError:
    if code == NO_EXTRA:
        return MissingExtra(HOW)
    said.seek(max(said.seek(0, os.SEEK_END) - 4_096, 0))
    lines = said.read().decode(errors="replace").strip().splitlines()
    why = lines[-1][:300] if lines else f"its process ended with exit code {code}."
    return ArtifactError(f"The encoder {model.folder} cannot be used: {why}")


class _Progress:
    """Says how far a run is and when it ends."""

    def __init__(self, total: int, tell: Tell) -> None:
        self._total, self._tell = total, tell
        self._done, self._begun = 0, time.monotonic()

    def add(self, n: int) -> None:
        """Count texts that are done."""
        self._done += n
        a_second = self._done / max(time.monotonic() - self._begun, 1e-9)
        left = (self._total - self._done) / a_second
        self._tell(
            f"Encoded {self._done} of {self._total} papers; {a_second:.1f} a second, "
            f"{duration(left)} left."
        )


def duration(seconds: float) -> str:
    """Return a duration in words that are as exact as an estimate is."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5_400 else f"{seconds / 3_600:.1f} h"


class _Cache:
    """The vectors of one model in one folder."""

    def __init__(self, folder: Path, digest: str) -> None:
        self._folder = folder
        self._whole = folder / f"vectors-{digest}.npz"
        self._chunks = folder / f"vectors-{digest}"

    def read(self) -> dict[bytes, Any]:
        """Return vectors by key; a damaged file counts as none."""
        vectors: dict[bytes, Any] = {}
        for path in (self._whole, *sorted(self._chunks.glob("*.npz"))):
            vectors |= _read_vectors(path)
        return vectors

    def add(self, vectors: dict[bytes, Any]) -> None:
        """Save a chunk; raises ArtifactError when the disk refuses."""
        self._write(self._chunks / f"{next(iter(vectors)).hex()}.npz", vectors)

    def merge(self, vectors: dict[bytes, Any]) -> None:
        """Save all vectors in one file and remove the chunks, and files of older versions."""
        self._write(self._whole, vectors)
        shutil.rmtree(self._chunks, ignore_errors=True)
        for path in self._folder.glob("encoded-*.npz"):
            path.unlink(missing_ok=True)

    def _write(self, path: Path, vectors: dict[bytes, Any]) -> None:
        keys = np.frombuffer(b"".join(vectors), dtype=np.uint8).reshape(-1, 16)
        try:
            make_private_folder(path.parent)
            with replace_whole(path) as aside, aside.open("wb") as file:
                np.savez(file, keys=keys, vectors=np.array(list(vectors.values()), np.float32))
        except OSError as error:
            raise ArtifactError(
                f"The encoder's vectors cannot be written to {path.parent}: {error.strerror}."
            ) from error


def _read_vectors(path: Path) -> dict[bytes, Any]:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
            keys, vectors = held["keys"], held["vectors"]
            return {bytes(key): vector for key, vector in zip(keys, vectors, strict=True)}
    except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile):
        return {}


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode(errors="replace")).digest()[:16]
