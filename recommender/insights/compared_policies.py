"""Several rankers compared on one log of drawn papers, and what that says in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from recommender.insights.off_policy import (
    Floats,
    Interval,
    PolicyValue,
    clip_weights,
    draws_needed,
    draws_to_tell,
    evaluate_policy,
    mean_interval,
    policy_of,
    reward_model,
)
from recommender.insights.past_draws import Draw, rewards_of, shown_of

SERVED, BLIND = "as served", "drawn blindly"


@dataclass(frozen=True)
class ComparedPolicy:
    """A policy's value, and how far it lies from the ranker that served (`ahead`).

    `to_tell` is how many more answered draws it takes to tell the two apart, None where their
    difference is too small to say.
    """

    name: str
    value: PolicyValue
    ahead: Interval
    to_tell: int | None


def estimate_policies(
    draws: Sequence[Draw], scores: Mapping[str, Sequence[Floats]]
) -> tuple[ComparedPolicy, ...]:
    """Estimate what each ranker would have earned, and how far it lies from the one that served.

    Parameters
    ----------
    scores
        Name -> of each draw, the scores of its reserve; with `SERVED` among them.
    """
    rewards, shown = rewards_of(draws), shown_of(draws)
    propensity = np.array([x.propensity for x in draws])
    said = reward_model(scores[SERVED], shown, rewards)
    said_of_shown = np.array([q[i] for q, i in zip(said, shown, strict=True)])
    values, per_draw = {}, {}
    for name, of_draws in scores.items():
        chances = [policy_of(x) for x in of_draws]
        target = np.array([c[i] for c, i in zip(chances, shown, strict=True)])
        said_of_target = np.array([float(c @ q) for c, q in zip(chances, said, strict=True)])
        values[name] = evaluate_policy(target, propensity, rewards, said_of_shown, said_of_target)
        weights = clip_weights(target, propensity)
        per_draw[name] = said_of_target + weights * (rewards - said_of_shown)
    compared = []
    for name, value in values.items():
        apart = per_draw[name] - per_draw[SERVED]
        ahead = Interval(*(float(x) for x in mean_interval(apart)))
        to_tell = None if name == SERVED else draws_to_tell(apart)
        compared.append(ComparedPolicy(name, value, ahead, to_tell))
    return tuple(compared)


def count_missing_draws(n_draws: int, policies: Sequence[ComparedPolicy]) -> int:
    """Return how many more answered draws it takes until every policy can be judged."""
    if not policies:
        return draws_needed(n_draws, 0.0)
    return max(x.value.needed for x in policies)


def summary(drawn: int, n_draws: int, policies: Sequence[ComparedPolicy]) -> str:
    """Say in a few sentences what `drawn` places, `n_draws` of them answered, tell."""
    missing = count_missing_draws(n_draws, policies)
    how = f"{drawn} places were drawn, {n_draws} of them answered."
    if not drawn:
        return (
            f"{how} Only drawn places say what another ranker would have earned: turn on "
            f"Explore under Settings. It takes about {missing} answers to drawn papers."
        )
    if missing:
        return (
            f"{how} That is too little to say anything: it takes about {missing} more "
            "answers to drawn papers."
        )
    best = max(policies, key=lambda x: x.value.dr.value)
    if best.name == SERVED:
        return f"{how} No other policy would have earned more than the one that served."
    far = best.ahead
    if far.low > 0:
        return (
            f"{how} {best.name} would have earned {100 * far.value:.0f} more likes in a "
            f"hundred answers than the one that served (95 % interval {100 * far.low:.0f} to "
            f"{100 * far.high:.0f})."
        )
    more = "" if best.to_tell is None else f" About {best.to_tell} more answers would tell."
    return f"{how} No policy can be told from the one that served.{more}"
