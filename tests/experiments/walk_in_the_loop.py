"""The random walk (RP3beta) in the loop: as it is, without it, and with twice its weight.

Readers of the valid part of protocol ``loop`` with all other readers; `--readers` is how many the
test part and the valid part have.
"""

from __future__ import annotations

from time import process_time
from types import SimpleNamespace

from variants import asked, compare, opened

from recommender.evaluation.protocols.base import Options
from recommender.evaluation.protocols.feedback_simulation import run_feedback_simulation
from recommender.evaluation.simulated_reader import LIKES_AND_SKIPS, Behaviour
from recommender.evaluation.systems import PipelineSystem
from recommender.ranking.fusion import ranker

options = asked(__doc__, readers=300)
dataset = opened(options.dataset)
monitor = SimpleNamespace(clock=process_time, progress=lambda *_: None)
weights_as_they_are = ranker.weights_by_part

for title, behaviour in (("all actions", Behaviour()), ("likes and skips", LIKES_AND_SKIPS)):
    likes = {}
    for name, times in (("as it is", 1.0), ("without the walk", 0.0), ("twice its weight", 2.0)):
        ranker.weights_by_part = lambda *stats, times=times: {
            part: weight * times if part == "neighbours" else weight
            for part, weight in weights_as_they_are(*stats).items()
        }
        asked_for = Options(
            seed=options.seed,
            part="valid",
            n_readers=options.readers,
            behaviour=behaviour,
            ablations=False,
        )
        found = run_feedback_simulation(dataset, asked_for, [PipelineSystem()], monitor)
        (outcome,) = found.outcomes.values()
        likes[name] = outcome.values["likes@100"]
    compare(f"{title}, wanted of 100", likes, "as it is", options.seed)
