"""The half-life of a reader's answers, where the reader chose one in place of the settings'.

Ranking, training, the page Taste and evaluation all ask here.
"""

from __future__ import annotations

from collections.abc import Mapping

from recommender.domain import EventKind, EventMeaning
from recommender.domain.history import meanings_with
from recommender.store import Store

HALF_LIFE = "half_life_days"
"""Preference: days after which an answer weighs half; unset: as the settings say."""
MIN_DAYS, MAX_DAYS = 1.0, 36_500.0


def half_life_of(store: Store, reader_id: str) -> float | None:
    """Return the half-life of a reader's answers in days, None as the settings say."""
    return checked_days(store.preferences.get(reader_id, HALF_LIFE))


def half_lives(store: Store) -> dict[str, float]:
    """Return the half-lives of all readers who chose one, in days, by reader."""
    chosen = store.preferences.of_all(HALF_LIFE).items()
    return {x: days for x, stored in chosen if (days := checked_days(stored)) is not None}


def meanings_of(
    store: Store, reader_id: str, meanings: Mapping[EventKind, EventMeaning]
) -> Mapping[EventKind, EventMeaning]:
    """Return what events mean to a reader, where the settings give them these meanings."""
    return meanings_with(meanings, half_life_of(store, reader_id))


def checked_days(stored: object) -> float | None:
    """Return a stored half-life; None for what is none."""
    if isinstance(stored, bool) or not isinstance(stored, int | float):
        return None
    return float(stored) if MIN_DAYS <= stored <= MAX_DAYS else None
