"""Run one evaluation: a data set, a protocol, the product and the baselines. The entry point."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from recommender.errors import EvaluationError
from recommender.evaluation.baselines import BASELINES
from recommender.evaluation.bootstrap import Estimate, estimate
from recommender.evaluation.datasets import Dataset, read_split
from recommender.evaluation.metrics import coverage, diversity, gini, novelty, overlap
from recommender.evaluation.protocols import (
    PROTOCOLS,
    RANDOM_SPLIT_WARNING,
    RANDOM_SPLITS,
)
from recommender.evaluation.protocols.base import Options, Result, SystemOutcome
from recommender.evaluation.reader_history import FROZEN
from recommender.evaluation.report import EvaluationReport, RankerResult
from recommender.evaluation.simulated_reader import Behaviour
from recommender.evaluation.splits import Part
from recommender.evaluation.systems import (
    PAPERLOOP,
    WITH_SHORTLIST,
    PipelineSystem,
    System,
    system_by_name,
)
from recommender.features.interactions import SparseRows
from recommender.features.tfidf import TextFeatures

Progress = Callable[[str, int, int], None]
"""Called with ranker, lists made, lists in all."""

COMPARABLE = ("warm", "cold", "given", "time")
"""Protocols in which every system is asked the same questions."""
LEARNERS = ("tfidf-rocchio", "svm", "logistic")
"""Baselines of protocol weeks: those that learn from one reader's answers to new papers."""


@dataclass(frozen=True)
class _Monitor:
    report: Progress | None
    clock: Callable[[], float]

    def progress(self, ranker: str, done: int, total: int) -> None:
        if self.report is not None:
            self.report(ranker, done, total)


def evaluate(
    dataset: Dataset,
    protocol: str,
    *,
    seed: int = 42,
    rankers: Sequence[str] | None = None,
    other_readers: int | None = None,
    train: Path | None = None,
    test: Path | None = None,
    part: Part = "test",
    behaviour: Behaviour | None = None,
    n_weeks: int = 52,
    n_readers: int | None = None,
    ablations: bool = True,
    vectors: NDArray[np.float32] | None = None,
    shortlist: bool = False,
    progress: Progress | None = None,
    clock: Callable[[], float] = time.process_time,
) -> EvaluationReport:
    """Measure rankers on a data set; the same seed gives the same numbers, times apart.

    Parameters
    ----------
    dataset
        From `datasets.open_dataset` or `datasets.from_log`.
    protocol
        A name of `PROTOCOLS`: warm, cold, loop, weeks, start, time or given.
    rankers
        Names to measure; by default paperloop and every baseline that can
        say anything here.
    other_readers
        How many other readers the collaborative part may learn from; None
        for all, 0 for a reader alone.
    train, test
        Files of the protocol ``given``.
    part
        ``valid`` while settings are chosen, ``test`` for the report.
    behaviour
        What simulated readers do, protocols ``loop`` and ``weeks``; None for every action with
        some mis-clicks.
    n_weeks
        How long protocol ``weeks`` goes on.
    n_readers
        How many readers ``loop`` and ``weeks`` simulate at most; None for their own number.
    ablations
        Whether ``loop`` and ``weeks`` also run paperloop with parts of its learning left out.
    vectors
        ``(n_papers, n_dims)`` of a sentence encoder, by rows of the data set: paperloop with
        them takes part with the others.
    shortlist
        Whether paperloop takes part a second time as it ranks a million papers, with the overlap
        of its lists with those of the full ranking.
    clock
        Seconds for the report; processor time, so that a busy machine does
        not make a ranker look slow.

    Raises
    ------
    EvaluationError
        An unknown name, a missing file, or a data set that does not hold what
        the protocol needs.
    """
    if protocol not in PROTOCOLS:
        known = ", ".join(PROTOCOLS)
        raise EvaluationError(f"There is no protocol {protocol!r}; known are {known}.")
    if part not in ("valid", "test"):
        raise EvaluationError(f"There is no part {part!r}; known are valid, test.")
    if shortlist and protocol not in COMPARABLE:
        where = ", ".join(COMPARABLE)
        raise EvaluationError(f"A shortlist is compared in the protocols {where}.")
    there = int((dataset.likes.per_reader() > 0).sum())
    options = Options(
        seed=seed,
        part=part,
        other_readers=None if other_readers is None else min(other_readers, there),
        train=read_split(train, dataset) if train else None,
        test=read_split(test, dataset) if test else None,
        behaviour=behaviour or Behaviour(),
        n_weeks=n_weeks,
        n_readers=n_readers,
        ablations=ablations,
    )
    systems, notes = _choose(dataset, protocol, options, rankers)
    if other_readers is not None and other_readers > there:
        notes.append(f"{other_readers} other readers were asked for; likes of {there} are there.")
    if vectors is not None:
        systems.append(PipelineSystem.with_encoder(vectors))
    if shortlist:
        if all(x.entry.name != PAPERLOOP for x in systems):
            systems.append(PipelineSystem())
        systems.append(PipelineSystem.with_shortlist())
    with threadpool_limits(1, "blas"):
        result = PROTOCOLS[protocol](dataset, options, systems, _Monitor(progress, clock))
    return _report(dataset, protocol, options, result, notes)


