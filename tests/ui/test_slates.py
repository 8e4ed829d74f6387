"""The slates of a process: the same while nothing changes, another one when something does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from libraries import NOW, Library

from recommender.domain import Event, EventKind, Paper, Slate
from recommender.recommend.served_model import AT_ONCE
from ui import app_state
from ui.slates import Filter


def shown(explained: int = 12, wanted: Filter | None = None) -> Slate:
    log = app_state.store().event_logs.get("me")
    return app_state.slates().get(
        log, None, wanted or Filter(), shows=4, holds=20, explained=explained, now=NOW
    )


def like() -> None:
    paper_id = app_state.store().catalogue.ids()[0]
    event = Event("a", "me", "me/general", paper_id, EventKind.like, NOW)
    app_state.store().feedback.append(event)


def explore() -> None:
    app_state.store().preferences.set("me", "explore", 0.1)


def pause() -> None:
    app_state.store().readers.pause("me/general")


def test_a_slate_asked_for_twice_is_shown_once(library: Library) -> None:
    assert shown() == shown()
    (recorded,) = app_state.store().feedback.slates("me")
    assert len(recorded.items) == 4


def test_more_reasons_are_the_same_slate(library: Library) -> None:
    like()
    few, more = shown(explained=2), shown(explained=20)
    assert few.slate_id == more.slate_id
    assert [x.paper_id for x in few.items] == [x.paper_id for x in more.items]
    assert not any(x.reasons for x in few.items[2:])
    assert sum(bool(x.reasons) for x in more.items) > 2
    assert shown(explained=2) == more  # what is known already is not thrown away
    assert len(app_state.store().feedback.slates("me")) == 1


@pytest.mark.parametrize("change", [like, explore, pause])
def test_what_changes_a_slate_makes_another(library: Library, change: Callable[[], None]) -> None:
    before = shown()
    change()
    assert shown().slate_id != before.slate_id


def test_filters_have_slates_of_their_own(library: Library) -> None:
    assert shown().slate_id != shown(wanted=Filter(days=31)).slate_id
    assert shown(wanted=Filter(source="nowhere")).items == ()
    assert shown(wanted=Filter(venue="nowhere")).items == ()


def test_many_new_papers_are_in_the_first_slate_after_them(library: Library) -> None:
    def ids() -> set[str]:
        log = app_state.store().event_logs.get("me")
        slate = app_state.slates().get(log, None, Filter(), shows=4, holds=500, now=NOW)
        return {x.paper_id for x in slate.items}

    before = ids()
    new = [f"doi:10.5555/new.{i}" for i in range(2 * AT_ONCE)]
    abstract = "Deep learning of new networks"
    app_state.store().catalogue.add(
        [Paper(f"Study {x}", abstract=abstract, identifiers=(x,)) for x in new], NOW
    )
    assert ids() >= {*before, *new}
