"""Exploration as a reader sets it: the part that is drawn, and the reason that a drawn paper gets.

The draw itself is `ranking.rerank.exploration`, for slates and for digests.
"""

from __future__ import annotations

from recommender.domain import Reason
from recommender.ranking.rerank.exploration import draw
from recommender.store import Store

__all__ = ["DRAWN", "EXPLORE", "draw", "explored_share"]

EXPLORE = "explore"
"""Preference: the part of the positions that is drawn; 0.1 is one in ten."""
MAX_EXPLORED = 0.5

DRAWN = Reason("explored", "Drawn from those further down, to learn more.")


def explored_share(store: Store, reader_id: str) -> float:
    """Return the part of the positions that a reader wants drawn, 0 to `MAX_EXPLORED`."""
    wanted = store.preferences.get(reader_id, EXPLORE, 0.0)
    if isinstance(wanted, bool) or not isinstance(wanted, int | float):
        return 0.0
    return min(max(float(wanted), 0.0), MAX_EXPLORED)
