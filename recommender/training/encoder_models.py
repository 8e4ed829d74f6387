"""The folder of a sentence encoder: what it must hold, what it says, and where it is kept.

A model is a folder as sentence-transformers publishes it, with the weights as ONNX and the
tokenizer in one JSON file. Reads and copies files; runs when an encoder is set, fetched or used.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recommender.errors import ArtifactError

DEFAULT_TOKEN_LIMIT = 256
MAX_TOKENS = 8_192
POOLINGS = ("mean", "cls")
WEIGHTS = ("onnx/model.onnx", "model.onnx")
"""Where the weights are looked for first."""

_POOLING = "1_Pooling/config.json"
_LIMIT = "sentence_bert_config.json"
_CONFIGS = (_POOLING, _LIMIT, "modules.json", "config.json")
_MAX_CONFIG_BYTES = 1_000_000
_MAX_TOKENIZER_BYTES = 100_000_000
_LAYERS = {"Transformer", "Pooling", "Normalize"}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True)
class EncoderModel:
    """A sentence encoder on this disk.

    Parameters
    ----------
    token_limit
        Tokens of a text that are read; the rest is cut off.
    pooling
        How the vectors of the tokens become one: ``mean`` of all, or ``cls``, the first.
    """

    folder: Path
    weights: Path
    tokenizer: Path
    token_limit: int
    pooling: str

    @property
    def read_files(self) -> tuple[Path, ...]:
        """The files that encoding reads: weights, their external data, tokenizer."""
        parts = sorted(self.weights.parent.glob(f"{self.weights.name}[._]*"))
        return (self.weights, *parts, self.tokenizer)

    @property
    def files(self) -> tuple[Path, ...]:
        """All files of this model that exist."""
        configs = (self.folder / name for name in _CONFIGS)
        return (*self.read_files, *(x for x in configs if x.is_file()))

    @property
    def n_bytes(self) -> int:
        """Size on disk."""
        return sum(x.stat().st_size for x in self.files)

    def digest(self) -> str:
        """Return a hash of all that vectors depend on: weights, tokenizer, limit and pooling."""
        hashed = hashlib.sha256(f"{self.token_limit} {self.pooling}".encode())
        for path in self.read_files:
            with path.open("rb") as file:
                hashed.update(hashlib.file_digest(file, "sha256").digest())
        return hashed.hexdigest()[:32]


def find_encoder(setting: str, encoders_dir: Path) -> EncoderModel:
    """Return the model that a setting names: one that was fetched, a folder, or an ONNX file.

    Raises
    ------
    ArtifactError
        There is none, or it cannot be used; says why.
    """
    fetched = encoders_dir / setting
    if _NAME.fullmatch(setting) and fetched.is_dir():
        return read_encoder(fetched)
    path = Path(setting).expanduser()
    if not path.exists():
        raise ArtifactError(
            f"The encoder {setting!r} is no folder, and no model of that name was fetched; "
            "see `paperloop encoder show`."
        )
    return read_encoder(path)


def read_encoder(path: Path) -> EncoderModel:
    """Return the model in a folder; `path` may be the ONNX file itself where there are several.

    Raises
    ------
    ArtifactError
        A file is missing or malformed, or the model has a part that is not supported.
    """
    weights = path if path.suffix == ".onnx" and path.is_file() else _weights_in(path)
    within = weights.parent
    folder = within.parent if within.name == "onnx" else within
    tokenizer = folder / "tokenizer.json"
    if not tokenizer.is_file():
        raise ArtifactError(f"The encoder {folder} holds no tokenizer.json.")
    return EncoderModel(folder, weights, tokenizer, _token_limit(folder), _pooling(folder))


@contextmanager
def install_encoder(name: str, encoders_dir: Path) -> Iterator[Path]:
    """Yield an empty folder to fill; it becomes the model `name` if what it then holds is one.

    A model of that name stays as it was until then, and for good when the block raises.

    Raises
    ------
    ArtifactError
        The name or what the folder holds cannot be used, or the disk refuses.
    """
    if not _NAME.fullmatch(name):
        raise ArtifactError(f"{name!r} is no name for an encoder: letters, digits, '.', '_', '-'.")
    part, old = encoders_dir / f".{name}.part", encoders_dir / f".{name}.old"
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        yield part
        read_encoder(part)
        shutil.rmtree(old, ignore_errors=True)
        if (encoders_dir / name).exists():
            (encoders_dir / name).rename(old)
        part.rename(encoders_dir / name)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise ArtifactError(
            f"The encoder cannot be written to {encoders_dir}: {error.strerror or error}."
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def copy_encoder(model: EncoderModel, folder: Path) -> None:
    """Copy the files of a model, and nothing else of its folder."""
    for path in model.files:
        target = folder / path.relative_to(model.folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def fetched_encoders(encoders_dir: Path) -> list[str]:
    """Return the names of the models that were fetched, in order."""
    if not encoders_dir.is_dir():
        return []
    return sorted(x.name for x in encoders_dir.iterdir() if _NAME.fullmatch(x.name) and x.is_dir())


def _weights_in(folder: Path) -> Path:
    if not folder.is_dir():
        raise ArtifactError(f"The encoder {folder} is neither a folder nor an ONNX file.")
    for name in WEIGHTS:
        if (folder / name).is_file():
            return folder / name
    others = sorted([*folder.glob("onnx/*.onnx"), *folder.glob("*.onnx")])
    if len(others) == 1:
        return others[0]
    if others:
        names = ", ".join(str(x.relative_to(folder)) for x in others[:5])
        raise ArtifactError(f"The encoder {folder} holds several ONNX files; name one of {names}.")
    raise ArtifactError(
        f"The encoder {folder} holds no onnx/model.onnx; "
        "models for PyTorch alone (safetensors) cannot be used."
    )


def _token_limit(folder: Path) -> int:
    """Return the limit: sentence_bert_config.json, else the tokenizer's own, else the default."""
    limit = _config(folder / _LIMIT).get("max_seq_length")
    if limit is None:
        tokenizer = _config(folder / "tokenizer.json", _MAX_TOKENIZER_BYTES)
        truncation = tokenizer.get("truncation")
        limit = truncation.get("max_length") if isinstance(truncation, dict) else None
    if limit is None:
        limit = DEFAULT_TOKEN_LIMIT
    positions = _config(folder / "config.json").get("max_position_embeddings")
    if isinstance(positions, int) and isinstance(limit, int):
        limit = min(limit, positions)
    if not isinstance(limit, int) or not 3 <= limit <= MAX_TOKENS:
        raise ArtifactError(f"The encoder {folder} has the token limit {str(limit)[:40]!r}.")
    return limit


