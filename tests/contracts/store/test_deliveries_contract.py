"""What every store promises of the ledger, on every database."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from stores import NOW, fill

from recommender.errors import StoreError, UnknownList, UnknownReader
from recommender.store import Store

WEEK = "2026-W46"
LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def number(store: Store) -> int:
    fill(store)
    assert store.deliveries.expect("me", WEEK, ["mail"], NOW, NOW) == 1
    return store.deliveries.list()[0].number


def state(store: Store) -> str:
    (only,) = store.deliveries.list()
    return only.state


def claimed(store: Store, number: int, now=NOW, until=LATER) -> str:
    claim = store.deliveries.claim(number, now, until)
    assert claim is not None
    return claim


def test_an_issue_is_noted_once_for_each_channel(store: Store, number: int) -> None:
    assert store.deliveries.expect("me", WEEK, ["mail", "page"], NOW, LATER) == 1
    assert [(x.channel, x.state) for x in store.deliveries.list("me")] == [
        ("page", "waiting"),
        ("mail", "waiting"),
    ]
    with pytest.raises(UnknownReader):
        store.deliveries.expect("nobody", WEEK, ["mail"], NOW, NOW)


def test_nothing_is_ready_before_it_is_due(store: Store, number: int) -> None:
    before = NOW - timedelta(seconds=1)
    assert store.deliveries.ready(before) == []
    assert store.deliveries.claim(number, before, LATER) is None
    assert [x.number for x in store.deliveries.ready(NOW)] == [number]


def test_of_many_that_claim_one_gets_it(store: Store, number: int) -> None:
    got: list[str | None] = []
    together = Barrier(6)

    def claim() -> None:
        together.wait()
        got.append(store.deliveries.claim(number, NOW, LATER))

    threads = [Thread(target=claim) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(x is not None for x in got) == 1
    assert store.deliveries.list()[0].attempts == 1


def test_what_is_sent_is_never_ready_again(store: Store, number: int) -> None:
    claim = claimed(store, number)
    assert store.deliveries.begin(number, claim, NOW, LATER)
    assert store.deliveries.finish(number, claim, "sent", NOW, result="250 ok", message="<m@x>")
    assert store.deliveries.ready(NOW + timedelta(days=400)) == []
    assert store.deliveries.sweep(NOW + timedelta(days=400)) == 0
    (only,) = store.deliveries.list(states=["sent"])
    assert (only.message, only.result, only.attempts) == ("<m@x>", "250 ok", 1)


def test_a_failure_is_tried_again_from_its_time_on(store: Store, number: int) -> None:
    claim = claimed(store, number)
    assert store.deliveries.finish(number, claim, "failed", NOW, result="no", retry_at=LATER)
    assert store.deliveries.ready(LATER - timedelta(seconds=1)) == []
    claimed(store, number, LATER, LATER + timedelta(minutes=1))
    assert store.deliveries.list()[0].attempts == 2


def test_a_claim_that_ran_out_before_sending_is_taken_over(store: Store, number: int) -> None:
    old = claimed(store, number)
    assert store.deliveries.sweep(LATER) == 0
    new = claimed(store, number, LATER, LATER + timedelta(minutes=1))
    assert not store.deliveries.begin(number, old, LATER, LATER)
    assert not store.deliveries.finish(number, old, "sent", LATER, result="")
    assert store.deliveries.begin(number, new, LATER, LATER + timedelta(minutes=1))


def test_a_claim_that_ran_out_does_not_begin(store: Store, number: int) -> None:
    claim = claimed(store, number)
    assert not store.deliveries.begin(number, claim, LATER, LATER + timedelta(minutes=1))


def test_what_ran_out_while_sending_is_unclear_and_waits_for_a_person(
    store: Store, number: int
) -> None:
    claim = claimed(store, number)
    store.deliveries.begin(number, claim, NOW, LATER)
    assert store.deliveries.sweep(NOW) == 0
    assert store.deliveries.sweep(LATER) == 1
    assert state(store) == "unclear"
    assert store.deliveries.ready(LATER + timedelta(days=9)) == []
    store.deliveries.resolve(number, arrived=False, now=LATER)
    assert [x.number for x in store.deliveries.ready(LATER)] == [number]
    with pytest.raises(StoreError, match="unclear"):
        store.deliveries.resolve(number, arrived=True, now=LATER)


def test_an_outcome_that_comes_late_clears_it_up(store: Store, number: int) -> None:
    claim = claimed(store, number)
    store.deliveries.begin(number, claim, NOW, LATER)
    store.deliveries.sweep(LATER)
    assert store.deliveries.finish(number, claim, "sent", LATER, result="250 ok")
    assert state(store) == "sent"


def test_a_forgotten_readers_deliveries_stay_without_the_reader(store: Store, number: int) -> None:
    store.readers.forget("me")
    (only,) = store.deliveries.list()
    assert (only.reader_id, only.state) == (None, "waiting")
    assert store.deliveries.ready(LATER) == []
    assert store.deliveries.claim(number, NOW, LATER) is None


def test_a_feed_opens_by_its_token_until_it_is_revoked(store: Store) -> None:
    fill(store)
    token = store.feed_tokens.new("me", None, NOW)
    assert len(token) >= 32
    found = store.feed_tokens.find(token)
    assert found is not None
    assert (found.reader_id, found.list_id) == ("me", None)
    assert store.feed_tokens.find(token[:-1]) is None
    assert store.feed_tokens.find("\ud800") is None
    store.readers.ensure("Bob", NOW)
    assert not store.feed_tokens.revoke("bob", found.number)
    assert store.feed_tokens.revoke("me", found.number)
    assert store.feed_tokens.find(token) is None
    assert store.feed_tokens.list("me") == []


def test_a_feed_of_a_list_goes_with_the_list(store: Store) -> None:
    fill(store)
    made = store.reading_lists.create("me", "Otters", NOW)
    token = store.feed_tokens.new("me", made.list_id, NOW)
    assert [x.list_id for x in store.feed_tokens.list("me")] == [made.list_id]
    store.reading_lists.delete(made.list_id)
    assert store.feed_tokens.find(token) is None
    with pytest.raises(UnknownList):
        store.feed_tokens.new("me", made.list_id, NOW)


def test_a_token_is_nowhere_in_the_library(store: Store) -> None:
    fill(store)
    token = store.feed_tokens.new("me", None, NOW)
    with store.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM feed").all()
    assert token not in repr(rows)
