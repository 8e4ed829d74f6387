"""The fold of the event log into what stands between a reader and a paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.domain import Event, EventKind, EventMeaning
from recommender.domain.history import (
    EventLog,
    PaperState,
    active_events,
    apply_event,
    fold,
    preference_weights,
)

START = datetime(2026, 11, 1, tzinfo=UTC)
KINDS = [kind for kind in EventKind if kind is not EventKind.undo]


def event(number: int, kind: EventKind, paper: str = "p", undoes: int | None = None) -> Event:
    at = START + timedelta(days=number)
    return Event(f"key{number}", "me", "me/general", paper, kind, at, None, undoes, number)


def state(**changes: object) -> PaperState:
    return replace(PaperState("p", "me/general", START), **changes)  # type: ignore[arg-type]


def test_last_verdict_stands_beside_a_save() -> None:
    log = [event(1, EventKind.save), event(2, EventKind.like), event(3, EventKind.dislike)]
    folded = fold(log)["p"]
    assert (folded.verdict, folded.saved, folded.at) == (EventKind.dislike, True, log[2].created_at)


def test_undo_leaves_no_trace_of_the_event() -> None:
    before = [event(1, EventKind.like), event(2, EventKind.open, "q")]
    apply_event = [*before, event(3, EventKind.skip), event(4, EventKind.undo, undoes=3)]
    assert fold(apply_event) == fold(before)


def test_undo_of_the_only_event_leaves_an_unjudged_paper() -> None:
    assert fold([event(1, EventKind.like), event(2, EventKind.undo, undoes=1)]) == {}


def test_a_paper_belongs_to_the_interest_of_its_newest_event() -> None:
    moved = replace(event(2, EventKind.like), interest_id="me/other")
    assert fold([event(1, EventKind.like), moved])["p"].interest_id == "me/other"


def test_events_count_in_their_numbered_order_however_they_come() -> None:
    log = [event(1, EventKind.like), event(2, EventKind.skip), event(3, EventKind.open, "q")]
    assert fold(reversed(log)) == fold(log)


@pytest.mark.parametrize(
    ("changes", "signal", "judged"),
    [
        ({}, None, False),
        ({"opened": True}, EventKind.open, False),
        ({"verdict": EventKind.like, "opened": True}, EventKind.like, True),
        ({"verdict": EventKind.like, "saved": True}, EventKind.save, True),
        ({"verdict": EventKind.skip, "saved": True}, EventKind.skip, True),
        ({"saved": True}, EventKind.save, True),
    ],
)
def test_one_signal_counts_for_learning(
    changes: dict[str, object], signal: EventKind | None, judged: bool
) -> None:
    assert (state(**changes).signal, state(**changes).judged) == (signal, judged)
    assert state(**changes).seen == (judged or bool(changes.get("opened")))


def test_weight_halves_with_every_half_life() -> None:
    meanings = {EventKind.like: EventMeaning(1.0, 10.0)}
    liked = {"p": state(verdict=EventKind.like)}
    assert preference_weights(liked, meanings, START + timedelta(days=20)) == {
        "p": pytest.approx(0.25)
    }
    assert preference_weights(liked, meanings, START - timedelta(days=20)) == {"p": 1.0}


def test_the_newest_answer_is_the_last_also_on_a_paper_seen_long_ago() -> None:
    log = [
        event(1, EventKind.open, "old"),
        event(2, EventKind.like, "first"),
        event(3, EventKind.like, "second"),
        event(4, EventKind.like, "old"),
    ]
    meanings = {EventKind.like: EventMeaning(1.0, None), EventKind.open: EventMeaning(0.1, None)}
    assert list(preference_weights(fold(log), meanings, START)) == ["first", "second", "old"]


def test_a_paper_without_signal_has_no_weight() -> None:
    assert preference_weights({"p": state()}, {}, START) == {}


@st.composite
def logs(draw: st.DrawFn) -> list[Event]:
    log: list[Event] = []
    for number in range(1, draw(st.integers(0, 12)) + 1):
        active = [x.event_id for x in active_events(log)]
        if active and draw(st.booleans()):
            undone = draw(st.sampled_from(active))
            paper = next(x.paper_id for x in log if x.event_id == undone)
            log.append(event(number, EventKind.undo, paper, undone))
        else:
            paper = draw(st.sampled_from("pqr"))
            log.append(event(number, draw(st.sampled_from(KINDS)), paper))
    return log


@given(logs())
def test_undoing_everything_empties_the_state(log: list[Event]) -> None:
    undos = [
        event(100 + i, EventKind.undo, x.paper_id, x.event_id)
        for i, x in enumerate(active_events(log))
    ]
    assert fold([*log, *undos]) == {}


@given(logs())
def test_a_fold_is_that_of_its_standing_events(log: list[Event]) -> None:
    assert fold(active_events(log)) == fold(log)


@given(logs(), st.integers(0, 12))
def test_a_continued_log_is_the_whole_log(log: list[Event], cut: int) -> None:
    continued = EventLog("r", 1, tuple(log[:cut])).continued(log[cut:])
    whole = EventLog("r", 1, tuple(log))
    assert continued == whole
    assert continued.active_events == whole.active_events
    assert list(continued.states.items()) == list(whole.states.items())


def test_folding_a_log_is_adding_one_event_after_the_other() -> None:
    kinds = [EventKind.open, EventKind.like, EventKind.save, EventKind.skip, EventKind.dislike]
    events = [
        Event(str(i), "r", f"r/{i % 2}", f"p{i % 7}", kinds[i % 5], START, event_id=i + 1)
        for i in range(60)
    ]
    states: dict[str, PaperState] = {}
    for event in events:
        states[event.paper_id] = apply_event(states.get(event.paper_id), event)
    assert fold(events) == states
    assert list(fold(events)) == list(states)
