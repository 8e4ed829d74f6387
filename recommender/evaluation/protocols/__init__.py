"""How an evaluation is set up. A new protocol is one function in one file and one line here."""

from __future__ import annotations

from collections.abc import Mapping

from recommender.evaluation.protocols.base import EvaluationProtocol
from recommender.evaluation.protocols.cold import cold
from recommender.evaluation.protocols.given import given
from recommender.evaluation.protocols.loop import loop
from recommender.evaluation.protocols.start import start
from recommender.evaluation.protocols.time import time
from recommender.evaluation.protocols.warm import warm

PROTOCOLS: Mapping[str, EvaluationProtocol] = {
    "warm": warm,
    "cold": cold,
    "loop": loop,
    "start": start,
    "time": time,
    "given": given,
}
"""Name of a protocol -> the function that runs it."""
