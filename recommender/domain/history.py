"""A reader's current state, folded from the event log. Pure; runs on every request.

The last verdict on a paper (like, skip, dislike) stands; a save stands beside
it; an undo removes the event it names as if it had never been.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from recommender.domain import Event, EventKind, EventMeaning

VERDICTS = frozenset({EventKind.like, EventKind.skip, EventKind.dislike})


@dataclass(frozen=True, slots=True)
class PaperState:
    """What stands between a reader and a paper after all events.

    `verdict` is like, skip, dislike or None. `saved` and `opened` are
    independent of it. `at` is the time of the newest standing event.
    """

    paper_id: str
    interest_id: str
    at: datetime
    verdict: EventKind | None = None
    saved: bool = False
    opened: bool = False

    @property
    def judged(self) -> bool:
        """True when the paper must not be suggested again."""
        return self.verdict is not None or self.saved

    @property
    def signal(self) -> EventKind | None:
        """The one event kind whose meaning counts for learning."""
        if self.verdict in (EventKind.skip, EventKind.dislike):
            return self.verdict
        if self.saved:
            return EventKind.save
        if self.verdict is not None:
            return self.verdict
        return EventKind.open if self.opened else None


@dataclass(frozen=True)
class Log:
    """A reader's events up to some time, oldest first, and what stands after them.

    `revision` is the catalogue's at that time, on which the ids of papers depend.
    """

    reader_id: str
    revision: int
    events: tuple[Event, ...] = ()

    @property
    def last_event_id(self) -> int:
        """The number of the newest event, 0 without events."""
        return self.events[-1].event_id if self.events else 0

    @cached_property
    def standing(self) -> list[Event]:
        """The events that no undo has cancelled, oldest first."""
        return standing_events(self.events)

    @cached_property
    def states(self) -> dict[str, PaperState]:
        """What stands between the reader and each paper; not to be changed."""
        return fold(self.events)

    def continued(self, news: Sequence[Event]) -> Log:
        """Return the log with newer events behind its own, oldest first.

        What stands is folded on from here, unless something was undone.
        """
        longer = replace(self, events=(*self.events, *news))
        if any(e.kind is EventKind.undo for e in news):
            return longer
        states = dict(self.states)
        for event in news:
            states[event.paper_id] = after(states.get(event.paper_id), event)
        vars(longer).update(states=states, standing=[*self.standing, *news])
        return longer

    def judged(self, paper_id: str) -> bool:
        """Return whether a paper has been liked, skipped, turned down or saved."""
        held = self.states.get(paper_id)
        return held is not None and held.judged

    def newest(self, paper_id: str, kinds: Collection[EventKind]) -> Event | None:
        """Return the newest standing event of these kinds on a paper, or None."""
        found = (e for e in reversed(self.standing) if e.paper_id == paper_id and e.kind in kinds)
        return next(found, None)


def standing_events(events: Iterable[Event]) -> list[Event]:
    """Return the events that no undo has cancelled, oldest first, undos left out."""
    ordered = sorted(events, key=lambda e: e.event_id)
    cancelled = {e.undoes for e in ordered if e.kind is EventKind.undo}
    return [e for e in ordered if e.kind is not EventKind.undo and e.event_id not in cancelled]


def fold(events: Iterable[Event]) -> dict[str, PaperState]:
    """Fold one reader's events into ``{paper_id: PaperState}``, oldest paper first.

    A paper belongs to the interest of its newest standing event.
    """
    # The same as `after` for each event, without a record in between for each.
    found: dict[str, tuple[str, datetime, EventKind | None, bool, bool]] = {}
    for event in standing_events(events):
        _, _, verdict, saved, opened = found.get(event.paper_id, _NOTHING)
        if event.kind in VERDICTS:
            verdict = event.kind
        elif event.kind is EventKind.save:
            saved = True
        else:
            opened = True
        found[event.paper_id] = (event.interest_id, event.created_at, verdict, saved, opened)
    return {paper_id: PaperState(paper_id, *held) for paper_id, held in found.items()}


_NOTHING = ("", datetime.min, None, False, False)


def after(state: PaperState | None, event: Event) -> PaperState:
    """Return what stands with a paper after one more standing event on it; None: the first."""
    if state is None:
        state = PaperState(event.paper_id, event.interest_id, event.created_at)
    state = replace(state, interest_id=event.interest_id, at=event.created_at)
    if event.kind in VERDICTS:
        return replace(state, verdict=event.kind)
    if event.kind is EventKind.save:
        return replace(state, saved=True)
    return replace(state, opened=True)


def weigh(
    states: Mapping[str, PaperState],
    meanings: Mapping[EventKind, EventMeaning],
    now: datetime,
) -> dict[str, float]:
    """Return ``{paper_id: weight}`` as of `now`; papers without a signal are left out.

    Weight halves with every half-life of its event kind since the event.
    """
    weights: dict[str, float] = {}
    for paper_id, state in states.items():
        if state.signal is None:
            continue
        meaning = meanings[state.signal]
        weight = meaning.weight
        if meaning.half_life_days is not None:
            age_days = max((now - state.at).total_seconds(), 0.0) / 86_400
            weight *= float(0.5 ** (age_days / meaning.half_life_days))
        weights[paper_id] = weight
    return weights
