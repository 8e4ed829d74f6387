"""Getting and showing sentence encoders on the command line."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from encoder_folders import tiny_encoder
from shells import Shell

from recommender.sources import model_files
from recommender.sources.model_files import RemoteFile, RemoteModel


class Hub:
    """A server on this machine with the files of one model, by path."""

    def __init__(self, folder: Path) -> None:
        paths = [x for x in folder.rglob("*") if x.is_file()]
        self.files = {str(x.relative_to(folder)): x.read_bytes() for x in paths}
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                content = hub.files.get(self.path.partition("/resolve/main/")[2])
                self.send_response(404 if content is None else 200)
                self.end_headers()
                self.wfile.write(content or b"")

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def model(self) -> RemoteModel:
        """Return the model with the checksums of its files."""
        files = [
            RemoteFile(path, len(content), hashlib.sha256(content).hexdigest())
            for path, content in self.files.items()
        ]
        return RemoteModel("lab/tiny", "main", tuple(files))


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("PAPERLOOP_FETCH_PRIVATE_NETWORKS", "true")
    monkeypatch.setattr(model_files, "_PAUSE_SECONDS", 0.0)
    made = Hub(tiny_encoder(tmp_path / "hub", limit=50))
    monkeypatch.setitem(model_files.MODELS, "tiny", made.model())
    thread = Thread(target=made.server.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def test_a_named_model_is_fetched_and_can_be_set(
    empty: Shell, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = empty.run("encoder", "get", "tiny", "--host", hub.url)
    assert ran.stdout.startswith("tiny: ")
    assert 'encoder = "tiny"' in ran.stderr
    assert empty.json("encoder", "show")["encoder"] == ""
    monkeypatch.setenv("PAPERLOOP_ENCODER", "tiny")
    shown = empty.json("encoder", "show")
    assert shown["model"]["token_limit"] == 50
    assert shown["fetched"] == ["tiny"]
    assert not shown["problems"]


def test_a_tampered_file_is_refused_and_the_model_before_it_stays(empty: Shell, hub: Hub) -> None:
    empty.run("encoder", "get", "tiny", "--host", hub.url)
    weights = empty.folder / "encoders/tiny/onnx/model.onnx"
    before = weights.read_bytes()
    hub.files["onnx/model.onnx"] += b"\0"
    ran = empty.run("encoder", "get", "tiny", "--host", hub.url, code=1)
    assert "is not the file that is expected" in ran.stderr
    assert weights.read_bytes() == before
    assert [x.name for x in (empty.folder / "encoders").iterdir()] == ["tiny"]


def test_a_folder_is_copied_under_its_name_or_another(empty: Shell, tmp_path: Path) -> None:
    folder = tiny_encoder(tmp_path / "from-disk", weights="model.onnx")
    (folder / "README.md").write_text("not needed")
    empty.run("encoder", "get", str(folder))
    empty.run("encoder", "get", str(folder), "--name", "second")
    assert empty.json("encoder", "show")["fetched"] == ["from-disk", "second"]
    kept = sorted(x.name for x in (empty.folder / "encoders/second").iterdir())
    assert kept == ["model.onnx", "tokenizer.json"]


def test_what_is_no_model_is_refused_and_nothing_is_left(empty: Shell, tmp_path: Path) -> None:
    folder = tiny_encoder(tmp_path / "m")
    (folder / "onnx/model.onnx").write_text("no graph")
    for words, says in (
        ((str(folder),), "cannot be used"),
        (("no-such-model",), "no name that can be fetched"),
        ((str(tmp_path),), "holds no onnx/model.onnx"),
        ((str(folder), "--name", "../up"), "is no name for an encoder"),
    ):
        assert says in empty.run("encoder", "get", *words, code=1).stderr
    assert not [*(empty.folder / "encoders").glob("*")]


def test_an_encoder_that_is_set_and_missing_is_a_problem(
    empty: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPERLOOP_ENCODER", "lost")
    assert "no model of that name was fetched" in empty.run("encoder", "show", code=1).stderr
    empty.run("db", "upgrade")
    assert "BAD  encoder: The encoder 'lost'" in empty.run("doctor", code=1).stdout


def test_without_the_extra_nothing_is_fetched(
    empty: Shell, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    ran = empty.run("encoder", "get", "tiny", "--host", hub.url, code=1)
    assert "pip install 'paperloop[semantic]'" in ran.stderr
    assert not (empty.folder / "encoders").exists()