def _pooling(folder: Path) -> str:
    layers = _config(folder / "modules.json", kind=list)
    for layer in layers:
        kind = str(layer.get("type", "") if isinstance(layer, dict) else layer).rpartition(".")[2]
        if kind not in _LAYERS:
            raise ArtifactError(
                f"The encoder {folder} has a layer {kind[:40]!r}, which is not supported."
            )
    config = _config(folder / _POOLING)
    wanted = [key for key, on in config.items() if key.startswith("pooling_mode_") and on is True]
    names = {"pooling_mode_mean_tokens": "mean", "pooling_mode_cls_token": "cls"}
    named = config.get("pooling_mode")
    found = [str(named)] if named is not None else [names.get(x, x) for x in wanted] or ["mean"]
    if len(found) != 1 or found[0] not in POOLINGS:
        raise ArtifactError(
            f"The encoder {folder} pools by {' and '.join(found)[:80]}; "
            f"supported are {' and '.join(POOLINGS)}."
        )
    return found[0]


def _config(path: Path, most_bytes: int = _MAX_CONFIG_BYTES, kind: type = dict) -> Any:
    """Return what a JSON file holds; an empty `kind` where there is no file."""
    try:
        if not path.is_file():
            return kind()
        if path.stat().st_size > most_bytes:
            raise ArtifactError(f"{path} is larger than {most_bytes:,} bytes.")
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise ArtifactError(f"{path} cannot be read as JSON.") from error
    if not isinstance(found, kind):
        raise ArtifactError(f"{path} is not what a model holds there.")
    return found
