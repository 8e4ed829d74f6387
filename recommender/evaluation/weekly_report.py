"""The report of protocol weeks as plain text of at most 80 columns. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from recommender.evaluation.bootstrap import Estimate
from recommender.evaluation.report import EvaluationReport, RankerResult
from recommender.evaluation.systems import PAPERLOOP
from recommender.evaluation.text_table import align

WIDTH = 80
_PREFIXES = (f"{PAPERLOOP}-", "tfidf-")
_BY_WEEK = ("likes per shown", "digest precision", "dislikes per shown", "empty digests")
_SHORT = ("likes", "digest", "dislikes", "empty")


def weekly_table(report: EvaluationReport) -> str:
    """Return results, paired differences and weeks, with the remarks below them."""
    parts = [
        report.title,
        "",
        *align([_HEAD, *([_short(r.name), *_cells(r)] for r in report.rankers)]),
        "",
        *_differences(report),
        *_weeks(report),
        *_explained(report),
        *report.remarks(),
    ]
    return "\n".join(line for part in parts for line in _wrapped(part)) + "\n"


_HEAD = ["ranker", "likes/shown", "from week 5", "digest", "dislikes", "empty", "recovers"]


def _cells(r: RankerResult) -> list[str]:
    recovers = r.value("weeks to recover")
    return [
        _with_half_interval(r.metrics["likes per shown"]),
        _with_half_interval(r.metrics["from week 5"]),
        _number(r.value("digest precision")),
        _number(r.value("dislikes per shown")),
        _number(r.value("empty digests")),
        "-" if math.isnan(recovers) else f"{recovers:.0f}",
    ]


def _differences(report: EvaluationReport) -> list[str]:
    """Return paperloop minus each other, reader by reader."""
    rows = [
        [_short(r.name), *(_signed(r.behind[m]) for m in ("likes per shown", "from week 5"))]
        for r in report.rankers
        if "likes per shown" in r.behind
    ]
    if not rows:
        return []
    return [*align([["paperloop minus", "likes/shown", "from week 5"], *rows]), ""]


def _weeks(report: EvaluationReport) -> list[str]:
    """Return the product's measures by week, and everybody's likes per shown."""
    own = next((r for r in report.rankers if r.name == PAPERLOOP and r.weekly), None)
    others = [r for r in report.rankers if r.weekly and r.name != PAPERLOOP]
    n_weeks = max((len(r.weekly["readers"]) for r in report.rankers if r.weekly), default=0)
    columns: list[tuple[str, Callable[[int], str]]] = []
    if own is not None:
        columns.append(("readers", lambda i, v=own.weekly["readers"]: f"{v[i]:.0f}"))  # type: ignore[misc]
        for name, short in zip(_BY_WEEK, _SHORT, strict=True):
            columns.append((short, lambda i, v=own.weekly[name]: _number(v[i])))  # type: ignore[misc]
    for r in others:
        values = r.weekly["likes per shown"]
        columns.append((_short(r.name), lambda i, v=values: _number(v[i])))  # type: ignore[misc]
    lines: list[str] = []
    for some in _fitting(columns):
        rows = [["week", *(name for name, _ in some)]]
        rows += [[str(i + 1), *(cell(i) for _, cell in some)] for i in range(n_weeks)]
        lines += [*align(rows), ""]
    return lines


def _fitting(
    columns: Sequence[tuple[str, Callable[[int], str]]],
) -> list[list[tuple[str, Callable[[int], str]]]]:
    """Divide columns among tables that are at most 80 characters wide."""
    tables: list[list[tuple[str, Callable[[int], str]]]] = []
    left = 0
    for column in columns:
        needed = max(len(column[0]), 5) + 2
        if needed > left:
            tables.append([])
            left = WIDTH - len("week")
        tables[-1].append(column)
        left -= needed
    return tables


def _explained(report: EvaluationReport) -> list[str]:
    lines = [
        "frozen: nothing is learned after the first week; no-dislikes: dislikes are not learned "
        "from. By week: paperloop's readers who were there, its likes per shown paper, precision "
        "of the digest, dislikes per shown and digests without a paper above the bar; then the "
        "likes per shown of the others. recovers: weeks until readers whose interests changed "
        "find 80 % of what they found before, over four weeks. ± is half the 95 % interval."
    ]
    own = next((r for r in report.rankers if r.name == PAPERLOOP), None)
    if own is not None:
        many, empty = (own.value(f"{x} with ten wanted") for x in ("digests", "empty digests"))
        lines.append(
            f"Digests of weeks with ten or more wanted papers: {many:.0f}, of them empty: "
            f"{empty:.0f}."
        )
    return lines


def _short(name: str) -> str:
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    return name


def _wrapped(line: str) -> list[str]:
    """Return a line in pieces of at most 80 characters, cut between words."""
    if len(line) <= WIDTH:
        return [line]
    pieces = [""]
    for word in line.split(" "):
        if len(pieces[-1]) + 1 + len(word) > WIDTH:
            pieces.append(word)
        else:
            pieces[-1] = f"{pieces[-1]} {word}".lstrip()
    return pieces


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3f}"


def _with_half_interval(estimate: Estimate) -> str:
    half = (estimate.high - estimate.low) / 2
    return _number(estimate.mean) + ("" if math.isnan(half) else f" ±{half:.3f}")


def _signed(estimate: Estimate) -> str:
    if math.isnan(estimate.mean):
        return "-"
    return f"{estimate.mean:+.3f} ({estimate.low:+.3f} to {estimate.high:+.3f})"
