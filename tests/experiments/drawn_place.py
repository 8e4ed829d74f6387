"""The drawn place: equal chances among the next papers, or a bandit that learns whom to draw?

Every slate of ten has nine papers of the ranking and one of the next `RESERVE`:

    next      the tenth of the ranking: nothing is explored
    equal     with equal chances, as *Explore* draws
    LinUCB    highest mean + deviation of an online ridge regression     Li et al. 2010
    Thompson  highest draw from the posterior of the same                Chapelle & Li 2011

The regression sees the score, the place and 16 directions of the embedding, and learns from all
answers of its reader.
"""

from __future__ import annotations

import numpy as np
from variants import N_SHOWN, Session, World, asked, compare, found, opened, slate

from recommender.evaluation.simulated_reader import Behaviour

RESERVE, N_DIRECTIONS, RIDGE = 50, 16, 1.0
options = asked(__doc__, readers=60)
world = World.of(opened(options.dataset), options.seed, options.readers)
embedding = world.view.features.embedding
_, _, directions = np.linalg.svd(embedding[:: max(len(embedding) // 2000, 1)], full_matrices=False)
reduced = embedding @ directions[:N_DIRECTIONS].T
drawn_at: dict[str, dict[int, list[int]]] = {}


def by(policy: str):
    drawn_at[policy] = {}
    memory: dict[int, tuple[list[np.ndarray], list[float], dict[int, np.ndarray]]] = {}

    def choose(session: Session) -> np.ndarray:
        rng = np.random.default_rng([session.world.seed, session.reader, len(session.shown)])
        ranked = slate(session.world.fitted, session.profile, session.pool, N_SHOWN + RESERVE)
        scores = session.world.fitted.model.ranker.user_scorer(session.profile).score(ranked)
        place = -np.log2(np.arange(2, ranked.size + 2)) / 5
        ones = np.ones(ranked.size)
        contexts = np.column_stack([ones, np.nan_to_num(scores) / 5, place, reduced[ranked]])
        seen, answers, kept = memory.setdefault(session.reader, ([], [], {}))
        for paper, context in list(kept.items()):
            action = session.actions.get(paper)
            if action in ("like", "skip", "dislike"):
                seen.append(context)
                answers.append(float(action == "like"))
            del kept[paper]
        first, rest = ranked[: N_SHOWN - 1], np.arange(N_SHOWN - 1, ranked.size)
        if policy == "next" or not rest.size:
            chosen = rest[0]
        elif policy == "equal" or not seen:
            chosen = rng.choice(rest)
        else:
            x, y = np.array(seen), np.array(answers)
            precision = x.T @ x + RIDGE * np.eye(x.shape[1])
            covariance = np.linalg.inv(precision)
            mean = covariance @ x.T @ y
            if policy == "Thompson":
                values = contexts[rest] @ rng.multivariate_normal(mean, 0.1 * covariance)
            else:
                spread = np.sqrt(
                    np.einsum("ij,jk,ik->i", contexts[rest], covariance, contexts[rest])
                )
                values = contexts[rest] @ mean + 0.3 * spread
            chosen = rest[int(np.argmax(values))]
        shown = [*range(len(first)), int(chosen)]
        kept.update({int(ranked[i]): contexts[i] for i in shown})
        drawn_at[policy].setdefault(session.reader, []).append(int(ranked[chosen]))
        return ranked[shown]

    return choose


values, of_drawn = {}, {}
for policy in ("equal", "next", "LinUCB", "Thompson"):
    sessions = world.play(by(policy), Behaviour())
    values[policy] = found(sessions)
    of_drawn[policy] = np.array(
        [x.person.wanted(np.array(drawn_at[policy][x.reader])).sum() for x in sessions], float
    )
compare("wanted of 100 shown", values, "equal", options.seed)
compare("wanted of the 10 at the drawn place", of_drawn, "equal", options.seed)
