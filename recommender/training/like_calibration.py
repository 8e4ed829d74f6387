"""How likely a like is: what readers answered to past slates, as a curve over scores.

An answer is the active verdict (like, save, skip, dislike) on a paper that a slate had
shown; it counts with the score of that slate. A paper shown and not touched says nothing,
nor does one liked elsewhere. Reads the store; runs on fit for everybody, on requests for
one reader, where only slates not seen before are looked up.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from recommender.domain import Event
from recommender.domain.history import JUDGING, POSITIVE, EventLog, after_resets, learning_events
from recommender.ranking.calibration import (
    MAX_VERDICTS,
    MIN_VERDICTS,
    CalibrationCurve,
    ScoredVerdicts,
    curve_of,
    shared_curve,
)
from recommender.store import Store

MAX_KEPT = 1_000
"""Readers whose slates are kept in memory."""


@dataclass(frozen=True, slots=True)
class ShownVerdict:
    """What a reader said of a paper, and the slate that had shown it."""

    slate_id: str
    paper_id: str
    liked: bool


Scores = Mapping[str, Mapping[str, float]]


@dataclass
class _Seen:
    """The scores of a reader's slates that were looked up, at one revision of the catalogue."""

    revision: int
    scores: dict[str, Mapping[str, float]] = field(default_factory=dict)


class LikeCalibrator:
    """Gives readers their curves; threads may share it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._seen: dict[str, _Seen] = {}

    def curve(self, log: EventLog, shared: CalibrationCurve | None) -> CalibrationCurve | None:
        """Return what scores mean for a reader, or None while too little was answered.

        Parameters
        ----------
        log
            Everything the reader did; what a reset left out does not count.
        shared
            The curve of all readers at the last fit, or None.
        """
        interests = self._store.readers.interests(log.reader_id)
        answers = shown_verdicts(after_resets(log.active_events, interests))
        if len(answers) < MIN_VERDICTS:
            return None
        scores = self._scores(log.reader_id, answers, log.revision)
        return curve_of(ScoredVerdicts.of(pairs_of(answers, scores)), shared)

    def _scores(self, reader_id: str, answers: Sequence[ShownVerdict], revision: int) -> Scores:
        asked = {x.slate_id for x in answers}
        with self._lock:
            seen = self._seen.pop(reader_id, None)
            if seen is None or seen.revision != revision:
                seen = _Seen(revision)
            missing = asked - seen.scores.keys()
            if missing:
                stored = self._store.feedback.scores(missing)
                seen.scores |= {x: stored.get(x, {}) for x in missing}
            self._seen[reader_id] = seen
            while len(self._seen) > MAX_KEPT:
                del self._seen[next(iter(self._seen))]
            return dict(seen.scores)


def shown_verdicts(active: Sequence[Event]) -> list[ShownVerdict]:
    """Return the last word on each paper that a slate had shown, oldest first, the newest only.

    Twice as many as count at most: some may answer slates that no history ranked.

    Parameters
    ----------
    standing
        One reader's events that no undo has cancelled, oldest first.
    """
    verdicts: dict[str, bool] = {}
    answers: dict[str, ShownVerdict] = {}
    for event in reversed(active):
        if event.kind in JUDGING and event.paper_id not in answers:
            liked = verdicts.setdefault(event.paper_id, event.kind in POSITIVE)
            if event.slate_id:
                answers[event.paper_id] = ShownVerdict(event.slate_id, event.paper_id, liked)
        if len(answers) == 2 * MAX_VERDICTS:
            break
    return list(reversed(answers.values()))


def pairs_of(answers: Iterable[ShownVerdict], scores: Scores) -> list[tuple[float, bool]]:
    """Return score and verdict of each answer whose slate is known to have shown the paper."""
    return [
        (scores[x.slate_id][x.paper_id], x.liked)
        for x in answers
        if x.paper_id in scores.get(x.slate_id, {})
    ]


def curve_of_all(store: Store, events: Iterable[Event]) -> CalibrationCurve:
    """Return the shared curve of all readers whose answers reach the floor; runs on fit."""
    of_reader: dict[str, list[Event]] = {}
    for event in events:
        of_reader.setdefault(event.reader_id, []).append(event)
    verdicts = []
    for reader in store.readers.list():
        interests = store.readers.interests(reader.reader_id)
        of_one = of_reader.get(reader.reader_id, [])
        answers = shown_verdicts(learning_events(of_one, interests))
        scores = store.feedback.scores({x.slate_id for x in answers})
        verdicts.append(ScoredVerdicts.of(pairs_of(answers, scores)))
    return shared_curve([x for x in verdicts if x.enough])
