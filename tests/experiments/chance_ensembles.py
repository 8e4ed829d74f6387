"""The chance of a like: Platt's curve with a prior, or the mean of curves of bootstrap samples?

Sessions of the loop; before each round a reader's curve is fitted to the answers so far, as the
product does. The ensemble is the mean of `N` curves, each fitted to a sample of these answers with
repeats; its deviation is its uncertainty. The last lines say whether that deviation says where the
chance is wrong: the correlation of deviation and absolute error, next to what costs nothing: the
number of answers, and the deviation of a like with the stated chance.
"""

from __future__ import annotations

import time

import numpy as np
from variants import N_SHOWN, Session, World, asked, compare, opened

from recommender.evaluation.simulated_reader import Behaviour
from recommender.insights.reliability import calibration_error
from recommender.ranking import pipeline
from recommender.ranking.calibration import ScoredVerdicts, curve_of, shared_curve

N = 20
options = asked(__doc__, readers=80)
world = World.of(opened(options.dataset), options.seed, options.readers)
rounds: dict[int, list[ScoredVerdicts]] = {}


def choose(session: Session) -> np.ndarray:
    profile = session.profile
    found = pipeline.rank(
        world.fitted.model,
        {"me": (profile, 1.0)},
        n=N_SHOWN,
        pool=session.pool,
        now=world.view.now,
        seed=world.seed,
    )
    rows = np.array([x.paper_index for x in found], dtype=np.intp)
    actions = session.person.answers(rows)
    judged = np.array([x != "nothing" for x in actions])
    liked = np.array([x == "like" for x in actions])
    scores = np.array([x.score for x in found])
    rounds.setdefault(session.reader, []).append(ScoredVerdicts(scores[judged], liked[judged]))
    return rows


def together(parts: list[ScoredVerdicts]) -> ScoredVerdicts:
    return ScoredVerdicts(
        np.concatenate([x.scores for x in parts]), np.concatenate([x.liked for x in parts])
    )


world.play(choose, Behaviour())
sessions = [rounds[x] for x in world.readers.tolist()]
shared = shared_curve([together(x) for x in sessions[1::2]])
rng = np.random.default_rng(options.seed)
said: dict[str, list[list[np.ndarray]]] = {}
outcomes, deviations, widths = [], [], []
seconds = {"one curve": 0.0, "ensemble": 0.0}
for of_reader in sessions[::2]:
    told: dict[str, list[np.ndarray]] = {"one curve": [], "ensemble": [], "rate": []}
    liked = []
    for number in range(1, len(of_reader)):
        past, now = together(of_reader[:number]), of_reader[number]
        begun = time.process_time()
        curve = curve_of(past, shared)
        seconds["one curve"] += time.process_time() - begun
        if curve is None or not now.scores.size:
            continue
        begun = time.process_time()
        curves = []
        for _ in range(N):
            drawn = np.sort(rng.integers(0, past.scores.size, past.scores.size))
            fitted = curve_of(ScoredVerdicts(past.scores[drawn], past.liked[drawn]), shared)
            curves.append((fitted or curve).chances(now.scores))
        seconds["ensemble"] += time.process_time() - begun
        told["one curve"].append(curve.chances(now.scores))
        told["ensemble"].append(np.mean(curves, axis=0))
        told["rate"].append(np.full(now.scores.size, past.liked.mean()))
        deviations.append(np.std(curves, axis=0))
        widths.append(np.full(now.scores.size, 1 / np.sqrt(past.scores.size)))
        liked.append(now.liked)
    if liked:
        for name, x in told.items():
            said.setdefault(name, []).append(np.concatenate(x))
        outcomes.append(np.concatenate(liked))
brier = {
    name: np.array([np.mean((p - y) ** 2) for p, y in zip(x, outcomes, strict=True)])
    for name, x in said.items()
}
compare("Brier score, lower is better", brier, "one curve", options.seed)
truth = np.concatenate(outcomes)
for name, x in said.items():
    print(f"  calibration error of {name}: {calibration_error(np.concatenate(x), truth):.4f}")
errors = np.abs(np.concatenate(said["one curve"]) - truth)
own = [np.sqrt(p * (1 - p)) for p in said["one curve"]]
kinds = {
    "the ensemble's deviation": deviations,
    "1 / sqrt(answers)": widths,
    "sqrt(p (1 - p)) of the one curve": own,
}
for name, x in kinds.items():
    print(f"  correlation of {name} and error: {np.corrcoef(np.concatenate(x), errors)[0, 1]:+.3f}")
print(f"  n told {truth.size}, seconds {seconds}")
