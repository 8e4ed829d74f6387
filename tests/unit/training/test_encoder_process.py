"""A sentence encoder as an extra: what it becomes, what is kept, and what its absence says."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from encoder_folders import WORDS, minilm, tiny_encoder, write_graph
from libraries import NOW, make_library, papers_on
from worlds import SMALL_ALS, no_readers, world_features, world_papers

from recommender.errors import ArtifactError, MissingExtra
from recommender.features import Features
from recommender.features.interactions import Profile
from recommender.features.sentence_encoder import text_of
from recommender.ranking import pipeline
from recommender.ranking.als.term_rows import brevity
from recommender.ranking.fusion.weights import CorpusStats, weights_for
from recommender.recommend.recommender import Recommender
from recommender.training import artifacts, encoder_process, fit
from recommender.training.encoder_models import EncoderModel, find_encoder, read_encoder


def crowd(texts: Sequence[str]) -> encoder_process.Vectors:
    """A crowd of vectors around one mean, told apart by the first letter of the title."""
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 0.05, (len(texts), 32))
    own = np.array([np.eye(32)[ord(text[0].lower()) % 32] for text in texts])
    return np.asarray(5.0 + own + noise, dtype=np.float32)


def fake(model: EncoderModel, chunks: Iterable[Sequence[str]]) -> encoder_process.Rows:
    for chunk in chunks:
        yield crowd(chunk)


@pytest.fixture
def model(tmp_path: Path) -> EncoderModel:
    return read_encoder(tiny_encoder(tmp_path / "model"))


def encoded_world() -> Features:
    texts = [text_of(paper) for paper in world_papers()]
    return world_features().with_encoded(crowd(texts))


def test_the_embedding_is_centred_and_tells_subjects_apart() -> None:
    features = encoded_world()
    assert features.encoded
    assert np.allclose(np.linalg.norm(features.embedding, axis=1), 1.0, atol=1e-5)
    cosines = features.embedding @ features.embedding.T
    same = np.arange(48)[:, None] // 12 == np.arange(48) // 12
    assert cosines[same].mean() > 0.8
    assert cosines[~same].mean() < 0.1


def test_a_paper_after_the_fit_is_placed_by_its_words() -> None:
    everything, first = world_papers(n_each=13), world_papers(n_each=12)
    new = [paper for i, paper in enumerate(everything) if i % 13 == 12]
    features = encoded_world().with_papers(new)
    cosines = features.embedding[48:] @ features.embedding[:48].T
    nearest = [int(row.reshape(4, 12).mean(axis=1).argmax()) for row in cosines]
    assert nearest == [0, 1, 2, 3]
    assert len(first) == 48


def test_rows_after_the_fit_need_no_vectors() -> None:
    everything = world_papers(n_each=13)
    new = [paper for i, paper in enumerate(everything) if i % 13 == 12]
    texts = [text_of(paper) for paper in world_papers()]
    before = world_features().with_encoded(crowd(texts)).with_papers(new)
    after = world_features().with_papers(new).with_encoded(crowd(texts))
    np.testing.assert_allclose(after.embedding, before.embedding, atol=1e-6)


def test_a_model_with_an_encoder_survives_storage_and_ranks() -> None:
    features = encoded_world()
    model = pipeline.build(features, no_readers(48), pipeline.BuildOptions(SMALL_ALS))
    again = pipeline.Model.from_arrays(model.arrays())
    assert again.features.encoded
    profile = {"me": (Profile.of([0, 1]), 1.0)}
    found, same = (pipeline.rank(x, profile, n=6, now=NOW) for x in (model, again))
    assert [x.paper_index for x in found] == [x.paper_index for x in same]
    assert all(x.paper_index < 12 for x in found)
    assert "embedding" in found[0].parts


@pytest.mark.parametrize("terms", [8, 40, 160])
def test_it_counts_more_where_texts_are_short_and_less_as_readers_know_the_papers(
    terms: int,
) -> None:
    weights = [
        weights_for(CorpusStats(50_000, 1.0, likes, encoded=1.0, terms_per_paper=terms))[
            "embedding"
        ]
        for likes in (0.0, 2.0, 4.0, 6.0, 10.0, 20.0)
    ]
    assert weights == sorted(weights, reverse=True)
    assert weights[-1] == 0
    assert weights[0] == pytest.approx(max(1.5 * brevity(terms) - 0.1, 0), abs=0.01)


def test_a_text_is_encoded_once(model: EncoderModel, tmp_path: Path) -> None:
    asked: list[list[str]] = []

    def noting(model: EncoderModel, chunks: Iterable[Sequence[str]]) -> encoder_process.Rows:
        for chunk in chunks:
            asked.append(list(chunk))
            yield crowd(chunk)

    first = encoder_process.encode_texts(model, ["ape", "bee", "ape"], tmp_path, encode=noting)
    again = encoder_process.encode_texts(model, ["bee", "cow"], tmp_path, encode=noting)
    assert asked == [["ape", "bee"], ["cow"]]
    assert (first[1] == again[0]).all()


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: tiny_encoder(folder, limit=3),
        lambda folder: tiny_encoder(folder, pooling="cls_token"),
        lambda folder: write_graph(folder / "onnx/model.onnx", 2 * np.eye(5, dtype=np.float32)),
        lambda folder: (folder / "onnx/model.onnx_data").write_bytes(b"external weights"),
    ],
    ids=["token limit", "pooling", "weights", "external weights"],
)
def test_a_model_that_changed_does_not_reuse_vectors(
    model: EncoderModel, tmp_path: Path, change: Callable[[Path], object]
) -> None:
    before = model.digest()
    assert read_encoder(model.folder).digest() == before
    change(model.folder)
    assert read_encoder(model.folder).digest() != before


def test_a_damaged_file_of_vectors_is_made_again(model: EncoderModel, tmp_path: Path) -> None:
    encoder_process.encode_texts(model, ["ape"], tmp_path, encode=fake)
    next(tmp_path.glob("vectors-*.npz")).write_bytes(b"PK\x03\x04 broken")
    assert encoder_process.encode_texts(model, ["ape"], tmp_path, encode=fake).shape == (1, 32)


def test_vectors_of_the_former_encoder_are_removed(model: EncoderModel, tmp_path: Path) -> None:
    former = tmp_path / f"encoded-{'0' * 32}.npz"
    keys = np.zeros((1, 16), dtype=np.uint8)
    np.savez(former, keys=keys, vectors=np.zeros((1, 384), dtype=np.float32))
    assert encoder_process.encode_texts(model, ["ape"], tmp_path, encode=fake).shape == (1, 32)
    assert not former.exists()


def test_a_run_that_breaks_off_goes_on_after_the_last_chunk(
    model: EncoderModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder_process, "CHUNK", 2)
    asked: list[str] = []

    def breaking(model: EncoderModel, chunks: Iterable[Sequence[str]]) -> encoder_process.Rows:
        for chunk in chunks:
            asked.extend(chunk)
            if "cow" in chunk:
                raise ArtifactError("the power failed")
            yield crowd(chunk)

    texts = ["ape", "bee", "cow", "dog", "eel"]
    with pytest.raises(ArtifactError, match="power"):
        encoder_process.encode_texts(model, texts, tmp_path, encode=breaking)
    asked.clear()
    told: list[str] = []

    def noting(model: EncoderModel, chunks: Iterable[Sequence[str]]) -> encoder_process.Rows:
        for chunk in chunks:
            asked.extend(chunk)
            yield crowd(chunk)

    found = encoder_process.encode_texts(model, texts, tmp_path, told.append, noting)
    assert asked == ["cow", "dog", "eel"]
    assert found.shape == (5, 32)
    assert [x.split(";")[0] for x in told] == ["Encoded 2 of 3 papers", "Encoded 3 of 3 papers"]
    assert "a second" in told[0]
    assert told[0].endswith("left.")
    assert [x.suffix for x in tmp_path.glob("vectors-*")] == [".npz"], "chunks are merged"


def test_a_killed_process_loses_no_finished_chunk(model: EncoderModel, tmp_path: Path) -> None:
    program = (
        "import sys, pathlib\n"
        "from recommender.training import encoder_process\n"
        "from recommender.training.encoder_models import read_encoder\n"
        "encoder_process.CHUNK = 1\n"
        "def tell(text):\n"
        "    print(text, flush=True)\n"
        "    sys.stdin.readline()\n"
        "model, folder = read_encoder(pathlib.Path(sys.argv[1])), pathlib.Path(sys.argv[2])\n"
        "encoder_process.encode_texts(model, ['bees', 'ice', 'nectar'], folder, tell)\n"
    )
    vectors = tmp_path / "vectors"
    child = subprocess.Popen(
        [sys.executable, "-c", program, str(model.folder), str(vectors)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    with child.stdin, child.stdout:
        assert b"1 of 3" in child.stdout.readline()
        child.send_signal(signal.SIGKILL)
        child.wait()
    asked: list[str] = []

    def noting(model: EncoderModel, chunks: Iterable[Sequence[str]]) -> encoder_process.Rows:
        for chunk in chunks:
            asked.extend(chunk)
            yield np.ones((len(chunk), len(WORDS)), dtype=np.float32)

    found = encoder_process.encode_texts(model, ["bees", "ice", "nectar"], vectors, encode=noting)
    assert asked == ["ice", "nectar"]
    assert found[0].tolist() == [0, 1, 0, 0, 0]


def run(folder: Path, texts: Sequence[str]) -> encoder_process.Vectors:
    return np.concatenate(list(encoder_process.in_child(read_encoder(folder), [texts])))


def test_the_mean_of_a_texts_tokens_is_its_vector(tmp_path: Path) -> None:
    found = run(tiny_encoder(tmp_path / "m"), ["bees nectar bees", "ice", "unheard"])
    length = np.sqrt(5)
    expected = [[0, 2 / length, 1 / length, 0, 0], [0, 0, 0, 0, 1], [1, 0, 0, 0, 0]]
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_the_first_token_is_taken_where_the_model_says_so(tmp_path: Path) -> None:
    found = run(tiny_encoder(tmp_path / "m", pooling="cls_token"), ["bees nectar bees"])
    np.testing.assert_allclose(found, [[0, 1, 0, 0, 0]], atol=1e-6)


def test_what_stands_behind_the_token_limit_is_not_read(tmp_path: Path) -> None:
    folder = tiny_encoder(tmp_path / "m", limit=3)
    long, short = run(folder, ["bees bees nectar ice ice ice", "bees bees nectar"])
    np.testing.assert_array_equal(long, short)


def test_a_text_without_words_has_a_vector(tmp_path: Path) -> None:
    found = run(tiny_encoder(tmp_path / "m"), ["", " ", "\ud800 bees"])
    assert np.isfinite(found).all()


def test_weights_are_found_where_models_keep_them(tmp_path: Path) -> None:
    for name in ("onnx/model.onnx", "model.onnx", "onnx/model_quantized.onnx"):
        folder = tiny_encoder(tmp_path / name.replace("/", "-"), weights=name)
        assert read_encoder(folder).weights == folder / name
        assert read_encoder(folder / name) == read_encoder(folder)


def test_the_limit_is_that_of_the_model_then_of_the_tokenizer_then_256(tmp_path: Path) -> None:
    assert read_encoder(tiny_encoder(tmp_path / "a")).token_limit == 256
    assert read_encoder(tiny_encoder(tmp_path / "b", limit=77)).token_limit == 77
    (tmp_path / "b/config.json").write_text('{"max_position_embeddings": 50}')
    assert read_encoder(tmp_path / "b").token_limit == 50
    truncating = tmp_path / "a/tokenizer.json"
    text = truncating.read_text().replace('"truncation": null', '"truncation": {"max_length": 99}')
    truncating.write_text(text)
    assert read_encoder(tmp_path / "a").token_limit == 99


def _remove(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).unlink()


def _write(name: str, text: str) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)

    return change


def _several(folder: Path) -> None:
    (folder / "onnx/model.onnx").rename(folder / "onnx/a.onnx")
    (folder / "onnx/b.onnx").write_bytes(b"")


BROKEN = {
    "no weights": (_remove("onnx/model.onnx"), r"holds no onnx/model\.onnx"),
    "no tokenizer": (_remove("tokenizer.json"), r"holds no tokenizer\.json"),
    "several weights": (_several, r"several ONNX files; name one of onnx/a\.onnx, onnx/b\.onnx"),
    "another pooling": (
        lambda folder: tiny_encoder(folder, pooling="max_tokens"),
        "pools by pooling_mode_max_tokens; supported are mean and cls",
    ),
    "another layer": (
        _write("modules.json", '[{"type": "sentence_transformers.models.Dense"}]'),
        "layer 'Dense', which is not supported",
    ),
    "no limit": (_write("sentence_bert_config.json", '{"max_seq_length": 0}'), "token limit '0'"),
    "no JSON": (_write("sentence_bert_config.json", "{"), "cannot be read as JSON"),
    "another JSON": (_write("1_Pooling/config.json", "[]"), "is not what a model holds there"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_folder_that_is_no_model_is_refused_in_a_sentence(tmp_path: Path, fault: str) -> None:
    change, says = BROKEN[fault]
    folder = tiny_encoder(tmp_path / "m")
    change(folder)
    with pytest.raises(ArtifactError, match=says):
        read_encoder(folder)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_write("onnx/model.onnx", "no graph"), "cannot be used: .*onnx"),
        (_write("tokenizer.json", "{}"), "cannot be used: "),
        (
            lambda folder: write_graph(
                folder / "onnx/model.onnx", np.eye(5, dtype=np.float32), id_name="pixels"
            ),
            "an input 'pixels'",
        ),
        (
            lambda folder: write_graph(
                folder / "onnx/model.onnx", np.full((5, 2), np.nan, dtype=np.float32)
            ),
            "not finite",
        ),
    ],
    ids=["weights", "tokenizer", "inputs", "numbers"],
)
def test_a_model_that_cannot_be_run_is_said_in_a_sentence(
    tmp_path: Path, change: Callable[[Path], object], says: str
) -> None:
    folder = tiny_encoder(tmp_path / "m")
    change(folder)
    with pytest.raises(ArtifactError, match=says) as refused:
        run(folder, ["bees"])
    assert "Traceback" not in str(refused.value)


def test_a_name_that_was_not_fetched_is_said(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="no folder, and no model of that name was fetched"):
        find_encoder("sentence-transformers/all-MiniLM-L6-v2", tmp_path)


@pytest.fixture
def without_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hide onnxruntime from processes that are started."""
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "onnxruntime.py").write_text("raise ImportError('hidden')\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(hidden), *sys.path]))
    return


def test_without_the_extra_one_sentence_says_how_to_get_it(
    model: EncoderModel, tmp_path: Path, without_extra: None
) -> None:
    with pytest.raises(MissingExtra, match=r"pip install 'paperloop\[semantic\]'"):
        encoder_process.encode_texts(model, ["bees"], tmp_path)


def test_a_fit_uses_the_encoder_that_is_set(
    model: EncoderModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = make_library(tmp_path, [*papers_on("bees"), *papers_on("glaciers")], fitted=False)
    settings = library.settings.model_copy(update={"encoder": str(model.folder)})
    store = library.open()
    monkeypatch.setattr(encoder_process, "in_child", fake)
    fit.fit(store, settings, now=NOW)
    recommender = Recommender(store, settings)
    assert recommender.served().model.features.encoded
    store.readers.describe("me/general", "bees and nectar")
    slate = recommender.recommend("me", n=5, now=NOW)
    assert sum("bees" in x.paper_id for x in slate.items) >= 4
    store.close()


@pytest.mark.slow
def test_the_old_model_serves_on_when_the_encoder_is_gone(tmp_path: Path) -> None:
    library = make_library(tmp_path, papers_on("bees"))
    store = library.open()
    before = artifacts.latest_version(library.settings.models_dir)
    settings = library.settings.model_copy(update={"encoder": "all-MiniLM-L6-v2"})
    with pytest.raises(ArtifactError, match="no model of that name was fetched"):
        fit.fit(store, settings, now=NOW)
    assert Recommender(store, settings).served().version == before
    store.close()


def test_a_first_model_does_not_wait_for_the_encoder_and_a_refit_is_due(
    model: EncoderModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = make_library(tmp_path, papers_on("bees"), fitted=False)
    settings = library.settings.model_copy(update={"encoder": str(model.folder)})
    store = library.open()
    recommender = Recommender(store, settings)
    recommender.ensure_model(NOW)
    assert not recommender.served().model.features.encoded
    assert fit.refit_due(store, settings) == "another encoder is set"
    monkeypatch.setattr(encoder_process, "in_child", fake)
    assert fit.fit_if_due(store, settings, now=NOW) is not None
    assert fit.refit_due(store, settings) is None
    assert fit.refit_due(store, library.settings) == "another encoder is set"
    store.close()


def test_an_encoder_that_cannot_be_used_makes_no_refit_due(tmp_path: Path) -> None:
    library = make_library(tmp_path, papers_on("bees"))
    settings = library.settings.model_copy(update={"encoder": "lost"})
    store = library.open()
    assert fit.refit_due(store, settings) is None
    store.close()


@pytest.mark.slow
def test_a_real_encoder_tells_subjects_apart(tmp_path: Path) -> None:
    folder = minilm(tmp_path / "minilm")
    library = make_library(tmp_path, [*papers_on("bees"), *papers_on("glaciers")], fitted=False)
    settings = library.settings.model_copy(update={"encoder": str(folder)})
    store = library.open()
    told: list[str] = []
    fit.fit(store, settings, now=NOW, progress=told.append)
    assert any("a second" in x for x in told)
    texts = [text_of(x) for subject in ("bees", "glaciers") for x in papers_on(subject, 6)]
    vectors = encoder_process.encode_texts(read_encoder(folder), texts, settings.models_dir)
    centred = vectors - vectors.mean(axis=0)
    cosines = centred @ centred.T
    assert cosines[:6, :6].mean() > 0 > cosines[:6, 6:].mean()
    store.readers.describe("me/general", "bees and nectar")
    slate = Recommender(store, settings).recommend("me", n=5, now=NOW)
    assert sum("bees" in x.paper_id for x in slate.items) >= 4
    store.close()
