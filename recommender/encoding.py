"""Texts to vectors by a sentence encoder, in a process of its own. Runs on fit only.

Torch takes seconds to import and hundreds of megabytes, so nobody but the child process
started here ever loads it: ``python -m recommender.encoding MODEL`` reads a JSON list of texts
and writes ``.npy``. Nothing is downloaded: the model is a folder, or one that is there already.
What was encoded before is kept beside the models and not encoded again.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from recommender.errors import ArtifactError, MissingExtra

HOW = "A sentence encoder needs an extra: pip install 'paperloop[semantic]'."
NO_EXTRA = 3
BATCH = 64
Vectors = NDArray[np.float32]
Encode = Callable[[str, Sequence[str]], Vectors]


def encoded(
    model: str, texts: Sequence[str], folder: Path, encode: Encode | None = None
) -> Vectors:
    """Return ``(n_texts, n_dims) float32`` vectors, encoding only texts not met before.

    Parameters
    ----------
    model
        Folder or name of a sentence-transformers model.
    folder
        Where vectors are kept.
    encode
        What encodes; by default a child process.

    Raises
    ------
    MissingExtra
        sentence-transformers is not installed.
    ArtifactError
        The model cannot be loaded.
    """
    path = folder / f"encoded-{_digest(model).hex()}.npz"
    known = _kept(path)
    keys = [_digest(text) for text in texts]
    missing = {k: t for k, t in zip(keys, texts, strict=True) if k not in known}
    if missing:
        vectors = (encode or in_child)(model, list(missing.values()))
        known = known | dict(zip(missing, vectors, strict=True))
        _keep(path, {k: known[k] for k in dict.fromkeys(keys)})
    return np.array([known[k] for k in keys], dtype=np.float32)


def in_child(model: str, texts: Sequence[str]) -> Vectors:
    """Encode in a process of its own; raises as `encoded`."""
    child = subprocess.run(  # noqa: S603 - our own program, no shell
        [sys.executable, "-m", "recommender.encoding", model],
        input=json.dumps(list(texts)).encode(),
        capture_output=True,
        check=False,
    )
    if child.returncode == NO_EXTRA:
        raise MissingExtra(HOW)
    if child.returncode:
        said = child.stderr.decode(errors="replace").strip().splitlines()
        why = said[-1][:300] if said else f"exit code {child.returncode}"
        raise ArtifactError(f"The encoder {model!r} cannot be used: {why}")
    vectors = np.load(io.BytesIO(child.stdout), allow_pickle=False)
    return np.asarray(vectors, dtype=np.float32)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode(errors="replace")).digest()[:16]


def _kept(path: Path) -> dict[bytes, Any]:
    """Return the vectors kept by the digest of their text; none where there is no good file."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
            keys, vectors = held["keys"], held["vectors"]
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return {}
    return {bytes(key): vector for key, vector in zip(keys, vectors, strict=True)}


def _keep(path: Path, vectors: dict[bytes, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    keys = np.frombuffer(b"".join(vectors), dtype=np.uint8).reshape(-1, 16)
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.savez(file, keys=keys, vectors=np.array(list(vectors.values()), dtype=np.float32))
    os.replace(part, path)


def main() -> None:
    """Encode what stands on stdin; the child's part."""
    try:
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - an extra
    except ImportError:
        sys.exit(NO_EXTRA)
    texts = json.loads(sys.stdin.buffer.read())
    name = sys.argv[1]
    try:
        model = SentenceTransformer(name, local_files_only=True)
    except (OSError, ValueError):
        if Path(name).exists():
            raise
        sys.exit("it is no folder, and no model of that name was fetched to this machine.")
    vectors = model.encode(texts, batch_size=BATCH)
    np.save(sys.stdout.buffer, np.asarray(vectors, dtype=np.float32), allow_pickle=False)


if __name__ == "__main__":
    main()
