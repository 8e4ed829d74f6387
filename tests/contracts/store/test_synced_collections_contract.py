"""What every store keeps of files and collections that readers keep in step with."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from stores import NOW

from recommender.errors import StoreError
from recommender.store import Store, SyncedCollection
from recommender.store.preferences import ReaderPreferences
from recommender.store.synced_collections import (
    FILE,
    MAX_COLLECTIONS,
    NAME,
    ZOTERO,
    file_signature,
    next_time,
)

BEES = SyncedCollection(FILE, "/home/ada/bees.bib", "bees", "me/bees")
MANY = {f"KEY{i:05}": f"doi:10.5555/{'long' * 8}.{i}" for i in range(5_000)}


def test_collections_are_kept_by_kind_and_place_and_apart_by_reader(store: Store) -> None:
    ada, bo = (store.readers.add(x, NOW).reader_id for x in ("ada", "bo"))
    other = replace(BEES, kind=ZOTERO)
    for one in (BEES, other, replace(BEES, seen="3")):
        store.synced_collections.save(ada, one)
    assert store.synced_collections.list(ada) == [replace(BEES, seen="3"), other]
    assert store.synced_collections.list(bo) == []
    assert list(store.synced_collections.of_all()) == [ada]
    assert store.synced_collections.get(ada, FILE, "/elsewhere") is None


def test_thousands_of_items_come_back_shrink_and_go_with_the_collection(store: Store) -> None:
    ada = store.readers.add("ada", NOW).reader_id
    synced = store.synced_collections
    synced.save(ada, BEES, MANY)
    assert synced.items(ada, BEES) == MANY
    synced.save(ada, replace(BEES, seen="4"))
    assert synced.items(ada, BEES) == MANY
    synced.save(ada, BEES, {"A": "doi:10.5555/a"})
    assert synced.items(ada, BEES) == {"A": "doi:10.5555/a"}
    assert len(store.preferences.all(ada)) == 2
    assert synced.remove(ada, FILE, BEES.place)
    assert not synced.remove(ada, FILE, BEES.place)
    assert store.preferences.all(ada) == {}


def test_a_process_that_ends_while_it_writes_leaves_what_was_kept_before(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = store.readers.add("ada", NOW).reader_id
    synced = store.synced_collections
    synced.save(ada, BEES, MANY)
    before = store.preferences.all(ada)
    fewer = dict(list(MANY.items())[:2_000])
    writes = {name: getattr(ReaderPreferences, name) for name in ("set", "delete_beginning")}
    left = 0

    def dying(name: str) -> Callable[..., None]:
        def write(preferences: ReaderPreferences, *given: object) -> None:
            nonlocal left
            if not left:
                raise KeyboardInterrupt
            left -= 1
            writes[name](preferences, *given)

        return write

    for name in writes:
        monkeypatch.setattr(ReaderPreferences, name, dying(name))
    for n_done in range(4):
        left = n_done
        with pytest.raises(KeyboardInterrupt):
            synced.save(ada, replace(BEES, seen="9"), fewer)
        assert store.preferences.all(ada) == before
    for n_done in range(2):
        left = n_done
        with pytest.raises(KeyboardInterrupt):
            synced.remove(ada, FILE, BEES.place)
        assert store.preferences.all(ada) == before
    left = 100
    synced.save(ada, replace(BEES, seen="9"), fewer)
    assert synced.items(ada, BEES) == fewer
    assert synced.remove(ada, FILE, BEES.place)
    assert store.preferences.all(ada) == {}


def test_items_that_were_half_written_are_none(store: Store) -> None:
    ada = store.readers.add("ada", NOW).reader_id
    store.synced_collections.save(ada, BEES, MANY)
    second = next(x for x in store.preferences.all(ada) if x.endswith(":1"))
    store.preferences.set(ada, second, ["another", 9, "{"])
    assert store.synced_collections.items(ada, BEES) == {}


@pytest.mark.parametrize("stored", [None, 3, "x", [3], [{"kind": 3}], [{"kind": "file"}]])
def test_what_cannot_be_read_is_left_out(store: Store, stored: object) -> None:
    ada = store.readers.add("ada", NOW).reader_id
    store.preferences.set(ada, NAME, stored)
    assert store.synced_collections.list(ada) == []


def test_what_may_not_be_kept_is_refused(store: Store) -> None:
    ada = store.readers.add("ada", NOW).reader_id
    for place in ("", "x" * 5_000):
        with pytest.raises(StoreError, match="characters"):
            store.synced_collections.save(ada, replace(BEES, place=place))
    for i in range(MAX_COLLECTIONS):
        store.synced_collections.save(ada, replace(BEES, place=f"/{i}"))
    with pytest.raises(StoreError, match="At most"):
        store.synced_collections.save(ada, BEES)


def test_a_planned_file_is_due_when_it_changed_and_a_collection_when_its_time_came(
    tmp_path: Path,
) -> None:
    path = tmp_path / "bees.bib"
    file = replace(BEES, place=str(path), planned=True)
    assert file.due(NOW)  # a missing file is said once
    assert not replace(file, error="It is missing.").due(NOW)
    path.write_text("@article{a, title={A}}")
    assert file.due(NOW)
    assert not replace(file, planned=False).due(NOW)
    seen = replace(file, seen=file_signature(path))
    assert not seen.due(NOW)
    os.utime(path, (1, 1))
    assert seen.due(NOW)
    away = replace(BEES, kind=ZOTERO, planned=True)
    assert away.due(NOW)
    assert replace(away, next_at="no time").due(NOW)
    assert not replace(away, next_at=next_time(NOW, timedelta(hours=1))).due(NOW)
