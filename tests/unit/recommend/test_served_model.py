"""A loaded model beside a catalogue that moved on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from libraries import NOW, Library, make_library, papers_on
from stores import event

from recommender.config import Meaning
from recommender.domain import EventKind, Paper
from recommender.errors import ArtifactMismatch
from recommender.recommend.recommender import Recommender
from recommender.recommend.served_model import ServedModel


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return make_library(tmp_path, [*papers_on("bees"), *papers_on("bridges")])


def test_a_model_of_other_arrays_is_rejected_with_advice(library: Library) -> None:
    folder = library.settings.models_dir
    path = next(folder.glob("*/manifest.json"))
    manifest = json.loads(path.read_text())
    manifest["arrays"].pop("features.idf")
    path.write_text(json.dumps(manifest))
    with pytest.raises(ArtifactMismatch, match="paperloop fit"):
        ServedModel.load(folder, library.open())


def test_a_paper_that_came_after_the_fit_is_ranked(library: Library) -> None:
    store = library.open()
    added = store.catalogue.add(papers_on("bees", 13)[12:], NOW)[0]
    slate = Recommender(store, library.settings).recommend("me", n=50, now=NOW)
    assert added.outcome == "new"
    assert added.paper_id in {x.paper_id for x in slate.items}
    store.close()


def test_a_paper_merged_after_the_fit_is_shown_once_under_its_new_id(library: Library) -> None:
    store = library.open()
    old = store.catalogue.get("doi:10.5555/bees.0")
    record = Paper(old.title, identifiers=("arxiv:2401.00001", "doi:10.5555/bees.0"))
    store.catalogue.add([record], NOW)
    slate = Recommender(store, library.settings).recommend("me", n=50, now=NOW)
    shown = [x.paper_id for x in slate.items]
    assert "arxiv:2401.00001" in shown
    assert "doi:10.5555/bees.0" not in shown
    assert len(shown) == len(set(shown))
    store.close()


def test_an_opened_paper_is_not_suggested_again_whatever_opening_weighs(library: Library) -> None:
    store = library.open()
    settings = library.settings.model_copy(update={"events": {"open": Meaning(weight=0.0)}})
    other = store.readers.ensure_interest("me", "Other")
    opened = "doi:10.5555/bees.0"
    store.feedback.append(event(opened, "k", EventKind.open))
    for interest_id in (None, other.interest_id):
        slate = Recommender(store, settings).recommend("me", interest_id=interest_id, n=50, now=NOW)
        assert slate.items
        assert opened not in {x.paper_id for x in slate.items}
    store.close()
