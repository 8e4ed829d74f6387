"""What the deck is told has changed."""

from __future__ import annotations

from dataclasses import replace

from libraries import NOW

from recommender.domain import Event, EventKind, Reason, Recommendation, Slate
from ui.cards import Dealt, change
from ui.session import Log


def slate(*ids: str, words: tuple[str, ...] = (), name: str = "s") -> Slate:
    reasons = (Reason("words", "x", words=words),) if words else ()
    items = tuple(Recommendation(i + 1, x, x, 1.0, {}, reasons) for i, x in enumerate(ids))
    return Slate(name, "me", None, "app", "m", NOW, items)


def event(number: int, kind: EventKind, paper_id: str, undoes: int | None = None) -> Event:
    return Event(str(number), "me", "me/general", paper_id, kind, NOW, None, undoes, number)


def said(kind: EventKind, before: Slate, after: Slate) -> str:
    log = Log("me", 1, (event(1, kind, before.items[0].paper_id),))
    return change(Dealt(None, 0, before), Dealt(None, 1, after), log)


def test_papers_that_moved_up_are_counted_and_their_words_named() -> None:
    before = slate("a", "b", "c", "d", "e")
    after = slate("d", "e", "b", "c", words=("ice", "snow", "firn"), name="t")
    assert said(EventKind.like, before, after) == "Liked. More on ice, snow; 2 papers moved up."


def test_a_skip_names_no_subject() -> None:
    after = slate("c", "b", words=("ice",), name="t")
    assert said(EventKind.skip, slate("a", "b", "c"), after) == "Skipped. 1 paper moved up."


def test_a_paper_that_only_fills_the_gap_has_not_moved() -> None:
    after = slate("b", "c", "new", name="t")
    expected = "Liked. The queue keeps its order."
    assert said(EventKind.like, slate("a", "b", "c"), after) == expected


def test_a_new_paper_that_overtakes_has_moved_up() -> None:
    after = slate("new", "b", "c", name="t")
    assert said(EventKind.like, slate("a", "b", "c"), after) == "Liked. 1 paper moved up."


def test_nothing_is_said_without_a_new_event() -> None:
    log = Log("me", 1, (event(1, EventKind.like, "a"),))
    dealt = Dealt(None, 1, slate("b"))
    assert change(dealt, replace(dealt, slate=slate("c", name="t")), log) == ""


def test_nothing_is_said_across_readers_or_interests() -> None:
    log = Log("me", 1, (event(1, EventKind.like, "a"),))
    after = Dealt(None, 1, slate("b", name="t"))
    assert change(Dealt("me/other", 0, slate("a", "b")), after, log) == ""
    other = replace(slate("a", "b"), reader_id="other")
    assert change(Dealt(None, 0, other), after, log) == ""
    assert change(None, after, log) == ""
