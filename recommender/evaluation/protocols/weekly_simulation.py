"""Weeks: a simulated year of weekly papers, each week with a digest and a session for every reader.

Who reads and what they want is said by `simulated_year`, what they do with a shown paper by
`simulated_reader`. In each week that a reader is not on holiday, a digest chooses from the papers
of the week as the product does, and a session shows ten of all papers so far; both are answered.
No paper is shown twice. The model is fitted on what is known, without the simulated readers, every
thirteen weeks; papers since then are folded in.

Next to the product runs the product that learns nothing from its reader after the first week, with
the same fits, and, where readers dislike, the one that ignores dislikes.

Counted are the wanted papers that were shown, not the likes, which mis-clicks change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from recommender.evaluation.datasets import Dataset
from recommender.evaluation.interactions import Rows
from recommender.evaluation.metrics import pad
from recommender.evaluation.protocols.base import (
    Monitor,
    Options,
    Result,
    SystemOutcome,
    timed,
)
from recommender.evaluation.protocols.simulated_year import (
    SimulatedYear,
    YearReader,
    simulate_year,
)
from recommender.evaluation.reader_history import Contestant, ReaderHistory, contestants_of
from recommender.evaluation.simulated_reader import Action, SimulatedReader
from recommender.evaluation.splits import draw
from recommender.evaluation.systems import FittedSystem, ShownPapers, System, show, show_digest
from recommender.evaluation.train_view import TrainView, learn, with_new

DIGEST_SIZE, SESSION_SIZE = 10, 10
WEEKS_PER_FIT = 13
SLOW_SAMPLE = 10
SETTLED = 4
"""Weeks after which learning must have paid: results are given from the next week on too."""
MANY_WANTED = 10
"""Wanted papers of a week with which a digest must not be empty."""
RECOVERED, WEEKS_BEFORE, WEEKS_AFTER = 0.8, 8, 4
"""What a drift is over by, see `weeks_to_recover`."""


@dataclass
class _Counts:
    """What happened to one contestant, ``(n_readers, n_weeks)`` each."""

    shown: NDArray[np.float64]
    wanted: NDArray[np.float64]
    disliked: NDArray[np.float64]
    in_digest: NDArray[np.float64]
    wanted_in_digest: NDArray[np.float64]
    digests: NDArray[np.float64]
    empty: NDArray[np.float64]
    with_many: NDArray[np.float64]
    empty_with_many: NDArray[np.float64]

    @classmethod
    def of_size(cls, n_readers: int, n_weeks: int) -> _Counts:
        return cls(*(np.zeros((n_readers, n_weeks)) for _ in range(9)))


@dataclass
class _YearRun:
    """One contestant's year as it goes on."""

    contestant: Contestant
    readers: Sequence[YearReader]
    counts: _Counts
    histories: list[ReaderHistory]
    digests: list[Rows] = field(default_factory=list)
    rank_seconds: float = 0.0

    @classmethod
    def of(cls, contestant: Contestant, year: SimulatedYear, seed: int) -> _YearRun:
        readers, sample = year.readers, contestant.system.entry.sample
        if sample is not None:
            kept = draw(np.arange(len(readers)), min(sample, SLOW_SAMPLE), seed)
            readers = tuple(readers[i] for i in kept)
        histories = [ReaderHistory(x.first, contestant.rule) for x in readers]
        counts = _Counts.of_size(len(readers), len(year.weeks))
        return cls(contestant, readers, counts, histories)


def run_weekly_simulation(
    dataset: Dataset, options: Options, systems: Sequence[System], monitor: Monitor
) -> Result:
    """Live through the weeks with all systems.

    Raises
    ------
    EvaluationError
        There are too few weeks, papers or readers.
    """
    year = simulate_year(dataset, options)
    contestants = contestants_of(systems, options.behaviour, options.ablations)
    runs = [_YearRun.of(c, year, options.seed) for c in contestants]
    fits: dict[str, FittedSystem] = {}
    fit_seconds = dict.fromkeys((c.entry.name for c in systems), 0.0)
    features_seconds, begun = 0.0, 0
    for week in range(len(year.weeks)):
        if week % WEEKS_PER_FIT == 0:
            base, seconds = timed(monitor, lambda w=week: _learn(dataset, year, w, options))  # type: ignore[misc]
            features_seconds, begun = features_seconds + seconds, week
            for system in systems:
                name = system.entry.name
                fits[name], seconds = timed(monitor, lambda s=system, b=base: s.fit(b))  # type: ignore[misc]
                fit_seconds[name] += seconds
        new = np.concatenate(year.weeks[begun : week + 1])
        view = with_new(base, dataset, new, year.now(week))
        fitted = {name: x.extended(view) for name, x in fits.items()}
        for done, run in enumerate(runs):
            monitor.progress(
                run.contestant.name, week * len(runs) + done, len(year.weeks) * len(runs)
            )
            begun_at = monitor.clock()
            _live(run, year, week, view, fitted[run.contestant.system.entry.name])
            run.rank_seconds += monitor.clock() - begun_at
    monitor.progress("weeks", len(year.weeks) * len(runs), len(year.weeks) * len(runs))
    outcomes = {
        x.contestant.name: _outcome(x, year, fit_seconds[x.contestant.system.entry.name])
        for x in runs
    }
    return Result(outcomes, len(year.readers), features_seconds, year.left_out, year.notes)


def _learn(dataset: Dataset, year: SimulatedYear, week: int, options: Options) -> TrainView:
    return learn(
        dataset,
        year.likes_before(week),
        seed=options.seed,
        known=year.known(week),
        now=year.now(week),
    )


