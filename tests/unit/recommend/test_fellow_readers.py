"""Likes are shown to those who agreed, by those who agreed, and to no one else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from libraries import NOW, papers_on
from stores import sqlite_store

from recommender.domain import Event, EventKind
from recommender.recommend.fellow_readers import fellow_likes, share_likes, shares_likes
from recommender.store import Store

BEES = [f"doi:10.5555/bees.{i}" for i in range(6)]


@pytest.fixture
def group(tmp_path: Path) -> Iterator[Store]:
    """Ada liked 0 and 1 and saved 2; Bo liked 0; Cy liked 0; all other things are no likes."""
    store = sqlite_store(tmp_path)
    store.catalogue.add(papers_on("bees", 6), NOW)
    for name in ("me", "Ada", "Bo", "Cy"):
        store.readers.add(name, NOW)
    act(store, "ada", EventKind.like, 0, 1)
    act(store, "ada", EventKind.save, 2)
    act(store, "bo", EventKind.like, 0)
    act(store, "cy", EventKind.like, 0)
    yield store
    store.close()


def act(store: Store, reader: str, kind: EventKind, *places: int) -> None:
    for i in places:
        key = f"{reader}{kind}{i}"
        store.feedback.append(Event(key, reader, f"{reader}/general", BEES[i], kind, NOW))


def seen_by(store: Store, reader: str) -> dict[int, str]:
    found = fellow_likes(store, reader, BEES)
    return {BEES.index(x): str(likes) for x, likes in found.items()}


def agree(store: Store, *readers: str) -> None:
    for x in readers:
        share_likes(store, x, agreed=True)


def test_no_one_sees_anything_unless_both_agreed(group: Store) -> None:
    assert not any(shares_likes(group, x) for x in ("me", "ada", "bo", "cy"))
    assert seen_by(group, "me") == {}
    agree(group, "ada")
    assert seen_by(group, "me") == {}
    assert seen_by(group, "ada") == {}
    agree(group, "me")
    assert seen_by(group, "me") == {0: "Liked by Ada.", 1: "Liked by Ada.", 2: "Saved by Ada."}
    assert seen_by(group, "ada") == {}  # "me" liked nothing; Bo and Cy have not agreed
    assert seen_by(group, "bo") == {}


def test_names_stand_in_order_and_none_of_oneself(group: Store) -> None:
    agree(group, "me", "cy", "ada", "bo")
    assert seen_by(group, "me")[0] == "Liked by Ada, Bo and Cy."
    assert seen_by(group, "bo")[0] == "Liked by Ada and Cy."
    act(group, "cy", EventKind.save, 1)
    assert seen_by(group, "me")[1] == "Liked by Ada. Saved by Cy."


def test_taking_it_back_holds_at_once_in_both_directions(group: Store) -> None:
    agree(group, "me", "ada")
    act(group, "me", EventKind.like, 5)
    assert seen_by(group, "ada") == {5: "Liked by me."}
    share_likes(group, "ada", agreed=False)
    assert seen_by(group, "me") == {}
    assert seen_by(group, "ada") == {}
    assert group.preferences.all("ada") == {}


def test_what_was_undone_or_turned_down_is_not_shown(group: Store) -> None:
    agree(group, "me", "ada", "bo")
    act(group, "ada", EventKind.undo, 1)
    act(group, "ada", EventKind.dislike, 2)
    act(group, "bo", EventKind.skip, 0, 3)
    act(group, "bo", EventKind.open, 4)
    assert seen_by(group, "me") == {0: "Liked by Ada."}


def test_a_forgotten_reader_is_gone(group: Store) -> None:
    agree(group, "me", "ada")
    group.readers.forget("ada")
    assert seen_by(group, "me") == {}


@pytest.mark.parametrize("value", ["yes", 1, [True], {"a": True}])
def test_only_true_is_agreement(group: Store, value: object) -> None:
    agree(group, "me")
    group.preferences.set("ada", "shares_likes", value)
    assert seen_by(group, "me") == {}
