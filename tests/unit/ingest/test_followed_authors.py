"""Following an author: a planned query, shared by readers, and nothing asked at once."""

from __future__ import annotations

import pytest
from stores import NOW

from recommender.config import Settings
from recommender.errors import UnknownReader
from recommender.ingest import due, query_of_key
from recommender.ingest.followed_authors import follow, unfollow
from recommender.store import Store


def test_an_author_is_asked_for_every_week(store: Store, settings: Settings) -> None:
    ada = store.readers.add("ada", NOW).reader_id
    for _ in range(2):
        follow(store, settings, ada, " Grace  Hopper ")
    (kept,) = store.fetches.list()
    assert query_of_key(kept.key).authors == ("Grace Hopper",)
    assert (kept.every_hours, kept.last_run_at) == (168, None)
    assert [x.authors for x in due(store, NOW)] == [("Grace Hopper",)]
    assert [x.name for x in store.saved_searches.list(ada)] == ["Grace Hopper"]


def test_a_plan_of_the_reader_stays(store: Store, settings: Settings) -> None:
    ada = store.readers.add("ada", NOW).reader_id
    follow(store, settings, ada, "Grace Hopper")
    (kept,) = store.fetches.list()
    store.fetches.plan(kept.key, 24, 9)
    follow(store, settings, ada, "Grace Hopper")
    assert store.fetches.list()[0].every_hours == 24


def test_the_query_goes_with_the_last_reader_who_follows(store: Store, settings: Settings) -> None:
    ada, bo = (store.readers.add(x, NOW).reader_id for x in ("ada", "bo"))
    for one in (ada, bo):
        follow(store, settings, one, "Grace Hopper")
    unfollow(store, ada, "Grace Hopper")
    assert len(store.fetches.list()) == 1
    unfollow(store, bo, "Grace Hopper")
    unfollow(store, bo, "Grace Hopper")
    assert store.fetches.list() == []


def test_an_unknown_reader_leaves_no_query_behind(store: Store, settings: Settings) -> None:
    with pytest.raises(UnknownReader):
        follow(store, settings, "who", "Grace Hopper")
    assert store.fetches.list() == []
