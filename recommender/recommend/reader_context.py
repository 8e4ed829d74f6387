"""A reader's history as the model reads it, and the scores of many papers from it.

Runs for every slate and every digest. A slate diversifies and explains what it
holds; for the rest of a week `scores_of` only says where each paper stands, with
the same reading of the same history.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

import numpy as np

from recommender.config import Settings
from recommender.domain import Interest
from recommender.domain.history import (
    EventLog,
    learning_states,
    meanings_with,
    preference_weights,
)
from recommender.features.interactions import Profile
from recommender.ranking import pipeline
from recommender.ranking.pipeline import UserScorers
from recommender.recommend.served_model import ServedModel


@dataclass(frozen=True)
class ReaderContext:
    """What one log says to one model, for some interests at one moment."""

    served: ServedModel
    log: EventLog
    interests: Sequence[Interest]
    now: datetime
    profiles: Mapping[str, tuple[Profile, float]]
    scorers: UserScorers
    half_life_days: float | None = None

    @classmethod
    def of(
        cls,
        served: ServedModel,
        log: EventLog,
        interests: Sequence[Interest],
        settings: Settings,
        now: datetime,
        without: Collection[str] = (),
        half_life_days: float | None = None,
    ) -> Self:
        """Weigh a log and read it, as if nothing had been done to the papers in `without`.

        Parameters
        ----------
        half_life_days
            The half-life of all answers; None as the settings say.
        """
        states = learning_states(log, interests)
        weights = preference_weights(states, meanings_with(settings.meanings, half_life_days), now)
        for paper_id in without:
            weights.pop(paper_id, None)
        profiles = {
            x.interest_id: (served.profile(x.interest_id, states, weights, x.about), x.share_now)
            for x in interests
        }
        scorers = pipeline.user_scorers(served.model, profiles)
        return cls(served, log, interests, now, profiles, scorers, half_life_days)

    def is_of(
        self,
        served: ServedModel,
        log: EventLog,
        interests: Sequence[Interest],
        now: datetime,
        half_life_days: float | None,
    ) -> bool:
        """Return whether this is still what `of` would give."""
        same = self.served is served and self.log is log
        same = same and self.half_life_days == half_life_days
        return same and self.interests == interests and self.now == now


def scores_of(context: ReaderContext, pool: Collection[str]) -> dict[str, float]:
    """Return the score of each paper of a pool, the best of all interests that have a share.

    Papers without a score are left out; all are, where nothing is known of the
    reader's taste.
    """
    served = context.served
    rows = np.unique(np.asarray(served.rows_of(pool), dtype=np.intp))
    best = np.full(rows.size, np.nan, dtype=np.float32)
    for scorer in context.scorers.values():
        best = np.fmax(best, scorer.score(rows))
    known = np.isfinite(best)
    return {
        served.paper_id(row): score
        for row, score in zip(rows[known].tolist(), best[known].tolist(), strict=True)
    }
