"""What every store keeps of the queries of network sources, on every database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from stores import NOW, fill

from recommender.errors import StoreError
from recommender.store import Fetch, Store
from recommender.store.scheduler_runs import APP, FETCH

OTTERS = Fetch(
    key='["arxiv", {"text": "otter – ♞"}]',
    source="arxiv",
    query="otter – ♞",
    state='{"cursor": "2"}',
    last_run_at=NOW,
)


def test_nothing_is_kept_of_a_query_that_was_never_asked(store: Store) -> None:
    assert store.fetches.get(OTTERS.key) is None
    assert store.fetches.list() == []
    assert not store.fetches.forget(OTTERS.key)


def test_what_is_kept_of_a_query_comes_back_as_it_was(store: Store) -> None:
    done = replace(OTTERS, last_ok_at=NOW, new=3, merged=2, refused=1, error="It is closed.")
    store.fetches.save(done)
    assert store.fetches.get(OTTERS.key) == done


def test_a_later_run_takes_the_place_of_the_one_before(store: Store) -> None:
    other = replace(OTTERS, key="other", source="feed")
    later = replace(OTTERS, state="{}", last_run_at=NOW + timedelta(days=1), new=7)
    for one in (OTTERS, other, later):
        store.fetches.save(one)
    assert store.fetches.list() == [later, other]


def test_a_forgotten_query_leaves_the_others_and_all_papers(store: Store) -> None:
    fill(store, 2)
    other = replace(OTTERS, key="other")
    store.fetches.save(OTTERS)
    store.fetches.save(other)
    assert store.fetches.forget(OTTERS.key)
    assert store.fetches.list() == [other]
    assert store.catalogue.count() == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [("key", ""), ("source", " "), ("new", -1), ("last_run_at", NOW.replace(tzinfo=None))],
)
def test_what_may_not_be_kept_is_refused_by_name(store: Store, name: str, value: object) -> None:
    with pytest.raises(StoreError, match=f"Fetch: {name}"):
        store.fetches.save(replace(OTTERS, **{name: value}))  # type: ignore[arg-type]
    assert store.fetches.list() == []


def test_a_query_is_kept_before_it_is_asked_and_planned(store: Store) -> None:
    store.fetches.save(Fetch("k", "arxiv", "rays", "", None))
    assert store.fetches.get("k") == Fetch("k", "arxiv", "rays", "", None)
    assert store.fetches.plan("k", 24, 50)
    assert not store.fetches.plan("unknown", 24, 50)
    kept = store.fetches.get("k")
    assert kept is not None
    assert (kept.every_hours, kept.most, kept.next_at) == (24, 50, None)
    assert kept.due(NOW)


def test_a_run_changes_no_plan_and_the_plan_says_when_it_is_due(store: Store) -> None:
    store.fetches.save(Fetch("k", "arxiv", "rays", "", None))
    store.fetches.plan("k", 24, None)
    store.fetches.save(Fetch("k", "arxiv", "rays", "there", NOW, NOW, 3, 1))
    kept = store.fetches.get("k")
    assert kept is not None
    assert (kept.every_hours, kept.new) == (24, 3)
    assert kept.next_at == NOW + timedelta(hours=24)
    assert [kept.due(NOW + timedelta(hours=x)) for x in (0, 23, 24, 99)] == [
        False,
        False,
        True,
        True,
    ]
    store.fetches.plan("k", None, None)
    off = store.fetches.get("k")
    assert off is not None
    assert not off.due(NOW + timedelta(days=999))


@pytest.mark.parametrize(
    ("overdue_hours", "pause_hours"), [(0, 1), (1, 1), (2, 2), (5, 5), (24, 24), (90, 24)]
)
def test_a_planned_fetch_that_fails_is_tried_again_less_and_less_often(
    store: Store, overdue_hours: int, pause_hours: int
) -> None:
    ok_at = NOW - timedelta(hours=24 + overdue_hours)
    store.fetches.save(Fetch("k", "arxiv", "rays", "", NOW, ok_at, error="It is closed."))
    store.fetches.plan("k", 24, None)
    kept = store.fetches.get("k")
    assert kept is not None
    assert kept.next_at == NOW + timedelta(hours=pause_hours)


def test_a_first_planned_fetch_that_fails_is_tried_again_on_the_same_day(store: Store) -> None:
    store.fetches.save(Fetch("k", "arxiv", "rays", "", NOW, error="It is closed."))
    store.fetches.plan("k", 24 * 7, None)
    kept = store.fetches.get("k")
    assert kept is not None
    assert kept.next_at == NOW + timedelta(hours=6)


def test_when_planned_work_was_looked_for_is_kept(store: Store) -> None:
    assert store.scheduler_runs.last(APP) is None
    store.scheduler_runs.note(APP, NOW)
    store.scheduler_runs.note(APP, NOW + timedelta(minutes=1))
    store.scheduler_runs.note(FETCH, NOW)
    assert store.scheduler_runs.last(APP) == NOW + timedelta(minutes=1)
    store.scheduler_runs.forget(APP)
    assert store.scheduler_runs.last(APP) is None
    assert store.scheduler_runs.last(FETCH) == NOW


@pytest.mark.parametrize(("hours", "most"), [(0, 1), (-1, None), (1, 0)])
def test_a_plan_without_sense_is_refused(store: Store, hours: int, most: int | None) -> None:
    store.fetches.save(Fetch("k", "arxiv", "rays", "", None))
    with pytest.raises(StoreError):
        store.fetches.plan("k", hours, most)
