"""Personal denoising: do a reader's odd likes count less? Mis-clicks of 5, 10 and 20 %.

A like i is judged by s_i, its mean cosine to the reader's other likes in the embedding, against
the same of papers drawn from the library: m is their median, t the median of s over the likes.

    soft   weight = clip((s_i - m) / (t - m), 0.2, 1)
    drop   a like counts a tenth where s_i < m          truncated loss (Wang et al. 2021), by reader
    known  mis-clicked likes count nothing              what there is to gain at most
"""

from __future__ import annotations

from functools import partial

import numpy as np
from variants import Session, World, as_it_is, asked, compare, found, opened

from recommender.evaluation.simulated_reader import Behaviour

FEWEST = 4
options = asked(__doc__, readers=60)


def weigh(session: Session, rule: str) -> None:
    """Set the weights of the session's likes by their closeness to each other."""
    embedding = session.world.view.features.embedding
    liked = np.array([x for x, a in session.actions.items() if a == "like"], dtype=np.intp)
    session.weights = {}
    if liked.size < FEWEST:
        return
    cosines = embedding[liked] @ embedding[liked].T
    np.fill_diagonal(cosines, 0.0)
    own = cosines.sum(axis=1) / (liked.size - 1)
    papers = np.random.default_rng(session.world.seed).choice(len(embedding), 1000, replace=False)
    low = float(np.median(embedding[papers] @ embedding[liked].mean(axis=0)))
    typical = max(float(np.median(own)), low + 1e-6)
    if rule == "soft":
        weights = np.clip((own - low) / (typical - low), 0.2, 1.0)
    else:
        weights = np.where(own < low, 0.1, 1.0)
    session.weights = dict(zip(liked.tolist(), weights.tolist(), strict=True))


def known(session: Session) -> None:
    """Let mis-clicked likes count almost nothing."""
    liked = np.array([x for x, a in session.actions.items() if a == "like"], dtype=np.intp)
    wrong = liked[~session.person.wanted(liked)]
    session.weights = dict.fromkeys(wrong.tolist(), 1e-3)


world = World.of(opened(options.dataset), options.seed, options.readers)
for noise in (0.05, 0.1, 0.2):
    behaviour = Behaviour(noise=noise)
    rules = {
        "as it is": None,
        "soft": partial(weigh, rule="soft"),
        "drop": partial(weigh, rule="drop"),
        "known": known,
    }
    values = {name: found(world.play(as_it_is, behaviour, after)) for name, after in rules.items()}
    compare(f"{noise:.0%} mis-clicks, wanted of 100", values, "as it is", options.seed)
