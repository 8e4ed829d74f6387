"""A sentence encoder as an extra: what it becomes, what is kept, and what its absence says."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from libraries import NOW, make_library, papers_on
from worlds import SMALL_ALS, no_readers, world_features, world_papers

from recommender import encoding, pipeline, training
from recommender.errors import ArtifactError, MissingExtra
from recommender.features import Features
from recommender.features.encoders import text_of
from recommender.features.interactions import Profile
from recommender.ranking.terms import brevity
from recommender.ranking.weights import Evidence, weights_for
from recommender.recommend import Recommender

INSTALLED = importlib.util.find_spec("sentence_transformers") is not None


def fake(model: str, texts: Sequence[str]) -> encoding.Vectors:
    """A crowd of vectors around one mean, told apart by the first letter of the title."""
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 0.05, (len(texts), 32))
    own = np.array([np.eye(32)[ord(text[0].lower()) % 32] for text in texts])
    return np.asarray(5.0 + own + noise, dtype=np.float32)


def encoded_world() -> Features:
    texts = [text_of(paper) for paper in world_papers()]
    return world_features().with_encoded(fake("m", texts))


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
    before = world_features().with_encoded(fake("m", texts)).with_papers(new)
    after = world_features().with_papers(new).with_encoded(fake("m", texts))
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
        weights_for(Evidence(50_000, 1.0, likes, encoded=1.0, terms_per_paper=terms))["embedding"]
        for likes in (0.0, 2.0, 4.0, 6.0, 10.0, 20.0)
    ]
    assert weights == sorted(weights, reverse=True)
    assert weights[-1] == 0
    assert weights[0] == pytest.approx(max(1.5 * brevity(terms) - 0.1, 0), abs=0.01)


def test_a_text_is_encoded_once(tmp_path: Path) -> None:
    asked: list[list[str]] = []

    def noting(model: str, texts: Sequence[str]) -> encoding.Vectors:
        asked.append(list(texts))
        return fake(model, texts)

    first = encoding.encoded("m", ["ape", "bee", "ape"], tmp_path, noting)
    again = encoding.encoded("m", ["bee", "cow"], tmp_path, noting)
    assert asked == [["ape", "bee"], ["cow"]]
    assert (first[1] == again[0]).all()
    encoding.encoded("other", ["bee"], tmp_path, noting)
    assert asked[-1] == ["bee"]


def test_a_damaged_file_of_vectors_is_made_anew(tmp_path: Path) -> None:
    encoding.encoded("m", ["ape"], tmp_path, fake)
    next(tmp_path.glob("encoded-*.npz")).write_bytes(b"PK\x03\x04 broken")
    assert encoding.encoded("m", ["ape"], tmp_path, fake).shape == (1, 32)


def test_a_fit_uses_the_encoder_that_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = make_library(tmp_path, [*papers_on("bees"), *papers_on("glaciers")], fitted=False)
    settings = library.settings.model_copy(update={"encoder": "m"})
    store = library.open()
    monkeypatch.setattr(encoding, "in_child", fake)
    training.fit(store, settings, now=NOW)
    recommender = Recommender(store, settings)
    assert recommender.served().model.features.encoded
    store.readers.describe("me/general", "bees and nectar")
    slate = recommender.recommend("me", n=5, now=NOW)
    assert sum("bees" in x.paper_id for x in slate.items) >= 4
    store.close()


@pytest.mark.skipif(INSTALLED, reason="paperloop[semantic] is installed")
def test_without_the_extra_one_sentence_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(MissingExtra, match=r"pip install 'paperloop\[semantic\]'"):
        encoding.encoded("m", ["ape"], tmp_path)


@pytest.mark.parametrize(
    ("there", "says"), [(False, "no folder, and no model of that name"), (True, "not a model")]
)
def test_a_model_that_cannot_be_loaded_is_said_to_be_missing_or_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool, says: str
) -> None:
    (tmp_path / "sentence_transformers.py").write_text(
        "def SentenceTransformer(name, local_files_only):\n"
        "    raise OSError('not a model\\nCheck your internet connection: not a model.')\n"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *sys.path]))
    model = tmp_path / "model"
    if there:
        model.mkdir()
    with pytest.raises(ArtifactError, match=says):
        encoding.encoded(str(model), ["ape"], tmp_path)


@pytest.mark.slow
@pytest.mark.skipif(
    not (INSTALLED and os.environ.get("PAPERLOOP_ENCODER")),
    reason="needs paperloop[semantic], and PAPERLOOP_ENCODER naming a model",
)
def test_a_real_encoder_tells_subjects_apart(tmp_path: Path) -> None:
    texts = [text_of(x) for subject in ("bees", "glaciers") for x in papers_on(subject, 6)]
    vectors = encoding.encoded(os.environ["PAPERLOOP_ENCODER"], texts, tmp_path)
    centred = vectors - vectors.mean(axis=0)
    cosines = centred @ centred.T
    assert cosines[:6, :6].mean() > 0 > cosines[:6, 6:].mean()
