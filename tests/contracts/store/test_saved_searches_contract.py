"""What every store keeps of the searches that readers save, on every database."""

from __future__ import annotations

import pytest
from stores import NOW

from recommender.errors import StoreError
from recommender.store import SavedSearch, Store
from recommender.store.saved_searches import MAX_SEARCHES, NAME

RAYS = SavedSearch("Rays", "manta OR stingray")
ADA = SavedSearch("Ada Lovelace", author=True, source_key='["openalex", {}]')


def test_searches_are_kept_in_order_once_by_name_and_apart_by_reader(store: Store) -> None:
    ada, bo = (store.readers.add(x, NOW).reader_id for x in ("ada", "bo"))
    for one in (RAYS, ADA, SavedSearch("rays", "manta")):
        store.saved_searches.save(ada, one)
    assert store.saved_searches.list(ada) == [ADA, SavedSearch("rays", "manta")]
    assert store.saved_searches.list(bo) == []


def test_a_removed_search_is_handed_back_and_gone(store: Store) -> None:
    ada = store.readers.add("ada", NOW).reader_id
    store.saved_searches.save(ada, ADA)
    assert store.saved_searches.uses(ADA.source_key)
    assert store.saved_searches.remove(ada, "ADA lovelace") == ADA
    assert store.saved_searches.remove(ada, "ada lovelace") is None
    assert store.saved_searches.list(ada) == []
    assert not store.saved_searches.uses(ADA.source_key)


@pytest.mark.parametrize(
    "search",
    [
        SavedSearch("", "x"),
        SavedSearch(" ", author=True),
        SavedSearch("x", " "),
        SavedSearch("x" * 81, "y"),
        SavedSearch("x", "y" * 301),
    ],
)
def test_what_may_not_be_kept_is_refused(store: Store, search: SavedSearch) -> None:
    ada = store.readers.add("ada", NOW).reader_id
    with pytest.raises(StoreError):
        store.saved_searches.save(ada, search)
    assert store.saved_searches.list(ada) == []


def test_there_are_no_more_than_a_digest_can_hold(store: Store) -> None:
    ada = store.readers.add("ada", NOW).reader_id
    for i in range(MAX_SEARCHES):
        store.saved_searches.save(ada, SavedSearch(f"s{i}", "x"))
    with pytest.raises(StoreError, match="remove one first"):
        store.saved_searches.save(ada, RAYS)
    store.saved_searches.save(ada, SavedSearch("S0", "y"))
    assert len(store.saved_searches.list(ada)) == MAX_SEARCHES


@pytest.mark.parametrize("stored", [None, 3, "x", [3], [{"name": 3}], [{"nme": "x"}]])
def test_what_cannot_be_read_is_left_out(store: Store, stored: object) -> None:
    ada = store.readers.add("ada", NOW).reader_id
    store.preferences.set(ada, NAME, stored)
    assert store.saved_searches.list(ada) == []
