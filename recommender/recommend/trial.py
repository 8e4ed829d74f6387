"""A setting that is tried on a reader: the rankers with and without it share slates.

The setting is the half-life of answers. Nothing puts it into service but the reader, who is told
what the trial found (`insights.sequential_test`).
"""

from __future__ import annotations

from recommender.store import Store
from recommender.store.half_life import HALF_LIFE, checked_days, half_life_of

TRIAL = "trial_half_life_days"
"""Preference: the half-life that is tried; unset: nothing is."""
TRIED_DAYS = 90.0
"""The half-life that the app offers to try."""


def trial_of(store: Store, reader_id: str) -> float | None:
    """Return the half-life that a reader tries, in days; None where nothing is tried."""
    tried = checked_days(store.preferences.get(reader_id, TRIAL))
    return None if tried == half_life_of(store, reader_id) else tried


def begin_trial(store: Store, reader_id: str, days: float = TRIED_DAYS) -> None:
    """Let both rankers share slates from now on; raises UnknownReader."""
    store.preferences.set(reader_id, TRIAL, days)


def end_trial(store: Store, reader_id: str, *, use: bool) -> None:
    """End a trial, and put what was tried into service if `use`; raises UnknownReader."""
    tried = trial_of(store, reader_id)
    with store.preferences.change(reader_id) as preferences:
        if use and tried is not None:
            preferences.set(HALF_LIFE, tried)
        preferences.set(TRIAL, None)
