"""What an evaluation found: as values, as JSON, as a table. Pure; `html` makes the page."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from recommender.evaluation.bootstrap import Estimate

ORDER = (
    "likes@100", "likes@10", "found@100", "bib@20", "titles@20", "picks@20", "popular@20",
    "random@20", "sentence@20", "nothing@20", "recall@20", "recall@50", "recall@100", "recall@200",
    "recall@300", "ndcg@20", "mrr", "overlap", "coverage", "novelty", "diversity", "gini",
    "brier", "brier of rate", "ece", "n told", "likes per shown", "from week 5",
    "digest precision", "dislikes per shown", "empty digests",
    "weeks to recover", "digests with ten wanted", "empty digests with ten wanted",
)  # fmt: skip
"""Metrics in the order they are reported."""
COUNTS = (*ORDER[:2], *ORDER[3:10])
"""Those that count likes: of 100 shown, of 10, and of 20 by the way a reader began."""

WHOLE = (
    *("n told", "weeks to recover"),
    *("digests with ten wanted", "empty digests with ten wanted"),
)
"""Those that are whole numbers."""


@dataclass(frozen=True)
class RankerResult:
    """One ranker's numbers.

    Parameters
    ----------
    metrics
        metric -> mean over readers with its interval.
    overall
        metric of all lists together -> value: coverage, novelty (bits),
        diversity, gini; overlap with the full ranking of a shortlist.
    behind
        metric -> paperloop minus this ranker, reader by reader; empty for
        paperloop itself and where paperloop did not take part.
    curve
        Mean likes by round (loop), mean NDCG@20 by week (time), or likes per shown by week.
    weekly
        measure -> value of each week over all readers; protocol weeks only.
    """

    name: str
    n_readers: int
    metrics: Mapping[str, Estimate]
    overall: Mapping[str, float]
    fit_seconds: float
    rank_seconds: float
    behind: Mapping[str, Estimate] = field(default_factory=dict)
    curve: tuple[float, ...] = ()
    weekly: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    def value(self, metric: str) -> float:
        """Return a metric's mean or overall value; NaN where it was not measured."""
        if metric in self.metrics:
            return self.metrics[metric].mean
        return self.overall.get(metric, float("nan"))

    def as_json(self) -> dict[str, Any]:
        """Return the numbers by name; what is not a number is null."""
        means = {
            m: json_number(self.value(m)) for m in ORDER if m in {*self.metrics, *self.overall}
        }
        result: dict[str, Any] = means | {
            "n_readers": self.n_readers,
            "fit_seconds": json_number(self.fit_seconds),
            "rank_seconds": json_number(self.rank_seconds),
            "intervals": {m: _interval(e) for m, e in self.metrics.items()},
        }
        if self.curve:
            result["curve"] = [json_number(x) for x in self.curve]
        if self.weekly:
            result["weekly"] = {m: [json_number(x) for x in v] for m, v in self.weekly.items()}
        if self.behind:
            result["paperloop_ahead"] = {m: _with_mean(e) for m, e in self.behind.items()}
        return result


