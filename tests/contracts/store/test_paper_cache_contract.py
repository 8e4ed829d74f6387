"""The papers a store keeps in memory: always those of the catalogue; and what a snapshot keeps."""

from __future__ import annotations

import pytest
from stores import NOW

from recommender.domain import Paper
from recommender.domain.status import StatusStatement
from recommender.store import Store
from recommender.store import paper_cache as module


def study(name: str, *more: str) -> Paper:
    return Paper(f"Study {name}", identifiers=tuple(f"doi:10.5555/{x}" for x in (name, *more)))


IDS = ["doi:10.5555/b", "doi:10.5555/nowhere", "doi:10.5555/a"]


@pytest.fixture(autouse=True)
def papers(store: Store) -> None:
    store.catalogue.add([study(x) for x in "abc"], NOW)


def test_it_gives_what_the_catalogue_gives(store: Store) -> None:
    for _ in range(2):
        found = store.paper_cache.get_many(IDS)
        assert found == store.catalogue.get_many(IDS)
        assert list(found) == ["doi:10.5555/b", "doi:10.5555/a"]


def test_a_paper_is_read_once(store: Store) -> None:
    first = store.paper_cache.get_many(IDS)["doi:10.5555/a"]
    assert store.paper_cache.get_many(IDS[2:])["doi:10.5555/a"] is first


def test_a_merge_and_a_notice_are_seen(store: Store) -> None:
    store.paper_cache.get_many(IDS)
    store.catalogue.add([study("a", "b")], NOW)
    merged = store.paper_cache.get_many(IDS)
    assert merged == store.catalogue.get_many(IDS)
    assert merged["doi:10.5555/a"] == merged["doi:10.5555/b"]
    notice = StatusStatement("retracted", "crossref", "doi:10.5555/n", subject="doi:10.5555/a")
    store.catalogue.add(
        [Paper("Notice", identifiers=("doi:10.5555/n",), statements=(notice,))], NOW
    )
    assert store.paper_cache.get_many(IDS)["doi:10.5555/a"].statements
    store.catalogue.clear_status("doi:10.5555/a", NOW)
    assert store.paper_cache.get_many(IDS) == store.catalogue.get_many(IDS)


def test_the_oldest_make_room(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_PAPERS", 1)
    first = store.paper_cache.get_many(["doi:10.5555/a"])["doi:10.5555/a"]
    store.paper_cache.get_many(["doi:10.5555/b"])
    again = store.paper_cache.get_many(["doi:10.5555/a"])["doi:10.5555/a"]
    assert again == first
    assert again is not first


def test_a_snapshot_reads_a_thing_once_and_the_next_one_again(store: Store) -> None:
    ann = store.readers.ensure("Ann", NOW).reader_id
    with store.database.snapshot():
        assert store.preferences.get(ann, "explore") is None
        store.preferences.set(ann, "explore", 0.2)
        store.readers.ensure_interest(ann, "Cells")
        with store.database.snapshot():
            assert store.preferences.get(ann, "explore") is None
            assert len(store.readers.interests(ann)) == 1
        assert store.preferences.get(ann, "explore") is None
    assert store.preferences.get(ann, "explore") == 0.2
    assert len(store.readers.interests(ann)) == 2


def test_what_a_snapshot_keeps_cannot_be_spoilt(store: Store) -> None:
    ann = store.readers.ensure("Ann", NOW).reader_id
    with store.database.snapshot():
        store.readers.interests(ann).clear()
        assert len(store.readers.interests(ann)) == 1
