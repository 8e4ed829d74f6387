"""The job behind the page "Is it working?": log, slates and model -> one report.

Reads the store, the serving model and its manifest; writes nothing. Takes some
hundred milliseconds after thousands of events, so the page keeps the report
until the log has grown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import nan
from statistics import median

import numpy as np

from recommender.config import Settings
from recommender.domain import Event, Slate
from recommender.domain.history import active_events, learning_events
from recommender.domain.slates import RECENCY
from recommender.errors import ArtifactError, NoModel
from recommender.features.paper_features import days_of
from recommender.insights.compared_policies import BLIND, SERVED, ComparedPolicy, estimate_policies
from recommender.insights.drift import Change, changes_of
from recommender.insights.online_metrics import (
    Comparison,
    Judgement,
    Rate,
    compare,
    intra_list_distance,
    like_rates,
    monday_of,
)
from recommender.insights.past_draws import draws_of, n_drawn
from recommender.insights.reliability import Reliability, reliability_of, stated_chances
from recommender.insights.seed_replay import ShownPaper, seed_scores
from recommender.insights.sequential_test import TrialResult, trial_result
from recommender.insights.shown_answers import ShownAnswer, shown_answers
from recommender.recommend.recommender import Recommender
from recommender.recommend.served_model import ServedModel
from recommender.recommend.trial import trial_of
from recommender.store import Fetch, Store
from recommender.training import artifacts
from recommender.training.artifacts import ModelManifest
from recommender.training.fit import refit_due, running_fit

MAX_SLATES, MAX_DRAWS = 1_500, 300
N_SAMPLED = 500


@dataclass(frozen=True, slots=True)
class WeeklySlates:
    """What was shown in the week that begins on `week` (a Monday, UTC).

    `spread` is the mean unlikeness of the papers of one slate (0 alike, 1 as
    unrelated); `age_days` the median age of the papers when shown. NaN: unknown.
    """

    week: date
    n_papers: int
    spread: float
    age_days: float


@dataclass(frozen=True, slots=True)
class DrawsReport:
    """What the drawn places say of the ranker that served, of TF-IDF and of drawing blindly.

    `drawn` places were drawn, `n_draws` of them answered; `policies` is empty without any.
    """

    drawn: int
    n_draws: int
    policies: tuple[ComparedPolicy, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What is known of how well suggestions serve one reader.

    `n_shown` of `n_papers` in the catalogue were shown; `spread` is that of the
    whole catalogue, to compare with. `truncated`: older slates were left out, but for the trial.
    `changes` of the share of likes count places in `judgements`.
    """

    judgements: tuple[Judgement, ...]
    rates: tuple[Rate, ...]
    comparison: Comparison
    weeks: tuple[WeeklySlates, ...]
    n_shown: int
    n_papers: int
    spread: float
    truncated: bool
    draws: DrawsReport
    trial: TrialResult | None
    reliability: Reliability
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Health:
    """What the machinery did last; `model` is None with `problem` saying why.

    `running` is what a fit that runs now said last, None where none runs.
    """

    model: ModelManifest | None
    problem: str
    due: str
    running: str | None
    fetches: tuple[Fetch, ...]
    digest_weeks: tuple[str, ...]


