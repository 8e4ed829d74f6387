"""How an evaluation is set up. A new protocol is one function in one file and one line here."""

from __future__ import annotations

from collections.abc import Mapping

from recommender.evaluation.protocols.base import EvaluationProtocol
from recommender.evaluation.protocols.cold_items import cold
from recommender.evaluation.protocols.feedback_simulation import loop
from recommender.evaluation.protocols.fixed_split import given
from recommender.evaluation.protocols.onboarding import start
from recommender.evaluation.protocols.random_holdout import warm
from recommender.evaluation.protocols.temporal import time

PROTOCOLS: Mapping[str, EvaluationProtocol] = {
    "warm": warm,
    "cold": cold,
    "loop": loop,
    "start": start,
    "time": time,
    "given": given,
}
"""Name of a protocol -> the function that runs it."""
