"""How an evaluation is set up. A new protocol is one function in one file and one line here."""

from __future__ import annotations

from collections.abc import Mapping

from recommender.evaluation.datasets import Dataset
from recommender.evaluation.protocols.base import EvaluationProtocol, Options
from recommender.evaluation.protocols.cold_items import run_cold_items
from recommender.evaluation.protocols.feedback_simulation import run_feedback_simulation
from recommender.evaluation.protocols.fixed_split import run_fixed_split
from recommender.evaluation.protocols.onboarding import run_onboarding
from recommender.evaluation.protocols.random_holdout import run_random_holdout
from recommender.evaluation.protocols.temporal import run_temporal
from recommender.evaluation.protocols.temporal_windows import weeks_of
from recommender.evaluation.protocols.weekly_simulation import run_weekly_simulation

PROTOCOLS: Mapping[str, EvaluationProtocol] = {
    "warm": run_random_holdout,
    "cold": run_cold_items,
    "loop": run_feedback_simulation,
    "weeks": run_weekly_simulation,
    "start": run_onboarding,
    "time": run_temporal,
    "given": run_fixed_split,
}
"""Name of a protocol -> the function that runs it."""

RANDOM_SPLITS = ("warm", "cold")
"""Protocols that hold back likes or papers at random, whenever they happened."""
RANDOM_SPLIT_WARNING = (
    "Warning: this split is random, so rankers learn from what came after the papers they are "
    "asked for. A reader meets lower numbers; protocol time goes week by week."
)


def default_protocol(dataset: Dataset) -> str:
    """Return ``time`` where any week can be ranked, else ``warm``, a random split."""
    return "time" if weeks_of(dataset, Options()) else "warm"
