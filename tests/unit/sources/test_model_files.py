"""Fetching a sentence encoder: from one revision, with checksums, or not at all."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from fake_network import FakeClock, Host

from recommender.errors import FetchError
from recommender.sources.model_files import MODELS, RemoteFile, RemoteModel, fetch_model

FILES = {"tokenizer.json": b'{"model": {}}', "onnx/model.onnx": b"weights"}


def remote() -> RemoteModel:
    files = [
        RemoteFile(path, len(content), hashlib.sha256(content).hexdigest())
        for path, content in FILES.items()
    ]
    return RemoteModel("lab/otters", "0" * 40, tuple(files))


def test_every_file_comes_from_one_revision_one_after_the_other(tmp_path: Path) -> None:
    host = Host(FakeClock(), *FILES.values())
    told: list[str] = []
    fetch_model(remote(), tmp_path, host.client(), "https://hub.example/", told.append)
    base = f"https://hub.example/lab/otters/resolve/{'0' * 40}"
    assert [str(x.url) for x in host.asked] == [f"{base}/{path}" for path in FILES]
    assert {path: (tmp_path / path).read_bytes() for path in FILES} == FILES
    assert len(told) == 2


def test_a_file_that_differs_is_refused_and_not_stored(tmp_path: Path) -> None:
    host = Host(FakeClock(), FILES["tokenizer.json"], b"Weights")
    with pytest.raises(FetchError, match=r"onnx/model\.onnx is not the file that is expected"):
        fetch_model(remote(), tmp_path, host.client())
    assert not (tmp_path / "onnx").exists()


def test_what_can_be_fetched_is_pinned_to_a_revision_and_checksums() -> None:
    for model in MODELS.values():
        assert re.fullmatch(r"[0-9a-f]{40}", model.revision)
        assert {"tokenizer.json", "onnx/model.onnx"} <= {x.path for x in model.files}
        for file in model.files:
            assert re.fullmatch(r"[0-9a-f]{64}", file.sha256)
            assert not file.path.startswith("/")
            assert ".." not in file.path
