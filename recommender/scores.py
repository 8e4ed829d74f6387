"""Scores of many papers for one reader, without a slate: what the rest of a week gets.

Runs for every digest. A slate diversifies and explains what it holds; this only
says where each of the others stands, with the same history and the same model.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import numpy as np

from recommender import pipeline
from recommender.config import Settings
from recommender.domain import Interest
from recommender.history import weigh
from recommender.serving import Served
from recommender.store import Store


def scores_of(
    store: Store,
    settings: Settings,
    served: Served,
    reader_id: str,
    interests: Sequence[Interest],
    pool: Collection[str],
    now: datetime,
) -> dict[str, float]:
    """Return the score of each paper of a pool, the best of all interests that have a share.

    Papers without a score are left out; all are, where nothing is known of the
    reader's taste.
    """
    rows = np.unique(np.asarray(served.rows_of(pool), dtype=np.intp))
    states = store.logs.of(reader_id).states
    weights = weigh(states, settings.meanings, now)
    profiles = {
        x.interest_id: (served.profile(x.interest_id, states, weights, x.about), x.share)
        for x in interests
    }
    best = np.full(rows.size, np.nan, dtype=np.float32)
    for reading in pipeline.read(served.model, profiles).values():
        best = np.fmax(best, reading.score(rows))
    known = np.flatnonzero(np.isfinite(best))
    return {served.paper_id(int(rows[i])): float(best[i]) for i in known}
