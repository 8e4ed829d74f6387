"""What to read next: one's own unread papers, ranked by everything else that one did."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from libraries import NOW, make_library, papers_on_all

from recommender.domain import Event, EventKind
from recommender.recommend.reading_order import unread_papers
from recommender.recommend.recommender import Recommender
from recommender.store import Store

BEES, BRIDGES, GLACIERS = (
    [f"doi:10.5555/{x}.{i}" for i in range(12)] for x in ("bees", "bridges", "glaciers")
)


@pytest.fixture
def me(tmp_path: Path) -> Iterator[tuple[Store, Recommender]]:
    library = make_library(tmp_path / "library", papers_on_all())
    store = library.open()
    store.readers.ensure("me", NOW)
    yield store, Recommender(store, library.settings)
    store.close()


def act(store: Store, kind: EventKind, *ids: str, interest: str = "me/general") -> None:
    for i, x in enumerate(ids):
        at = NOW + timedelta(minutes=i)
        store.feedback.append(Event(f"{kind}{x}", "me", interest, x, kind, at))


def unread(store: Store) -> list[str]:
    return unread_papers(store, store.event_logs.get("me"))


def test_unread_is_saved_noted_or_listed_and_neither_read_nor_turned_down(
    me: tuple[Store, Recommender],
) -> None:
    store, _ = me
    act(store, EventKind.save, *BEES[:4])
    act(store, EventKind.skip, BEES[0])
    act(store, EventKind.like, BRIDGES[5])
    store.annotations.status("me", [BEES[1], BRIDGES[0]], "read", NOW)
    store.annotations.status("me", [BRIDGES[1]], "reading", NOW + timedelta(hours=1))
    made = store.reading_lists.create("me", "Monday", NOW)
    store.reading_lists.extend(made.list_id, [BRIDGES[0], GLACIERS[0], BEES[2], BEES[0]], NOW)
    assert unread(store) == [BRIDGES[1], BEES[3], BEES[2], GLACIERS[0]]


def test_what_is_near_the_likes_comes_first_with_a_reason(me: tuple[Store, Recommender]) -> None:
    store, recommender = me
    act(store, EventKind.like, *GLACIERS[:4])
    made = store.reading_lists.create("me", "Monday", NOW)
    store.reading_lists.extend(made.list_id, [*BRIDGES[6:9], *GLACIERS[6:9], *BEES[6:8]], NOW)
    order = recommender.reading_order("me", now=NOW)
    assert {x.paper_id for x in order[:3]} == set(GLACIERS[6:9])
    assert {x.paper_id for x in order} == {*BRIDGES[6:9], *GLACIERS[6:9], *BEES[6:8]}
    assert [x.rank for x in order] == list(range(1, 9))
    for item in order[:3]:
        assert item.reasons[0].text.startswith("Because you liked “A")
        assert item.reasons[0].paper_id in GLACIERS[:4]
    assert len(store.feedback.events("me")) == 4
    assert store.feedback.slates("me") == []


def test_a_saved_paper_does_not_speak_for_itself(me: tuple[Store, Recommender]) -> None:
    """One saved bee among saved glaciers is last: without itself nothing speaks for it."""
    store, recommender = me
    act(store, EventKind.save, BEES[0], *GLACIERS[:7])
    order = recommender.reading_order("me", now=NOW)
    assert order[-1].paper_id == BEES[0]
    for item in order:
        assert all(x.paper_id != item.paper_id for x in item.reasons)


def test_each_paper_has_the_interest_that_wants_it_most(me: tuple[Store, Recommender]) -> None:
    store, recommender = me
    store.readers.ensure_interest("me", "Ice")
    act(store, EventKind.like, *BEES[:4])
    act(store, EventKind.like, *GLACIERS[:4], interest="me/ice")
    store.annotations.status("me", [BEES[8], GLACIERS[8]], "to-read", NOW)
    found = {x.paper_id: x.interest_id for x in recommender.reading_order("me", now=NOW)}
    assert found == {BEES[8]: "me/general", GLACIERS[8]: "me/ice"}


def test_where_nothing_is_known_the_newest_comes_first(me: tuple[Store, Recommender]) -> None:
    store, recommender = me
    assert recommender.reading_order("me", now=NOW) == []
    store.annotations.status("me", [BEES[0]], "to-read", NOW)
    store.annotations.status("me", [GLACIERS[0]], "to-read", NOW + timedelta(hours=1))
    order = recommender.reading_order("me", now=NOW)
    assert [x.paper_id for x in order] == [GLACIERS[0], BEES[0]]
    assert all(x.reasons == () for x in order)
