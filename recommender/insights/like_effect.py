"""What one like does: which interest it joined, and which papers it raised.

Reads the store and the serving model; writes nothing. The scores without the like are those of
`ranking.explain.counterfactual`, by which reasons are checked too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from recommender.config import Settings
from recommender.domain import Interest
from recommender.domain.history import learning_states
from recommender.insights import user_profile
from recommender.ranking.base import Rows, Scores
from recommender.ranking.candidates import eligible
from recommender.ranking.explain.counterfactual import scores_without
from recommender.recommend.reader_context import ReaderContext
from recommender.recommend.recommender import Recommender
from recommender.store import Store
from recommender.store.half_life import half_life_of

N_TOP = 100
"""Papers of the head of the ranking among which those that rose are looked for."""
N_RISEN = 6
N_WORDS = 5


@dataclass(frozen=True, slots=True)
class RisenPaper:
    """A paper that stands higher for one like: its places with and without it, from 1."""

    paper_id: str
    place: int
    place_without: int


@dataclass(frozen=True, slots=True)
class LikeEffect:
    """What one like does now.

    Parameters
    ----------
    interest
        The interest it belongs to.
    counts
        False for a like from before the reset of its interest; nothing rises for it then.
    n_others
        How many other likes the interest has.
    nearest
        The like of them that is closest to it, or None.
    words
        What tells the liked paper from the rest of the catalogue.
    risen
        The papers that rose most, by their place now; all of the ranking, and so none in
        particular, where it is the only like.
    """

    interest: Interest
    counts: bool = True
    n_others: int = 0
    nearest: str | None = None
    words: tuple[str, ...] = ()
    risen: tuple[RisenPaper, ...] = ()


def like_effect(
    store: Store,
    recommender: Recommender,
    settings: Settings,
    reader_id: str,
    paper_id: str,
    now: datetime,
) -> LikeEffect | None:
    """Return what a like or save does; None for a paper that is not liked, or not in the model.

    Raises
    ------
    UnknownReader, ArtifactError
    """
    log = store.event_logs.get(reader_id)
    held = log.states.get(paper_id)
    if held is None or not held.liked:
        return None
    interest = store.readers.interest(reader_id, held.interest_id)
    learnt = learning_states(log, [interest]).get(paper_id)
    if learnt is None or not learnt.liked:
        return LikeEffect(interest, counts=False)
    served = recommender.served()
    # Also of an interest that is paused: this is what it would do.
    alone = [replace(interest, share=1.0, paused=False)]
    context = ReaderContext.of(
        served, log, alone, settings, now, half_life_days=half_life_of(store, reader_id)
    )
    scorer = context.scorers.get(interest.interest_id)
    rows = served.rows_of([paper_id])
    if scorer is None or not rows or rows[0] not in scorer.profile.liked:
        return None
    row, features = rows[0], served.model.features
    position = np.flatnonzero(scorer.profile.liked == row)
    others = scorer.profile.liked[scorer.profile.liked != row]
    others = others[~np.isin(others, list(served.sentences.values()))]
    effect = LikeEffect(interest, words=user_profile.words_of([row], features, N_WORDS))
    if not others.size:
        return effect
    closeness = features.embedding[others] @ features.embedding[row]
    seen = served.rows_of(x.paper_id for x in log.states.values() if x.seen)
    hidden = served.rows_of(recommender.muted.hidden(reader_id))
    shown = eligible(len(features), None, {*seen, *hidden, *served.gone})
    without = scores_without(served.model.ranker, scorer, position, shown)[:, 0]
    risen = _risen(shown, scorer.score(shown), without)
    return replace(
        effect,
        n_others=int(others.size),
        nearest=served.paper_id(int(others[int(np.argmax(closeness))])),
        risen=tuple(RisenPaper(served.paper_id(x), a, b) for x, a, b in risen),
    )


def _risen(rows: Rows, scores: Scores, without: Scores) -> list[tuple[int, int, int]]:
    """Return row and places with and without the like of those that rose most, by their place.

    A paper's rise is ``log(place_without / place)``: to come first from the tenth place is as much
    as to come tenth from the hundredth.
    """
    known = np.isfinite(scores) & np.isfinite(without)
    rows, scores, without = rows[known], scores[known], without[known]
    place, place_without = _places(scores), _places(without)
    rise = np.log(place_without / place)
    rise[(place > N_TOP) | (place_without <= place)] = 0.0
    most = np.argsort(-rise, kind="stable")[:N_RISEN]
    found = [(int(rows[i]), int(place[i]), int(place_without[i])) for i in most if rise[i] > 0]
    return sorted(found, key=lambda x: x[1])


def _places(scores: Scores) -> Rows:
    """Return the place of each score from 1, the highest first."""
    places = np.empty(scores.size, dtype=np.intp)
    places[np.argsort(-scores, kind="stable")] = np.arange(1, scores.size + 1)
    return places
