"""A setting that is tried on a reader: the rankers with and without it share slates.

The setting is the half-life of answers. Nothing puts it into service but the reader, who is told
what the trial found (`insights.sequential_test`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from recommender.domain import EventKind, EventMeaning
from recommender.store import Store

HALF_LIFE = "half_life_days"
"""Preference: days after which an answer weighs half; unset: as the settings say."""
TRIAL = "trial_half_life_days"
"""Preference: the half-life that is tried; unset: nothing is."""
TRIED_DAYS = 90.0
"""The half-life that the app offers to try."""
MIN_DAYS, MAX_DAYS = 1.0, 36_500.0


def half_life_of(store: Store, reader_id: str) -> float | None:
    """Return the half-life of a reader's answers in days, None as the settings say."""
    return _days(store.preferences.get(reader_id, HALF_LIFE))


def trial_of(store: Store, reader_id: str) -> float | None:
    """Return the half-life that a reader tries, in days; None where nothing is tried."""
    tried = _days(store.preferences.get(reader_id, TRIAL))
    return None if tried == half_life_of(store, reader_id) else tried


def begin_trial(store: Store, reader_id: str, days: float = TRIED_DAYS) -> None:
    """Let both rankers share slates from now on; raises UnknownReader."""
    store.preferences.set(reader_id, TRIAL, days)


def end_trial(store: Store, reader_id: str, *, use: bool) -> None:
    """End a trial, and put what was tried into service if `use`; raises UnknownReader."""
    tried = trial_of(store, reader_id)
    if use and tried is not None:
        store.preferences.set(reader_id, HALF_LIFE, tried)
    store.preferences.set(reader_id, TRIAL, None)


def meanings_with(
    meanings: Mapping[EventKind, EventMeaning], half_life_days: float | None
) -> Mapping[EventKind, EventMeaning]:
    """Return what events mean where every answer fades; itself for None."""
    if half_life_days is None:
        return meanings
    return {kind: replace(x, half_life_days=half_life_days) for kind, x in meanings.items()}


def _days(stored: object) -> float | None:
    if isinstance(stored, bool) or not isinstance(stored, int | float):
        return None
    return float(stored) if MIN_DAYS <= stored <= MAX_DAYS else None