def report_on(
    store: Store, recommender: Recommender, settings: Settings, reader_id: str
) -> Report | None:
    """Return the report on one reader; None where there is no model yet.

    Raises
    ------
    UnknownReader, ArtifactError
    """
    try:
        served = recommender.served()
    except NoModel:
        return None
    slates = store.feedback.slates(reader_id, limit=MAX_SLATES)[::-1]
    # What an interest's reset left out taught neither side of the comparison.
    events = learning_events(store.feedback.events(reader_id), store.readers.interests(reader_id))
    answers = shown_answers(events, slates)
    judgements = judgements_of(answers, events, served, settings)
    stated = stated_chances(answers)
    shown = {x.paper_id for slate in slates for x in slate.items}
    embedding = served.model.features.embedding
    step = max(embedding.shape[0] // N_SAMPLED, 1)
    return Report(
        judgements=tuple(judgements),
        rates=tuple(like_rates(judgements)),
        comparison=compare(judgements, settings.seed),
        weeks=tuple(_weeks(slates, served)),
        n_shown=len(shown),
        n_papers=store.catalogue.count(),
        spread=intra_list_distance(np.asarray(embedding[::step])),
        truncated=len(slates) == MAX_SLATES,
        draws=_draws(events, slates, served, settings),
        trial=_trial(store, reader_id, events),
        reliability=reliability_of(stated.answers, stated.missing, settings.seed),
        changes=tuple(changes_of([float(x.liked) for x in judgements])),
    )


def _trial(store: Store, reader_id: str, events: Sequence[Event]) -> TrialResult | None:
    """Return how the trial stands, from all of its slates; None where nothing is tried."""
    if trial_of(store, reader_id) is None:
        return None
    return trial_result(events, store.feedback.answered_shared_papers(reader_id))


def _draws(
    events: Sequence[Event], slates: Sequence[Slate], served: ServedModel, settings: Settings
) -> DrawsReport:
    draws, drawn = draws_of(events, slates)[-MAX_DRAWS:], n_drawn(slates)
    if not draws:
        return DrawsReport(drawn, 0, ())
    questions = [ShownPaper(p, x.interest_id, x.at) for x in draws for p in x.papers]
    scores = np.array(_seed_scores(questions, events, served, settings))
    ends = np.cumsum([len(x.papers) for x in draws])[:-1]
    policies = {
        SERVED: [x.scores for x in draws],
        "TF-IDF": np.split(scores, ends),
        BLIND: [np.full(len(x.papers), nan) for x in draws],
    }
    return DrawsReport(drawn, len(draws), estimate_policies(draws, policies))


def _seed_scores(
    questions: Sequence[ShownPaper],
    events: Sequence[Event],
    served: ServedModel,
    settings: Settings,
) -> list[float]:
    return seed_scores(
        questions,
        active_events(events),
        served.model.features.paper_terms,
        served.row_of,
        settings.meanings,
    )


def judgements_of(
    answers: Sequence[ShownAnswer],
    events: Sequence[Event],
    served: ServedModel,
    settings: Settings,
) -> list[Judgement]:
    """Return what was judged after it was shown, once a paper, in the order judged.

    Likes of imported files and of papers found by search do not count: they say
    nothing of the suggestions.
    """
    questions = [
        ShownPaper(x.item.paper_id, x.item.interest_id or "", x.slate.created_at) for x in answers
    ]
    seeds = _seed_scores(questions, events, served, settings)
    return [
        Judgement(
            paper_id=x.event.paper_id,
            interest_id=x.item.interest_id or "",
            at=x.event.created_at,
            liked=x.liked,
            served=nan if RECENCY in x.item.parts else x.item.score,
            seed=seed,
        )
        for x, seed in zip(answers, seeds, strict=True)
    ]


def health(store: Store, settings: Settings, reader_id: str) -> Health:
    """Return what fetch, fit and digest did last; a damaged model is told, not raised."""
    model, problem = None, ""
    try:
        model = artifacts.read_manifest(settings.models_dir)
    except ArtifactError as error:
        problem = str(error)
    return Health(
        model=model,
        problem=problem,
        due=refit_due(store, settings) or "",
        running=running_fit(settings),
        fetches=tuple(store.fetches.list()),
        digest_weeks=tuple(store.digests.weeks(reader_id)),
    )


def _weeks(slates: Sequence[Slate], served: ServedModel) -> list[WeeklySlates]:
    of_week: dict[date, list[Slate]] = {}
    for slate in slates:
        of_week.setdefault(monday_of(slate.created_at), []).append(slate)
    return [_week(week, found, served) for week, found in sorted(of_week.items())]


def _week(week: date, slates: Sequence[Slate], served: ServedModel) -> WeeklySlates:
    features = served.model.features
    first_shown: dict[str, datetime] = {}
    spreads = []
    for slate in slates:
        rows = served.rows_of(x.paper_id for x in slate.items)
        spreads.append(intra_list_distance(np.asarray(features.embedding[rows])))
        for item in slate.items:
            first_shown.setdefault(item.paper_id, slate.created_at)
    known = [x for x in spreads if x == x]
    ages = [
        days_of(at) - float(features.newest_days[row])
        for paper_id, at in first_shown.items()
        for row in served.rows_of([paper_id])
        if np.isfinite(features.newest_days[row])
    ]
    return WeeklySlates(
        week=week,
        n_papers=len(first_shown),
        spread=float(np.mean(known)) if known else nan,
        age_days=max(median(ages), 0.0) if ages else nan,
    )