def _choose(
    dataset: Dataset, protocol: str, options: Options, names: Sequence[str] | None
) -> tuple[list[System], list[str]]:
    """Return who takes part, and who was left out of the default field and why."""
    if names:
        return [system_by_name(name) for name in dict.fromkeys(names)], []
    alone, undated = options.other_readers == 0, np.isnan(dataset.appeared_day).all()
    fitting, notes = [PAPERLOOP], []
    for name, baseline in BASELINES.items():
        if protocol == "weeks" and name not in LEARNERS:
            continue
        if baseline.needs_readers and (protocol in ("cold", "time") or alone):
            why = "there are no other readers" if alone else "new papers have no readers yet"
            notes.append(f"{name} was left out: {why}.")
        elif baseline.needs_dates and undated:
            notes.append(f"{name} was left out: the papers carry no dates.")
        else:
            fitting.append(name)
    return [system_by_name(name) for name in fitting], notes


def _report(
    dataset: Dataset, protocol: str, options: Options, result: Result, notes: Sequence[str]
) -> EvaluationReport:
    terms = _paper_terms(dataset)
    own = result.outcomes.get(PAPERLOOP)
    rankers = [_summary(n, o, own, terms, options.seed) for n, o in result.outcomes.items()]
    report = EvaluationReport(
        dataset=dataset.name,
        protocol=protocol,
        part=options.part,
        seed=options.seed,
        n_readers=result.n_readers,
        n_papers=len(dataset.papers),
        other_readers=options.other_readers,
        rankers=tuple(rankers),
        features_seconds=result.features_seconds,
        left_out=result.left_out,
        notes=(
            *_warnings(protocol),
            *dataset.notes,
            *result.notes,
            *notes,
            *_samples(rankers, result.n_readers),
        ),
        learning=_learning(protocol, result.outcomes, options.seed),
    )
    main = report.headline
    best_first = sorted(rankers, key=lambda r: -r.value(main))
    return EvaluationReport(**{**report.__dict__, "rankers": tuple(best_first)})


def _paper_terms(dataset: Dataset) -> SparseRows:
    """Return the TF-IDF of all papers, by which the diversity of every list is measured."""
    if dataset.counts is None:
        return TextFeatures.fit(dataset.records).transform(dataset.records)
    return TextFeatures.of_counts(dataset.counts, dataset.words).transform_counts(dataset.counts)


def _summary(
    name: str, outcome: SystemOutcome, own: SystemOutcome | None, terms: SparseRows, seed: int
) -> RankerResult:
    is_own = own is None or name == PAPERLOOP
    spread = estimate(diversity(outcome.shown, terms), seed)
    return RankerResult(
        name=name,
        n_readers=len(outcome.readers),
        metrics={m: estimate(v, seed) for m, v in outcome.values.items()},
        overall={
            "coverage": coverage(outcome.shown, outcome.pool),
            "novelty": novelty(outcome.shown, outcome.popularity),
            "diversity": spread.mean,
            "gini": gini(outcome.shown, outcome.pool),
            **_overlap(name, outcome, own),
            **outcome.overall,
        },
        fit_seconds=outcome.fit_seconds,
        rank_seconds=outcome.rank_seconds,
        behind={} if is_own or own is None else paired(own, outcome, seed),
        curve=outcome.curve,
        weekly=outcome.weekly,
    )


def _overlap(name: str, outcome: SystemOutcome, own: SystemOutcome | None) -> dict[str, float]:
    """Return how much of the full ranking's lists a shortlist has, on the same questions."""
    if name != WITH_SHORTLIST or own is None:
        return {}
    return {"overlap": overlap(outcome.shown, own.shown)}


def paired(ours: SystemOutcome, theirs: SystemOutcome, seed: int) -> dict[str, Estimate]:
    """Estimate ours minus theirs, metric by metric, on the readers both were measured on."""
    _, mine, other = np.intersect1d(ours.readers, theirs.readers, return_indices=True)
    return {
        metric: estimate(values[mine] - theirs.values[metric][other], seed)
        for metric, values in ours.values.items()
        if metric in theirs.values
    }


def _samples(rankers: Sequence[RankerResult], n_readers: int) -> list[str]:
    few = [r.name for r in rankers if r.n_readers < n_readers and r.name in BASELINES]
    if not few:
        return []
    return [
        f"Measured on a sample of readers, being slow: {', '.join(few)}. "
        "Compare them by paperloop_ahead, which is on the same readers."
    ]


def _warnings(protocol: str) -> tuple[str, ...]:
    return (RANDOM_SPLIT_WARNING,) if protocol in RANDOM_SPLITS else ()


def _learning(protocol: str, outcomes: Mapping[str, SystemOutcome], seed: int) -> str:
    """Say whether the system that learned beats itself frozen at the start."""
    if protocol not in _LEARNED or FROZEN not in outcomes:
        return ""
    metric, start, which = _LEARNED[protocol]
    gain = paired(outcomes[PAPERLOOP], outcomes[FROZEN], seed)[metric]
    if gain.n < 2:
        return (
            f"One reader is too few to say whether learning beats the same system frozen {start}."
        )
    pays = gain.excludes_zero and gain.mean > 0
    verdict = "beats" if pays else "does not demonstrably beat"
    return (
        f"Learning week by week {verdict} the same system frozen {start} "
        f"{gain.mean:+.4f} (95 % interval {gain.low:+.4f} to {gain.high:+.4f}, {gain.n} {which})."
    )


_LEARNED = {
    "time": ("ndcg@20", "at the start: NDCG@20", "readers known at the start"),
    "weeks": ("from week 5", "after the first week: likes per shown from week 5 on", "readers"),
}
"""Protocol -> metric, how it is said, and whom it is measured on."""
