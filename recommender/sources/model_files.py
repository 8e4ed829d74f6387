"""Sentence encoders that can be fetched by name, each file with its checksum.

Runs when `paperloop encoder get NAME` is asked for and never by itself. The address names one
revision of a model, so what is fetched cannot change; a file that differs is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from recommender.errors import FetchError
from recommender.sources.client import PoliteClient
from recommender.sources.http_exchange import Limits
from recommender.sources.rate_limit import host_rate_limit

LIMITS = Limits(total_seconds=3_600.0, max_bytes=500_000_000)
"""For the client that fetches: weights are larger than answers, and lines may be slow."""
_PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file: its place in the model's folder, its size in bytes and its SHA-256."""

    path: str
    n_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class RemoteModel:
    """A model that can be fetched; `repository` and `revision` are those of its host."""

    repository: str
    revision: str
    files: tuple[RemoteFile, ...]

    @property
    def n_bytes(self) -> int:
        """Size of the download."""
        return sum(x.n_bytes for x in self.files)


HOST = "https://huggingface.co"
MODELS = {
    "all-MiniLM-L6-v2": RemoteModel(
        "sentence-transformers/all-MiniLM-L6-v2",
        "1110a243fdf4706b3f48f1d95db1a4f5529b4d41",
        (
            RemoteFile(
                "1_Pooling/config.json",
                190,
                "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
            ),
            RemoteFile(
                "sentence_bert_config.json",
                53,
                "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
            ),
            RemoteFile(
                "tokenizer.json",
                466_247,
                "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
            ),
            RemoteFile(
                "onnx/model.onnx",
                90_405_214,
                "6fd5d72fe4589f189f8ebc006442dbb529bb7ce38f8082112682524616046452",
            ),
        ),
    ),
}
"""By the name that `encoder get` takes. Small files first: a wrong mirror is seen at once."""


def fetch_model(
    model: RemoteModel,
    folder: Path,
    client: PoliteClient,
    host: str = HOST,
    tell: Callable[[str], None] | None = None,
) -> None:
    """Fetch the files of a model into a folder.

    Raises
    ------
    FetchError
        The host does not answer as agreed, or a file is not the one that is expected.
    OSError
        The disk refuses.
    """
    rate_limit = host_rate_limit(host, _PAUSE_SECONDS)
    for file in model.files:
        url = f"{host.rstrip('/')}/{model.repository}/resolve/{model.revision}/{file.path}"
        if tell:
            tell(f"Fetching {url} ({file.n_bytes / 1e6:.1f} MB).")
        content = client.get(url, rate_limit).content
        if hashlib.sha256(content).hexdigest() != file.sha256:
            raise FetchError(
                f"{url} is not the file that is expected ({len(content):,} bytes, and its SHA-256 "
                "differs); nothing was stored.",
                passing=False,
            )
        target = folder / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
