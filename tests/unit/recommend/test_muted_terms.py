"""Muted words: kept as typed, counted, and gone from what is hidden when taken off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from libraries import NOW, papers_on
from stores import sqlite_store

from recommender.errors import RecommenderError
from recommender.recommend import muted_terms
from recommender.recommend.muted_terms import Muted, mute, muted_words, unmute
from recommender.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = sqlite_store(tmp_path)
    opened.catalogue.add([*papers_on("bees"), *papers_on("glaciers")], NOW)
    opened.readers.ensure("me", NOW)
    yield opened
    opened.close()


def test_a_muted_word_hides_what_mentions_it_until_it_is_taken_off(store: Store) -> None:
    muted = Muted(store)
    assert muted.hidden("me") == frozenset()
    mute(store, "me", "  Glaciers ")
    assert {x.partition("/")[2][:5] for x in muted.hidden("me")} == {"glaci"}
    unmute(store, "me", "glaciers")
    assert muted.hidden("me") == frozenset()


def test_words_add_up_and_repeats_do_not(store: Store) -> None:
    for word in ("bees", "BEES", "glaciers"):
        mute(store, "me", word)
    assert muted_words(store, "me") == ["bees", "glaciers"]
    assert len(Muted(store).hidden("me")) == 24


def test_each_word_is_told_how_much_it_hides(store: Store) -> None:
    assert {k: len(v) for k, v in Muted(store).hides(["bees", "otters"]).items()} == {
        "bees": 12,
        "otters": 0,
    }


def test_a_paper_that_comes_later_is_hidden_too(store: Store) -> None:
    muted = Muted(store)
    mute(store, "me", "bridges")
    assert muted.hidden("me") == frozenset()
    store.catalogue.add(papers_on("bridges"), NOW)
    assert len(muted.hidden("me")) == 12


@pytest.mark.parametrize("word", ["", "   ", "…", "x" * (muted_terms.MAX_CHARACTERS + 1)])
def test_what_is_no_word_is_refused_with_a_sentence(store: Store, word: str) -> None:
    with pytest.raises(RecommenderError, match=r"\.$"):
        mute(store, "me", word)
    assert muted_words(store, "me") == []


def test_a_value_of_another_kind_hides_nothing(store: Store) -> None:
    store.preferences.set("me", "muted", {"a": 1})
    assert muted_words(store, "me") == []
