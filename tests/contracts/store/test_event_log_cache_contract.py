"""The logs a store keeps in memory: always what the events on disk say."""

from __future__ import annotations

import pytest
from stores import NOW

from recommender.domain import Event, EventKind, Paper
from recommender.domain.history import fold
from recommender.store import Store


@pytest.fixture
def ann(store: Store) -> str:
    papers = [Paper(f"Study {x}", identifiers=(f"doi:10.5555/{x}",)) for x in "abc"]
    store.catalogue.add(papers, NOW)
    return store.readers.ensure("Ann", NOW).reader_id


def act(store: Store, reader_id: str, kind: EventKind, paper_id: str) -> Event:
    number = store.feedback.last_event_id() + 1
    interest = f"{reader_id}/general"
    return store.feedback.append(
        Event(f"k{number}", reader_id, interest, f"doi:10.5555/{paper_id}", kind, NOW)
    )


def test_a_log_grows_with_every_event(store: Store, ann: str) -> None:
    assert store.event_logs.get(ann).events == ()
    for kind, paper_id in (("like", "a"), ("skip", "b"), ("undo", "a"), ("save", "a")):
        act(store, ann, EventKind(kind), paper_id)
        log = store.event_logs.get(ann)
        assert list(log.events) == store.feedback.events(ann)
        assert log.states == fold(log.events)
    assert log.judged("doi:10.5555/a")


def test_nothing_new_gives_the_same_log(store: Store, ann: str) -> None:
    act(store, ann, EventKind.like, "a")
    assert store.event_logs.get(ann) is store.event_logs.get(ann)


def test_readers_do_not_share_a_log(store: Store, ann: str) -> None:
    bob = store.readers.ensure("Bob", NOW).reader_id
    act(store, ann, EventKind.like, "a")
    act(store, bob, EventKind.skip, "b")
    assert [e.reader_id for e in store.event_logs.get(ann).events] == [ann]
    assert [e.reader_id for e in store.event_logs.get(bob).events] == [bob]


def test_a_merge_changes_the_papers_of_the_log(store: Store, ann: str) -> None:
    act(store, ann, EventKind.like, "b")
    store.event_logs.get(ann)
    store.catalogue.add([Paper("Study a", identifiers=("doi:10.5555/a", "doi:10.5555/b"))], NOW)
    assert list(store.event_logs.get(ann).events) == store.feedback.events(ann)


def test_a_reader_who_was_forgotten_begins_anew(store: Store, ann: str) -> None:
    act(store, ann, EventKind.like, "a")
    store.event_logs.get(ann)
    store.readers.forget(ann)
    assert store.event_logs.get(ann).events == ()
    again = store.readers.ensure("Ann", NOW).reader_id
    act(store, again, EventKind.skip, "b")
    assert [e.kind for e in store.event_logs.get(again).events] == [EventKind.skip]


def test_an_unknown_reader_has_an_empty_log(store: Store) -> None:
    assert store.event_logs.get("nobody").states == {}
