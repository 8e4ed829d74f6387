"""A reader's current state, computed from the event log. Pure; runs on every request.

Of the verdicts on a paper (like, skip, dislike) the last one counts. A save and an
open are kept in addition. An undo removes the event it names, with all its effects.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from recommender.domain import Event, EventKind, EventMeaning, Interest

VERDICTS = frozenset({EventKind.like, EventKind.skip, EventKind.dislike})
POSITIVE = frozenset({EventKind.like, EventKind.save})
"""Events that say a reader wants a paper."""
NEGATIVE = frozenset({EventKind.skip, EventKind.dislike})
"""Events that say a reader does not want a paper."""
JUDGING = POSITIVE | NEGATIVE
"""Events that say whether a reader wants a paper."""


@dataclass(frozen=True, slots=True)
class PaperState:
    """What one reader did with one paper, after all events.

    `verdict` is like, skip, dislike or None. `saved` and `opened` are
    independent of it. `at` is the time of the newest active event.
    """

    paper_id: str
    interest_id: str
    at: datetime
    verdict: EventKind | None = None
    saved: bool = False
    opened: bool = False

    @property
    def judged(self) -> bool:
        """True when the paper has a verdict or is saved."""
        return self.verdict is not None or self.saved

    @property
    def seen(self) -> bool:
        """True when the paper must not be suggested again: judged or opened."""
        return self.judged or self.opened

    @property
    def signal(self) -> EventKind | None:
        """The one event kind whose meaning counts for learning."""
        if self.verdict in NEGATIVE:
            return self.verdict
        if self.saved:
            return EventKind.save
        if self.verdict is not None:
            return self.verdict
        return EventKind.open if self.opened else None

    @property
    def liked(self) -> bool:
        """True when the reader liked or saved the paper and has not rejected it."""
        return self.signal in POSITIVE

    @property
    def rejected(self) -> bool:
        """True when the reader's last verdict is a skip or a dislike."""
        return self.verdict in NEGATIVE


@dataclass(frozen=True)
class EventLog:
    """A reader's events up to some time, oldest first, and the state of papers after them.

    `revision` is the catalogue's at that time, on which the ids of papers depend.
    """

    reader_id: str
    revision: int
    events: tuple[Event, ...] = ()
    _active: Sequence[Event] | None = field(default=None, compare=False, repr=False)
    _states: Mapping[str, PaperState] | None = field(default=None, compare=False, repr=False)

    @property
    def last_event_id(self) -> int:
        """The number of the newest event, 0 without events."""
        return self.events[-1].event_id if self.events else 0

    @cached_property
    def active_events(self) -> Sequence[Event]:
        """The events that no undo has cancelled, oldest first."""
        return active_events(self.events) if self._active is None else self._active

    @cached_property
    def states(self) -> Mapping[str, PaperState]:
        """``{paper_id: PaperState}`` after all events; not to be changed."""
        return fold(self.events) if self._states is None else self._states

    def continued(self, news: Sequence[Event]) -> EventLog:
        """Return the log with newer events appended, oldest first.

        The states are updated by the new events alone, unless one of them is an undo.
        """
        events = (*self.events, *news)
        if any(e.kind is EventKind.undo for e in news):
            return EventLog(self.reader_id, self.revision, events)
        states = dict(self.states)
        for event in news:
            states[event.paper_id] = apply_event(states.get(event.paper_id), event)
        active = [*self.active_events, *news]
        return EventLog(self.reader_id, self.revision, events, active, states)

    def judged(self, paper_id: str) -> bool:
        """Return whether a paper has been liked, skipped, disliked or saved."""
        held = self.states.get(paper_id)
        return held is not None and held.judged

    def newest(self, paper_id: str, kinds: Collection[EventKind]) -> Event | None:
        """Return the newest active event of these kinds on a paper, or None."""
        on_paper = (e for e in reversed(self.active_events) if e.paper_id == paper_id)
        return next((e for e in on_paper if e.kind in kinds), None)


def active_events(events: Iterable[Event]) -> list[Event]:
    """Return the events that no undo has cancelled, oldest first, undos left out."""
    ordered = sorted(events, key=lambda e: e.event_id)
    cancelled = {e.undoes for e in ordered if e.kind is EventKind.undo}
    return [e for e in ordered if e.kind is not EventKind.undo and e.event_id not in cancelled]


def fold(events: Iterable[Event]) -> dict[str, PaperState]:
    """Fold one reader's events into ``{paper_id: PaperState}``, oldest paper first.

    A paper belongs to the interest of its newest active event.
    """
    # As `apply_event` for each event, without creating a PaperState for each.
    states: dict[str, tuple[str, datetime, EventKind | None, bool, bool]] = {}
    for event in active_events(events):
        _, _, verdict, saved, opened = states.get(event.paper_id, _NOTHING)
        if event.kind in VERDICTS:
            verdict = event.kind
        elif event.kind is EventKind.save:
            saved = True
        else:
            opened = True
        states[event.paper_id] = (event.interest_id, event.created_at, verdict, saved, opened)
    return {paper_id: PaperState(paper_id, *held) for paper_id, held in states.items()}


def after_resets(events: Iterable[Event], interests: Iterable[Interest]) -> list[Event]:
    """Return the events to learn from: without those in an interest up to its last reset."""
    resets = {x.interest_id: x.reset_after for x in interests if x.reset_after is not None}
    return [x for x in events if x.event_id > resets.get(x.interest_id, 0)]


def learning_events(events: Iterable[Event], interests: Iterable[Interest]) -> list[Event]:
    """Return the events that no undo has cancelled and no reset left out, oldest first."""
    return after_resets(active_events(events), interests)


def learning_states(log: EventLog, interests: Collection[Interest]) -> Mapping[str, PaperState]:
    """Return the states to learn from, see `after_resets`; what is left out stays seen."""
    if all(x.reset_after is None for x in interests):
        return log.states
    return fold(after_resets(log.active_events, interests))


_NOTHING = ("", datetime.min, None, False, False)


def apply_event(state: PaperState | None, event: Event) -> PaperState:
    """Return the state of a paper after one more active event; None before the first."""
    if state is None:
        state = PaperState(event.paper_id, event.interest_id, event.created_at)
    state = replace(state, interest_id=event.interest_id, at=event.created_at)
    if event.kind in VERDICTS:
        return replace(state, verdict=event.kind)
    if event.kind is EventKind.save:
        return replace(state, saved=True)
    return replace(state, opened=True)


def meanings_with(
    meanings: Mapping[EventKind, EventMeaning], half_life_days: float | None
) -> Mapping[EventKind, EventMeaning]:
    """Return what events mean where every answer fades; itself for None."""
    if half_life_days is None:
        return meanings
    return {kind: replace(x, half_life_days=half_life_days) for kind, x in meanings.items()}


def preference_weights(
    states: Mapping[str, PaperState],
    meanings: Mapping[EventKind, EventMeaning],
    now: datetime,
) -> dict[str, float]:
    """Return ``{paper_id: weight}`` as of `now`; papers without a signal are left out.

    Weight halves with every half-life of its event kind since the event. The paper whose newest
    event is oldest comes first: of many likes only the last are compared.
    """
    weights: dict[str, float] = {}
    for paper_id, state in sorted(states.items(), key=lambda x: x[1].at):
        if state.signal is None:
            continue
        meaning = meanings[state.signal]
        weight = meaning.weight
        if meaning.half_life_days is not None:
            age_days = max((now - state.at).total_seconds(), 0.0) / 86_400
            weight *= float(0.5 ** (age_days / meaning.half_life_days))
        weights[paper_id] = weight
    return weights
