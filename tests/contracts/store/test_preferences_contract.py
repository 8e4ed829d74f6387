"""What every store keeps of readers' choices, on every database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from stores import NOW

from recommender.errors import StoreError, UnknownReader
from recommender.recommend.muted_terms import mute, muted_words
from recommender.store import Store


@pytest.fixture
def ann(store: Store) -> str:
    return store.readers.ensure("Ann", NOW).reader_id


def test_what_was_never_chosen_is_the_default(store: Store, ann: str) -> None:
    assert store.preferences.get(ann, "muted") is None
    assert store.preferences.get(ann, "muted", ["x"]) == ["x"]
    assert store.preferences.all(ann) == {}


def test_a_choice_comes_back_as_it_was_and_the_last_one_counts(store: Store, ann: str) -> None:
    store.preferences.set(ann, "muted", ["x"])
    store.preferences.set(ann, "muted", {"words": ["otter – ♞"], "n": 1.5, "on": True})
    assert store.preferences.get(ann, "muted") == {"words": ["otter – ♞"], "n": 1.5, "on": True}
    assert list(store.preferences.all(ann)) == ["muted"]


def test_nobody_sees_the_choices_of_another_and_none_deletes(store: Store, ann: str) -> None:
    bob = store.readers.ensure("Bob", NOW).reader_id
    store.preferences.set(ann, "day", 1)
    store.preferences.set(bob, "day", 2)
    store.preferences.set(ann, "day", None)
    assert store.preferences.all(ann) == {}
    assert store.preferences.get(bob, "day") == 2


def test_forgetting_a_reader_forgets_the_choices(store: Store, ann: str) -> None:
    store.preferences.set(ann, "day", 1)
    store.readers.forget(ann)
    assert store.preferences.all(ann) == {}
    with pytest.raises(UnknownReader):
        store.preferences.set(ann, "day", 1)


@pytest.mark.parametrize(
    ("name", "value"), [(" ", 1), ("x", float("nan")), ("x", object()), ("x", "a" * 70_000)]
)
def test_what_may_not_be_kept_is_refused(store: Store, ann: str, name: str, value: object) -> None:
    with pytest.raises(StoreError):
        store.preferences.set(ann, name, value)
    assert store.preferences.all(ann) == {}


def test_a_change_is_kept_whole_or_not_at_all(store: Store, ann: str) -> None:
    store.preferences.set(ann, "day", 1)

    def fail() -> None:
        with store.preferences.change(ann) as preferences:
            preferences.set("day", 2)
            preferences.set("words", ["x"])
            assert preferences.get("day") == 2
            preferences.set("size", float("nan"))

    with pytest.raises(StoreError, match="not JSON"):
        fail()
    assert store.preferences.all(ann) == {"day": 1}


def test_names_that_begin_alike_are_deleted_together(store: Store, ann: str) -> None:
    bob = store.readers.ensure("Bob", NOW).reader_id
    for reader in (ann, bob):
        for name in ("a_b:0", "a_b:1", "axb:0", "a_b"):
            store.preferences.set(reader, name, 1)
    with store.preferences.change(ann) as preferences:
        preferences.delete_beginning("a_b:")
    assert list(store.preferences.all(ann)) == ["a_b", "axb:0"]
    assert len(store.preferences.all(bob)) == 4


def test_no_word_is_lost_when_several_are_muted_at_once(store: Store, ann: str) -> None:
    words = [f"word{i}" for i in range(12)]
    with ThreadPoolExecutor(len(words)) as threads:
        list(threads.map(lambda x: mute(store, ann, x), words))
    assert sorted(muted_words(store, ann)) == sorted(words)
