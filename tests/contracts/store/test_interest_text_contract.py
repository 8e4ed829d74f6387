"""What an interest is about in words, and the chance a slate showed, on every database."""

from __future__ import annotations

from dataclasses import replace

import pytest
from stores import NOW, fill, slate

from recommender.errors import StoreError, UnknownInterest
from recommender.store import Store


def test_an_interest_is_about_nothing_until_it_is_described(store: Store) -> None:
    fill(store)
    assert store.readers.interests("me")[0].about == ""
    said = store.readers.describe("me/general", "  learning from\nimbalanced data ")
    assert said.about == "learning from imbalanced data"
    assert store.readers.interests("me") == [said]
    assert store.readers.describe("me/general", "").about == ""


def test_a_name_and_a_share_leave_the_sentence_alone(store: Store) -> None:
    fill(store)
    store.readers.describe("me/general", "otters ♞ <b>and</b> their rivers")
    store.readers.rename_interest("me/general", "Otters")
    store.readers.set_share("me/general", 0.5)
    assert store.readers.interest("me", "Otters").about == "otters ♞ <b>and</b> their rivers"


def test_what_may_not_be_said_is_refused(store: Store) -> None:
    fill(store)
    with pytest.raises(UnknownInterest):
        store.readers.describe("me/none", "otters")
    with pytest.raises(StoreError, match="2,000"):
        store.readers.describe("me/general", "x" * 2_001)


def test_the_chance_shown_comes_back_with_the_slate(store: Store) -> None:
    shown = slate("s1", fill(store, 2))
    items = (replace(shown.items[0], chance=0.25), shown.items[1])
    store.feedback.record_slate(replace(shown, items=items))
    kept = store.feedback.slate("s1")
    assert kept is not None
    assert [x.chance for x in kept.items] == [0.25, None]
    assert kept.created_at == NOW
