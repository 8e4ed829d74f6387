"""A loaded model beside a catalogue that moved on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from libraries import NOW, Library, make_library, papers_on
from stores import event

from recommender.config import Meaning
from recommender.domain import EventKind, Paper
from recommender.errors import ArtifactMismatch
from recommender.features.append_buffer import AppendBuffer
from recommender.ranking import pipeline
from recommender.recommend.recommender import Recommender
from recommender.recommend.served_model import AT_ONCE, ServedModel
from recommender.store import Store
from recommender.training import artifacts
from recommender.training.fit import fit


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


def caught_up(library: Library, store: Store) -> ServedModel:
    served = ServedModel.load(library.settings.models_dir, store)
    return served.caught_up(store, store.catalogue.revision())


def shown(served: ServedModel) -> dict[str, int]:
    """Return id of today -> row of all papers that may be shown."""
    rows = set(range(len(served.model.features))) - served.gone
    return {served.paper_id(row): row for row in sorted(rows)}


def changes(store: Store) -> Iterator[object]:
    """Change the catalogue step by step as imports and readers do; yields after each step."""
    bees = papers_on("bees", 15)
    old = store.catalogue.get("doi:10.5555/bees.0")
    named = Paper(old.title, identifiers=("arxiv:2401.00001", "doi:10.5555/bees.0"))
    two = Paper("A joint record", identifiers=("doi:10.5555/bees.1", "doi:10.5555/bridges.1"))
    yield store.catalogue.add(bees[12:13], NOW)
    yield store.catalogue.add([named], NOW)
    yield store.catalogue.add([two], NOW)
    yield store.catalogue.add(bees[13:], NOW)
    joins_new = Paper("Again", identifiers=("doi:10.5555/bees.13", "doi:10.5555/bees.2"))
    yield store.catalogue.add([joins_new], NOW)
    for merge in store.catalogue.merges():
        if merge.undone_at is None:
            yield store.catalogue.undo_merge(merge.number, NOW + timedelta(days=1))


@pytest.mark.slow
def test_every_change_of_the_catalogue_is_followed_from_step_to_step(library: Library) -> None:
    store = library.open()
    served = caught_up(library, store)
    n_steps = 0
    for _ in changes(store):
        served = served.caught_up(store, store.catalogue.revision())
        n_steps += 1
        names = shown(served)
        assert sorted(names) == store.catalogue.ids()
        assert served.rows_of(names) == list(names.values())
        at_once = caught_up(library, store)
        fitted = len(papers_on("bees")) * 2
        assert {x: y for x, y in shown(at_once).items() if y < fitted} == {
            x: y for x, y in names.items() if y < fitted
        }
    assert n_steps >= 7
    assert served.row_of("nothing:at-all") is None
    store.close()


def test_a_restored_backup_hides_the_papers_that_it_does_not_hold(library: Library) -> None:
    store = library.open()
    copy = library.settings.data_dir / "copy.sqlite3"
    store.database.backup(copy)
    store.catalogue.add(papers_on("bees", 13)[12:], NOW)
    served = caught_up(library, store)
    assert len(shown(served)) == 25
    store.database.restore(copy)
    served = served.caught_up(store, store.catalogue.revision())
    assert sorted(shown(served)) == store.catalogue.ids()
    assert len(shown(served)) == 24
    store.close()


def test_a_catalogue_older_than_the_model_hides_what_it_does_not_hold(library: Library) -> None:
    store = library.open()
    served = replace(ServedModel.load(library.settings.models_dir, store), revision=10_000)
    features = served.model.features.with_papers([papers_on("bees", 13)[12]])
    served = replace(served, model=replace(served.model, features=features))
    names = shown(served.caught_up(store, store.catalogue.revision()))
    assert sorted(names) == store.catalogue.ids()
    store.close()


def test_what_was_fitted_stays_in_the_files_when_papers_come(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = library.open()
    monkeypatch.setattr(artifacts, "MIN_RESERVED", 1)
    fit(store, library.settings, now=NOW)
    served = caught_up(library, store)
    store.catalogue.add(papers_on("bees", 13)[12:], NOW)
    grown = served.caught_up(store, store.catalogue.revision())
    assert len(grown.model.features) == len(served.model.features) + 1
    for x in (served, grown):
        arrays = x.model.arrays()
        mapped = {name for name, array in arrays.items() if is_mapped(array)}
        for name in pipeline.GROWING:
            assert name in mapped or not arrays[name].size, name
    new = grown.model.ranker.als.model.papers
    np.testing.assert_array_equal(new[:-1], served.model.ranker.als.model.papers)
    store.close()


def is_mapped(array: np.ndarray) -> bool:
    owner: object = array
    while isinstance(owner, np.ndarray):
        if isinstance(owner, np.memmap):
            return True
        owner = owner.base
    return isinstance(owner, AppendBuffer) and isinstance(owner.whole, np.memmap)


def test_many_new_papers_are_folded_in_behind_a_slate_of_the_app(library: Library) -> None:
    store = library.open()
    recommender = Recommender(store, library.settings)
    before = ids_of(recommender, surface="app")
    many = papers_on("glaciers", AT_ONCE + 1)
    added = {x.paper_id for x in store.catalogue.add(many, NOW)}
    first = ids_of(recommender, surface="app")
    assert first == before
    folding = recommender._folding
    assert folding is not None
    folding.join(60)
    assert len(added & ids_of(recommender, surface="app")) >= 5
    assert recommender._folding is folding
    store.close()


@pytest.mark.parametrize("surface", ["cli", "digest"])
def test_elsewhere_every_new_paper_is_there_at_once(library: Library, surface: str) -> None:
    store = library.open()
    recommender = Recommender(store, library.settings)
    ids_of(recommender, surface="app")
    many = papers_on("glaciers", AT_ONCE + 1)
    added = {x.paper_id for x in store.catalogue.add(many, NOW)}
    ids_of(recommender, surface="app")
    assert len(added & ids_of(recommender, surface=surface)) >= 5
    assert len(added & ids_of(recommender, surface="app")) >= 5
    store.close()


def test_a_merge_among_many_new_papers_is_followed_at_once(library: Library) -> None:
    store = library.open()
    recommender = Recommender(store, library.settings)
    assert "doi:10.5555/bees.0" in ids_of(recommender, surface="app")
    old = store.catalogue.get("doi:10.5555/bees.0")
    named = Paper(old.title, identifiers=("arxiv:2401.00001", "doi:10.5555/bees.0"))
    store.catalogue.add([named, *papers_on("glaciers", AT_ONCE + 1)], NOW)
    shown = ids_of(recommender, surface="app")
    assert "arxiv:2401.00001" in shown
    assert "doi:10.5555/bees.0" not in shown
    store.close()


def ids_of(recommender: Recommender, surface: str) -> set[str]:
    slate = recommender.recommend("me", n=100, now=NOW, surface=surface, record=False)
    return {x.paper_id for x in slate.items}
