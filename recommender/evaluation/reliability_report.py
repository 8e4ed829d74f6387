"""How reliable the stated chances of a like were: by reader, together, over time. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from recommender.evaluation.report import json_number
from recommender.evaluation.text_table import align
from recommender.insights.reliability import (
    MIN_STATED,
    Reliability,
    StatedChance,
    StatedChances,
    in_time,
    reliability_of,
    reliability_verdict,
)

TOGETHER = "all readers"


@dataclass(frozen=True)
class TimePart:
    """Reliability of the answers between two moments, as ISO 8601 in UTC."""

    begins: str
    ends: str
    reliability: Reliability


@dataclass(frozen=True)
class ReaderReliability:
    """Reliability of one reader, or of all: of everything, and of consecutive parts of the time."""

    whole: Reliability
    parts: tuple[TimePart, ...]


@dataclass(frozen=True)
class ReliabilityReport:
    """What a library's log says of its stated chances; `readers` is reader id -> that reader's."""

    pooled: ReaderReliability
    readers: Mapping[str, ReaderReliability]
    seed: int

    def json(self) -> str:
        """Return the report as JSON text; what is not a number is null."""
        plain = {
            "seed": self.seed,
            "answered": self.pooled.whole.n,
            "needed": self.pooled.whole.needed,
            "least": MIN_STATED,
            "pooled": _plain(self.pooled),
            "readers": {x: _plain(found) for x, found in self.readers.items()},
            "summary": reliability_verdict(self.pooled.whole),
        }
        return json.dumps(plain, indent=2, allow_nan=False) + "\n"

    def table(self) -> str:
        """Return the report as text."""
        head = ["", "answers", "Brier", "of rate", "minus rate", "ECE", "by luck"]
        rows = [head, _cells(TOGETHER, self.pooled.whole)]
        if len(self.pooled.parts) > 1:
            rows += [
                _cells(f"  {x.begins[:10]} to {x.ends[:10]}", x.reliability)
                for x in self.pooled.parts
            ]
        rows += [_cells(x, found.whole) for x, found in self.readers.items()]
        lines = align(rows)
        whole = self.pooled.whole
        if whole.enough:
            points = [
                [f"{x.chance:.2f}", f"{x.liked:.2f}", f"{x.low:.2f} to {x.high:.2f}", str(x.n)]
                for x in whole.curve
            ]
            lines += ["", *align([["stated", "liked", "95 %", "answers"], *points])]
        explained = (
            "Each chance was stated before its answer. ECE: mean distance of stated chance and "
            "share of likes; by luck: the mean that true chances would have, and what they stay "
            "below in 95 of 100 logs."
        )
        return "\n".join([*lines, "", explained, reliability_verdict(whole)]) + "\n"


def reliability_report(readers: Mapping[str, StatedChances], seed: int) -> ReliabilityReport:
    """Measure the stated chances of each reader and of all readers together."""
    everything = [x for found in readers.values() for x in found.answers]
    missing = min((x.missing for x in readers.values()), default=0)
    return ReliabilityReport(
        _measured(everything, 0 if everything else missing, seed),
        {name: _measured(x.answers, x.missing, seed) for name, x in readers.items()},
        seed,
    )


def _measured(answers: Sequence[StatedChance], missing: int, seed: int) -> ReaderReliability:
    parts = (
        TimePart(x[0].at.isoformat(), x[-1].at.isoformat(), reliability_of(x, seed=seed))
        for x in in_time(answers)
        if x
    )
    return ReaderReliability(reliability_of(answers, missing, seed), tuple(parts))


def _plain(found: ReaderReliability) -> dict[str, object]:
    parts = [{"begins": x.begins, "ends": x.ends, **_numbers(x.reliability)} for x in found.parts]
    curve = [
        {
            "chance": json_number(x.chance),
            "liked": json_number(x.liked),
            "low": json_number(x.low),
            "high": json_number(x.high),
            "answers": x.n,
        }
        for x in found.whole.curve
    ]
    return _numbers(found.whole) | {"curve": curve, "parts": parts}


def _numbers(found: Reliability) -> dict[str, object]:
    far = found.minus_rate
    return {
        "answers": found.n,
        "needed": found.needed,
        "brier": json_number(found.brier),
        "brier_of_rate": json_number(found.brier_of_rate),
        "minus_rate": [json_number(x) for x in (far.value, far.low, far.high)],
        "ece": json_number(found.error),
        "ece_by_luck": [json_number(found.luck), json_number(found.most_luck)],
        "off": found.off,
    }


def _cells(name: str, found: Reliability) -> list[str]:
    if not found.enough:
        return [name, str(found.n), f"{found.needed} more answers", "-", "-", "-", "-"]
    far = found.minus_rate
    return [
        name,
        str(found.n),
        f"{found.brier:.3f}",
        f"{found.brier_of_rate:.3f}",
        f"{far.value:+.3f} ({far.low:+.3f} to {far.high:+.3f})",
        f"{found.error:.3f}",
        f"{found.luck:.3f} (below {found.most_luck:.3f})",
    ]
