"""Static and dynamic hard negatives: unjudged papers that count as turned down.

For `N` papers the profile holds a skip more while scores are made (they may still be shown):

    random    drawn from the library
    static    drawn once from the 200 papers nearest to the first likes by TF-IDF
    dynamic   drawn for each slate from the 200 best by the present score (Zhang et al. 2013)
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from variants import N_SHOWN, Session, World, as_it_is, asked, compare, found, opened, slate

from recommender.domain.readers import SKIP_WEIGHT
from recommender.evaluation.simulated_reader import Behaviour

N, HARD = 20, 200
options = asked(__doc__, readers=60)


def with_negatives(kind: str):
    def choose(session: Session) -> np.ndarray:
        ranker, terms = session.world.fitted.model.ranker, session.world.view.features.paper_terms
        profile, pool = session.profile, session.pool
        rng = np.random.default_rng([session.world.seed, session.reader, len(session.shown)])
        if kind == "dynamic":
            scores = ranker.user_scorer(profile).score(pool)
        elif kind == "static":
            rng = np.random.default_rng([session.world.seed, session.reader])
            nearness = terms @ np.asarray(terms[session.first].sum(axis=0)).ravel()
            nearness[session.first] = -1
            pool, scores = np.arange(len(nearness)), nearness
        else:
            scores = np.zeros(pool.size)
        hard = pool if kind == "random" else pool[np.argsort(-scores, kind="stable")[:HARD]]
        drawn = np.setdiff1d(rng.choice(hard, N, replace=False), profile.weighted)
        weights = np.full(drawn.size, SKIP_WEIGHT, dtype=np.float32)
        more = replace(
            profile,
            rejected=np.concatenate([profile.rejected, drawn]),
            rejected_weights=np.concatenate([profile.rejected_weights, weights]),
        )
        return slate(session.world.fitted, profile, session.pool, N_SHOWN, ranker.user_scorer(more))

    return choose


world = World.of(opened(options.dataset), options.seed, options.readers)
choices = {"as it is (skips and dislikes)": as_it_is}
choices |= {f"and {N} {x}": with_negatives(x) for x in ("random", "static", "dynamic")}
values = {name: found(world.play(x, Behaviour())) for name, x in choices.items()}
compare("alone, wanted of 100", values, next(iter(choices)), options.seed)
