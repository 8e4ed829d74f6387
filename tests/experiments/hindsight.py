"""Feedback in hindsight: likes that are exported or cited later count more.

Of the likes that are meant, `SHARE` come back after the slate in which they were given (exported,
read to the end, cited); no mis-clicked like does. What comes back weighs `w` likes from then on.
``save`` is what can be had today: a save weighs 2 likes.
"""

from __future__ import annotations

import numpy as np
from variants import Session, World, as_it_is, asked, compare, found, opened

from recommender.evaluation.simulated_reader import Behaviour

SHARE = 0.3
options = asked(__doc__, readers=60)


def heavier(weight: float):
    def after(session: Session) -> None:
        liked = np.array([x for x, a in session.actions.items() if a == "like"], dtype=np.intp)
        drawn = np.random.default_rng([session.world.seed, session.reader, 2]).random(
            len(session.world.view.order)
        )
        back = liked[session.person.wanted(liked) & (drawn[liked] < SHARE)]
        session.weights = dict.fromkeys(back.tolist(), weight)

    return after


world = World.of(opened(options.dataset), options.seed, options.readers)
for noise in (0.05, 0.2):
    behaviour = Behaviour(noise=noise)
    rules = {"as it is": None, **{f"weight {w:g}": heavier(w) for w in (2.0, 4.0)}}
    values = {name: found(world.play(as_it_is, behaviour, x)) for name, x in rules.items()}
    compare(f"{noise:.0%} mis-clicks, wanted of 100", values, "as it is", options.seed)
