"""The event log and the slates, on every database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from math import isnan, nan
from typing import Any

import pytest
from sqlalchemy import Engine, insert, text
from sqlalchemy.event import listen, remove
from stores import NOW, event, fill, paper, slate

from recommender.domain import Event, EventKind, SharedPaper, Slate
from recommender.domain.history import fold
from recommender.errors import (
    NothingToUndo,
    StoreError,
    UnknownInterest,
    UnknownPaper,
    UnknownReader,
)
from recommender.store import Store
from recommender.store.models import SLATE
from recommender.store.slates import record


def test_an_event_comes_back_numbered_under_canonical_ids(store: Store) -> None:
    ids = fill(store)
    stored = store.feedback.append(event("arXiv:2401.00001v2", "k", slate_id="s"))
    expected = Event("k", "me", "me/general", ids[1], EventKind.like, NOW, "s", None, 1)
    assert stored == expected
    assert store.feedback.events("me") == [expected]


def test_one_client_key_is_one_event(store: Store) -> None:
    ids = fill(store)
    first = store.feedback.append(event(ids[0], "k"))
    assert store.feedback.append(event(ids[0], "k")) == first
    assert store.feedback.append(event(ids[1], "k", EventKind.skip)) == first
    assert len(store.feedback.events()) == 1


def test_two_readers_may_use_one_client_key(store: Store) -> None:
    ids = fill(store)
    fill(store, reader="you")
    mine, yours = (store.feedback.append(event(ids[0], "k", reader=x)) for x in ("me", "you"))
    assert (mine.reader_id, yours.reader_id) == ("me", "you")
    assert store.feedback.last_event_id() == yours.event_id
    assert store.feedback.last_event_id("me") == mine.event_id
    assert store.feedback.events("me") == [mine]


def test_events_are_read_from_a_number_on(store: Store) -> None:
    ids = fill(store)
    stored = store.feedback.append_many([event(x, f"k{x}") for x in ids])
    assert [x.event_id for x in stored] == sorted(x.event_id for x in stored)
    assert store.feedback.events(after_id=stored[3].event_id) == stored[4:]
    assert store.feedback.events("me", after_id=stored[-1].event_id) == []
    assert store.feedback.last_event_id("nobody") == 0
    assert store.feedback.append_many([]) == []


def test_a_batch_with_one_bad_event_stores_none(store: Store) -> None:
    ids = fill(store)
    with pytest.raises(UnknownPaper):
        store.feedback.append_many([event(ids[0], "a"), event("arxiv:9999.99999", "b")])
    assert store.feedback.events() == []


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"paper_id": "arxiv:9999.99999"}, UnknownPaper),
        ({"paper_id": "\x00"}, UnknownPaper),
        ({"paper_id": "\ud800"}, UnknownPaper),
        ({"reader_id": "nobody"}, UnknownReader),
        ({"interest_id": "nothing"}, UnknownInterest),
        ({"interest_id": "you/general"}, UnknownInterest),
        ({"client_key": ""}, StoreError),
        ({"client_key": "two\nlines"}, StoreError),
        ({"client_key": "x" * 201}, StoreError),
        ({"created_at": datetime(2026, 11, 18)}, StoreError),
        ({"kind": "adore"}, StoreError),
        ({"undoes": 1}, StoreError),
    ],
)
def test_what_an_event_names_must_be_there(
    store: Store, changes: dict[str, Any], error: type[StoreError]
) -> None:
    ids = fill(store)
    fill(store, reader="you")
    with pytest.raises(error):
        store.feedback.append(replace(event(ids[0], "k"), **changes))
    assert store.feedback.events() == []


def test_undo_takes_back_the_newest_standing_event_of_any_interest(store: Store) -> None:
    ids = fill(store)
    store.readers.ensure_interest("me", "Other")
    first = store.feedback.append(event(ids[0], "a"))
    second = store.feedback.append(replace(event(ids[0], "b"), interest_id="other"))
    store.feedback.append(event(ids[1], "c"))
    undos = [store.feedback.append(event(ids[0], x, EventKind.undo)) for x in ("u1", "u2")]
    assert [x.undoes for x in undos] == [second.event_id, first.event_id]
    assert set(fold(store.feedback.events("me"))) == {ids[1]}


def test_undo_of_a_named_event(store: Store) -> None:
    ids = fill(store)
    first, _ = store.feedback.append_many([event(ids[0], "a"), event(ids[0], "b", EventKind.save)])
    undo = event(ids[0], "u", EventKind.undo, undoes=first.event_id)
    assert store.feedback.append(undo).undoes == first.event_id
    assert fold(store.feedback.events("me"))[ids[0]].saved


def test_an_undo_that_arrives_twice_is_one(store: Store) -> None:
    ids = fill(store)
    store.feedback.append_many([event(ids[0], "a"), event(ids[0], "b")])
    first = store.feedback.append(event(ids[0], "u", EventKind.undo))
    assert store.feedback.append(event(ids[0], "u", EventKind.undo)) == first
    assert len(store.feedback.events()) == 3


def test_there_must_be_something_to_undo(store: Store) -> None:
    ids = fill(store)
    fill(store, reader="you")
    liked = store.feedback.append(event(ids[0], "a"))
    theirs = store.feedback.append(event(ids[1], "a", reader="you"))
    for target in (
        event(ids[1], "u", EventKind.undo),
        event(ids[1], "u", EventKind.undo, undoes=liked.event_id),
        event(ids[1], "u", EventKind.undo, undoes=theirs.event_id),
        event(ids[0], "u", EventKind.undo, undoes=999),
    ):
        with pytest.raises(NothingToUndo, match=target.paper_id):
            store.feedback.append(target)
    undone = store.feedback.append(event(ids[0], "u", EventKind.undo))
    for again in (liked.event_id, undone.event_id, None):
        with pytest.raises(NothingToUndo):
            store.feedback.append(event(ids[0], "v", EventKind.undo, undoes=again))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET kind = 'skip'",
        "UPDATE event SET created_at = created_at",
        "DELETE FROM event",
    ],
)
def test_the_database_itself_refuses_to_change_the_log(store: Store, statement: str) -> None:
    ids = fill(store)
    stored = store.feedback.append(event(ids[0], "k"))
    with pytest.raises(StoreError), store.database.write() as connection:
        connection.execute(text(statement))
    assert store.feedback.events() == [stored]


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    fill(store)

    def fail() -> None:
        with store.database.write() as connection:
            connection.execute(text("DELETE FROM reader"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [x.name for x in store.readers.list()] == ["me"]


def test_a_slate_comes_back_as_it_was_shown(store: Store) -> None:
    ids = fill(store)
    shown = slate("s1", ids[:3], interest_id="me/general")
    store.feedback.record_slate(shown)
    back = store.feedback.slate("s1")
    assert back is not None
    titled = tuple(replace(x, title=store.catalogue.get(x.paper_id).title) for x in shown.items)
    assert back == replace(shown, items=titled)
    assert store.feedback.slate("s2") is None


def test_a_part_that_could_not_be_computed_stays_so(store: Store) -> None:
    ids = fill(store)
    shown = slate("s1", ids[:1])
    parts = {"als": nan, "tfidf": 0.1}
    store.feedback.record_slate(replace(shown, items=(replace(shown.items[0], parts=parts),)))
    back = store.feedback.slate("s1")
    assert back is not None
    assert isnan(back.items[0].parts["als"])
    assert back.items[0].parts["tfidf"] == 0.1


def test_an_empty_slate_is_a_slate(store: Store) -> None:
    fill(store)
    store.feedback.record_slate(slate("s1", []))
    assert store.feedback.slate("s1") == slate("s1", [])


def test_slates_come_newest_first_by_surface(store: Store) -> None:
    ids = fill(store)
    fill(store, reader="you")
    for name, surface in (("a", "app"), ("b", "digest"), ("c", "app")):
        store.feedback.record_slate(slate(name, ids[:2], surface=surface))
    store.feedback.record_slate(slate("d", ids[:2], reader_id="you"))
    assert [x.slate_id for x in store.feedback.slates("me")] == ["c", "b", "a"]
    assert [x.slate_id for x in store.feedback.slates("me", "app", 1)] == ["c"]
    assert [len(x.items) for x in store.feedback.slates("me", "digest")] == [2]
    assert store.feedback.slates("me", limit=0) == []


def test_what_papers_were_drawn_from_comes_back_under_todays_ids(store: Store) -> None:
    preprint, article = paper("Tides", "arxiv:2402.00001"), paper("Of tides", "doi:10.5555/t")
    old = store.catalogue.add([preprint, article], NOW)
    ids = fill(store, 3)
    drawn_from = ({old[0].paper_id: 0.5, ids[0]: 0.25}, {}, {old[1].paper_id: 0.75, ids[1]: 0.5})
    shown = slate("s", ids)
    items = [replace(x, drawn_from=y) for x, y in zip(shown.items, drawn_from, strict=True)]
    store.feedback.record_slate(replace(shown, items=tuple(items)))
    both = paper("Of tides", "arxiv:2402.00001", "doi:10.5555/t")
    joined = store.catalogue.add([both], NOW)[0].paper_id
    assert {x.paper_id for x in old} > {joined}
    (found,) = store.feedback.slates("me")
    expected = ({joined: 0.5, ids[0]: 0.25}, {}, {joined: 0.75, ids[1]: 0.5})
    assert tuple(dict(x.drawn_from) for x in found.items) == expected


def test_drawn_papers_are_looked_up_together(store: Store) -> None:
    ids = fill(store)
    statements: list[str] = []

    def keep(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    def n_statements() -> int:
        statements.clear()
        store.feedback.slates("me")
        return len(statements)

    counts = []
    listen(Engine, "before_cursor_execute", keep)
    try:
        for name in ("a", "b"):
            shown = slate(name, ids)
            items = [replace(x, drawn_from={x.paper_id: 1.0}) for x in shown.items]
            store.feedback.record_slate(replace(shown, items=tuple(items)))
            counts.append(n_statements())
    finally:
        remove(Engine, "before_cursor_execute", keep)
    assert counts[0] == counts[1] > 0


def test_the_same_slate_is_stored_once_and_belongs_to_one_reader(store: Store) -> None:
    ids = fill(store)
    fill(store, reader="you")
    store.feedback.record_slate(slate("s1", ids[:3]))
    store.feedback.record_slate(slate("s1", ids[3:]))
    assert [len(x.items) for x in store.feedback.slates("me")] == [3]
    with pytest.raises(StoreError, match="another reader"):
        store.feedback.record_slate(slate("s1", ids, reader_id="you"))


@pytest.mark.parametrize(
    "changes",
    [
        {"score": nan},
        {"score": float("inf")},
        {"propensity": 1.5},
        {"propensity": nan},
        {"rank": 0},
    ],
)
def test_a_slate_of_impossible_numbers_is_refused(store: Store, changes: dict[str, Any]) -> None:
    ids = fill(store)
    shown = slate("s1", ids[:2])
    broken = (shown.items[0], replace(shown.items[1], **changes))
    with pytest.raises(StoreError, match="Slate 's1': items"):
        store.feedback.record_slate(replace(shown, items=broken))
    assert store.counts()["slates"] == 0


def test_a_slate_names_what_is_there(store: Store) -> None:
    ids = fill(store)
    shown = slate("s1", ids[:2])
    for broken, error in (
        (replace(shown, reader_id="nobody"), UnknownReader),
        (replace(shown, interest_id="nothing"), UnknownInterest),
        (slate("s1", [ids[0], "arxiv:9999.99999"]), UnknownPaper),
        (replace(shown, items=shown.items[:1] * 2), StoreError),
    ):
        with pytest.raises(error):
            store.feedback.record_slate(broken)
    assert store.counts()["slates"] == 0


@pytest.mark.slow
def test_threads_with_own_and_shared_keys_lose_and_double_nothing(store: Store) -> None:
    ids = fill(store, 50)

    def click(thread: int) -> list[Event]:
        stored = []
        for i, paper_id in enumerate(ids):
            stored.append(store.feedback.append(event(paper_id, f"own {thread} {i}")))
            stored.append(store.feedback.append(event(paper_id, f"shared {i}")))
        return stored

    with ThreadPoolExecutor(8) as threads:
        answers = [x for one in threads.map(click, range(8)) for x in one]
    log = store.feedback.events()
    assert len(log) == 8 * 50 + 50
    assert {x.client_key for x in log} == {x.client_key for x in answers}
    assert set(log) == set(answers)


def test_threads_that_undo_one_like_undo_it_once(store: Store) -> None:
    ids = fill(store)
    store.feedback.append(event(ids[0], "like"))

    def undo(thread: int) -> bool:
        try:
            store.feedback.append(event(ids[0], f"undo {thread}", EventKind.undo))
        except NothingToUndo:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(undo, range(8))) == 1
    assert len(store.feedback.events()) == 2


def test_answered_papers_that_rankers_shared_are_found_in_all_slates(store: Store) -> None:
    ids = fill(store)
    fill(store, reader="you")
    teams = ("candidate", "served", "")

    def shared(slate_id: str, at: datetime) -> Slate:
        made = slate(slate_id, ids[:3])
        items = tuple(replace(x, team=y) for x, y in zip(made.items, teams, strict=True))
        return replace(made, items=items, created_at=at)

    later = NOW + timedelta(days=90)
    between = {"reader_id": "me", "surface": "app", "model": "m1", "created_at": NOW}
    with store.database.write() as connection:
        record(connection, shared("first", NOW))
        connection.execute(insert(SLATE), [between | {"slate_id": str(i)} for i in range(1_600)])
        record(connection, shared("last", later))
    answers = [(ids[0], "first"), (ids[0], "first"), (ids[1], "first"), (ids[2], "first")]
    answers += [(ids[1], None), (ids[3], "last"), (ids[0], "last")]
    store.feedback.append_many(
        [event(x, str(i), slate_id=slate_id) for i, (x, slate_id) in enumerate(answers)]
    )
    assert store.feedback.answered_shared_papers("me") == [
        SharedPaper("first", NOW, ids[0], "candidate"),
        SharedPaper("first", NOW, ids[1], "served"),
        SharedPaper("last", later, ids[0], "candidate"),
    ]
    assert store.feedback.answered_shared_papers("you") == []