@dataclass(frozen=True)
class EvaluationReport:
    """Everything one command measured, best ranker first.

    Parameters
    ----------
    features_seconds
        Time of TF-IDF and embedding, which all rankers share; comes on top of
        every `fit_seconds`.
    left_out
        reason -> number of readers who were not measured.
    learning
        Whether learning paid, in one sentence; protocols time and weeks only.
    """

    dataset: str
    protocol: str
    part: str
    seed: int
    n_readers: int
    n_papers: int
    other_readers: int | None
    rankers: tuple[RankerResult, ...]
    features_seconds: float = 0.0
    left_out: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    learning: str = ""

    @property
    def headline(self) -> str:
        """The metric that orders the rankers."""
        measured = {m for r in self.rankers for m in r.metrics}
        heads = ("likes@100", "likes per shown", "titles@20", "ndcg@20")
        return next((m for m in heads if m in measured), "ndcg@20")

    def ranker(self, name: str) -> RankerResult:
        """Return one ranker's numbers; raises KeyError for one that did not take part."""
        return {r.name: r for r in self.rankers}[name]

    def as_json(self) -> dict[str, Any]:
        """Return ``{"protocol", "seed", "n_readers", "rankers": {name: numbers}, …}``."""
        return {
            "protocol": self.protocol,
            "seed": self.seed,
            "n_readers": self.n_readers,
            "rankers": {r.name: r.as_json() for r in self.rankers},
            "dataset": self.dataset,
            "part": self.part,
            "n_papers": self.n_papers,
            "features_seconds": json_number(self.features_seconds),
            "other_readers": self.other_readers,
            "left_out": dict(self.left_out),
            "notes": list(self.notes),
            "learning": self.learning or None,
        }

    def json(self) -> str:
        """Return the report as JSON text, strict and indented."""
        return json.dumps(self.as_json(), indent=2, allow_nan=False) + "\n"

    def columns(self) -> list[str]:
        """Return the metrics that any ranker has, in their order."""
        measured = {m for r in self.rankers for m in (*r.metrics, *r.overall)}
        return [m for m in ORDER if m in measured]

    def rows(self) -> list[list[str]]:
        """Return the table cell by cell, the head first; ``±`` is half the 95 % interval."""
        columns, main = self.columns(), self.headline
        table = [["ranker", *columns, "fit s", "rank ms", "readers"]]
        for r in self.rankers:
            cells = [_cell(r, m, with_interval=m == main) for m in columns]
            times = [f"{r.fit_seconds:.1f}", f"{1000 * r.rank_seconds:.1f}"]
            table.append([r.name, *cells, *times, str(r.n_readers)])
        return table

    def table(self) -> str:
        """Return the table as Markdown with aligned columns, and the notes below it."""
        rows = self.rows()
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        lines = [_line(row, widths) for row in rows]
        lines.insert(
            1,
            "|" + "|".join("-" * (w + 1) + (":" if i else "-") for i, w in enumerate(widths)) + "|",
        )
        return "\n".join([self.title, "", *lines, "", *self.remarks()]) + "\n"

    @property
    def title(self) -> str:
        """What was measured, in one line."""
        others = "" if self.other_readers is None else f", {self.other_readers} other readers"
        return (
            f"{self.dataset}, protocol {self.protocol}, {self.part} part, seed {self.seed}: "
            f"{self.n_readers} readers, {self.n_papers} papers{others}"
        )

    def remarks(self) -> list[str]:
        """Return who was left out and why, and what else a reader of the numbers must know."""
        left = [f"Left out: {n} readers ({why})." for why, n in self.left_out.items() if n]
        seconds = (
            f"TF-IDF and embedding took {self.features_seconds:.1f} s, which all rankers share. "
            "Times are processor seconds."
        )
        return [*left, *self.notes, seconds, *([self.learning] if self.learning else [])]


def _cell(ranker: RankerResult, metric: str, *, with_interval: bool) -> str:
    value = ranker.value(metric)
    if math.isnan(value):
        return "–"
    digits = 2 if metric in COUNTS or metric == "novelty" else 0 if metric in WHOLE else 4
    text = f"{value:.{digits}f}"
    if with_interval and metric in ranker.metrics:
        half = (ranker.metrics[metric].high - ranker.metrics[metric].low) / 2
        text += "" if math.isnan(half) else f" ±{half:.{digits}f}"
    return text


def _line(row: list[str], widths: list[int]) -> str:
    cells = [
        x.rjust(w) if i else x.ljust(w) for i, (x, w) in enumerate(zip(row, widths, strict=True))
    ]
    return "| " + " | ".join(cells) + " |"


def json_number(value: float) -> float | None:
    """Return a number as reports write it in JSON; None for NaN."""
    return None if math.isnan(value) else round(value, 6)


def _interval(estimate: Estimate) -> list[float | None]:
    return [json_number(estimate.low), json_number(estimate.high)]


def _with_mean(estimate: Estimate) -> list[float | None]:
    return [json_number(estimate.mean), *_interval(estimate)]