def _live(
    run: _YearRun, year: SimulatedYear, week: int, view: TrainView, fitted: FittedSystem
) -> None:
    """Let every reader who is there read the digest of a week and then a session."""
    for place, (reader, history) in enumerate(zip(run.readers, run.histories, strict=True)):
        if week == year.drift_week:
            history.record_found(reader.found)
        if reader.away[week]:
            continue
        person = reader.before if week < year.drift_week else reader.after
        fresh = np.setdiff1d(year.weeks[week], history.shown)
        if len(fresh):
            profile = history.profile(view, reader.row)
            digest = show_digest(fitted, profile, view.local[fresh], DIGEST_SIZE, history.verdicts)
            slate = view.order[digest.rows]
            _count_digest(run.counts, place, week, digest, person.wanted(slate).sum())
            if person.wanted(fresh).sum() >= MANY_WANTED:
                run.counts.with_many[place, week] = 1
                run.counts.empty_with_many[place, week] = _is_empty(digest)
            run.digests.append(slate)
            _answer(run.counts, place, week, history, person, slate, digest)
        pool = np.setdiff1d(np.arange(len(view.order)), view.local[history.shown])
        session = show(fitted, history.profile(view, reader.row), pool, SESSION_SIZE)
        _answer(run.counts, place, week, history, person, view.order[session.rows], session)
        history.end_round()


def _answer(
    counts: _Counts,
    place: int,
    week: int,
    history: ReaderHistory,
    person: SimulatedReader,
    slate: Rows,
    shown: ShownPapers,
) -> None:
    answers: list[Action] = person.answers(slate)
    history.record(slate, answers, person.undone(slate), shown.scores)
    counts.shown[place, week] += len(slate)
    counts.wanted[place, week] += person.wanted(slate).sum()
    counts.disliked[place, week] += answers.count("dislike")


def _is_empty(digest: ShownPapers) -> bool:
    """Return whether no paper reached the bar; the best below it may still be offered."""
    return digest.below_bar or not len(digest.rows)


def _count_digest(
    counts: _Counts, place: int, week: int, digest: ShownPapers, n_wanted: int
) -> None:
    counts.digests[place, week] = 1
    counts.empty[place, week] = _is_empty(digest)
    counts.in_digest[place, week] = len(digest.rows)
    counts.wanted_in_digest[place, week] = n_wanted


def _outcome(run: _YearRun, year: SimulatedYear, fit_seconds: float) -> SystemOutcome:
    x = run.counts
    rankings = x.digests.sum() + (x.shown > 0).sum()
    likes_per_shown = _ratio(x.wanted, x.shown, axis=0)
    return SystemOutcome(
        readers=np.array([r.number for r in run.readers], dtype=np.intp),
        values={
            "likes per shown": _ratio(x.wanted, x.shown),
            "from week 5": _ratio(x.wanted[:, SETTLED:], x.shown[:, SETTLED:]),
            "digest precision": _ratio(x.wanted_in_digest, x.in_digest),
            "dislikes per shown": _ratio(x.disliked, x.shown),
            "empty digests": _ratio(x.empty, x.digests),
        },
        shown=pad(run.digests, DIGEST_SIZE),
        pool=np.unique(np.concatenate(year.weeks)),
        popularity=year.likes,
        fit_seconds=fit_seconds,
        rank_seconds=run.rank_seconds / max(float(rankings), 1.0),
        curve=tuple(likes_per_shown.tolist()),
        overall=_overall(run, year),
        weekly={
            "readers": tuple((x.shown > 0).sum(axis=0).tolist()),
            "likes per shown": tuple(likes_per_shown.tolist()),
            "digest precision": tuple(_ratio(x.wanted_in_digest, x.in_digest, axis=0).tolist()),
            "dislikes per shown": tuple(_ratio(x.disliked, x.shown, axis=0).tolist()),
            "empty digests": tuple(_ratio(x.empty, x.digests, axis=0).tolist()),
        },
    )


def _overall(run: _YearRun, year: SimulatedYear) -> Mapping[str, float]:
    drifting = np.array([r.drifts for r in run.readers], dtype=bool)
    recovery = weeks_to_recover(
        run.counts.wanted[drifting].sum(axis=0),
        run.counts.shown[drifting].sum(axis=0),
        year.drift_week,
    )
    return {
        "weeks to recover": recovery,
        "digests with ten wanted": float(run.counts.with_many.sum()),
        "empty digests with ten wanted": float(run.counts.empty_with_many.sum()),
    }


def weeks_to_recover(
    wanted: NDArray[np.float64], shown: NDArray[np.float64], drift_week: int
) -> float:
    """Return after how many weeks the readers whose interests changed are served as before.

    Parameters
    ----------
    wanted, shown
        ``(n_weeks,)`` sums over these readers.
    drift_week
        Index of the first week with other interests.

    Returns
    -------
    The smallest n for which likes per shown over the four weeks from n weeks after the drift on
    are at least 80 % of those over the eight weeks before it; 0 where nothing was lost, NaN
    where that is not reached.
    """
    before = slice(max(drift_week - WEEKS_BEFORE, 0), drift_week)
    if not wanted[before].sum():
        return float("nan")
    bar = RECOVERED * wanted[before].sum() / shown[before].sum()
    for n in range(len(wanted) - drift_week - WEEKS_AFTER + 1):
        after = slice(drift_week + n, drift_week + n + WEEKS_AFTER)
        if wanted[after].sum() >= bar * max(shown[after].sum(), 1.0):
            return float(n)
    return float("nan")


def _ratio(
    part: NDArray[np.float64], whole: NDArray[np.float64], axis: int = 1
) -> NDArray[np.float64]:
    """Return sum over sum along an axis; NaN where the whole is 0."""
    parts, sums = part.sum(axis=axis), whole.sum(axis=axis)
    return np.where(sums > 0, parts / np.maximum(sums, 1.0), np.nan)
