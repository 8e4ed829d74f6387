"""What other rankers would have earned at the drawn places of this library's past slates. Pure.

Every ranker is fitted on what was liked before the first draw and is given, for each draw, what its
reader had done by then. It ranks the papers that were drawn from; as a policy it shows one of its
best fifth (`insights.off_policy`). So no ranker has seen an answer that it is judged by.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from recommender.domain import Event, EventKind, EventMeaning
from recommender.domain.history import PaperState, fold, meanings_with, preference_weights
from recommender.evaluation.datasets import Dataset
from recommender.evaluation.report import json_number
from recommender.evaluation.systems import (
    PAPERLOOP,
    FittedPipeline,
    FittedScorer,
    FittedSystem,
    system_by_name,
)
from recommender.evaluation.text_table import align
from recommender.evaluation.train_view import TrainView, learn
from recommender.features.interactions import Profile, Rows, profile_of_rows
from recommender.insights.compared_policies import (
    BLIND,
    SERVED,
    ComparedPolicy,
    count_missing_draws,
    estimate_policies,
    summary,
)
from recommender.insights.off_policy import BEST_SHARE, CLIP, MIN_EFFECTIVE, Floats, Interval
from recommender.insights.past_draws import Draw
from recommender.ranking import pipeline

Meanings = Mapping[EventKind, EventMeaning]
FROZEN = f"{PAPERLOOP}-frozen"
DEFAULT_RANKERS = (PAPERLOOP, FROZEN, "tfidf-rocchio")


@dataclass(frozen=True)
class OffPolicyReport:
    """What a log says of several policies.

    `drawn` places were drawn, `n_draws` of them answered, by `n_readers` readers.
    """

    drawn: int
    n_draws: int
    n_readers: int
    policies: tuple[ComparedPolicy, ...]
    seed: int

    @property
    def needed(self) -> int:
        """How many more answered draws it takes until every policy can be judged."""
        return count_missing_draws(self.n_draws, self.policies)

    def summary(self) -> str:
        """Say in a few sentences what is known and what is missing."""
        return summary(self.drawn, self.n_draws, self.policies)

    def json(self) -> str:
        """Return the report as JSON text; what is not a number is null."""
        plain = {
            "drawn": self.drawn,
            "answered": self.n_draws,
            "n_readers": self.n_readers,
            "seed": self.seed,
            "needed": self.needed,
            "best_share": BEST_SHARE,
            "clip": CLIP,
            "policies": {x.name: _plain(x) for x in self.policies},
            "summary": self.summary(),
        }
        return json.dumps(plain, indent=2, allow_nan=False) + "\n"

    def table(self) -> str:
        """Return the report as text."""
        head = ["policy", "likes per answer (DR)", "SNIPS", "IPS", "minus served", "effective"]
        lines = align([head, *(_cells(x) for x in self.policies)])
        explained = (
            "Each policy shows one of its best fifth of the papers that were drawn from. In "
            f"brackets 95 % intervals; a policy with fewer than {MIN_EFFECTIVE:.0f} effective "
            "answers is not judged. Draws without an answer are left out."
        )
        shown = [*lines, "", explained] if self.policies else []
        return "\n".join([*shown, self.summary()]) + "\n"


def compare_policies(
    dataset: Dataset | None,
    draws: Sequence[Draw],
    events: Mapping[str, Sequence[Event]],
    meanings: Mapping[str, Meanings],
    *,
    drawn: int,
    rankers: Sequence[str] | None = None,
    half_life_days: float | None = None,
    seed: int = 42,
) -> OffPolicyReport:
    """Estimate what each policy would have earned.

    Parameters
    ----------
    dataset
        The library, see `datasets.from_log`; None where nothing was liked.
    draws
        Answered draws of all readers.
    events
        Reader id -> the reader's events.
    meanings
        Reader id -> what each kind of event means to the reader.
    drawn
        How many places were drawn.
    rankers
        Names of systems; by default paperloop, itself frozen at the first draw, and TF-IDF.
    half_life_days
        Adds paperloop with likes and skips that weigh half after so many days.

    Raises
    ------
    EvaluationError
        A ranker is unknown.
    """
    names = list(dict.fromkeys(rankers or DEFAULT_RANKERS))
    for name in names:
        if name != FROZEN:
            system_by_name(name)
    draws = sorted(draws, key=lambda x: x.at)
    n_readers = len({x.reader_id for x in draws})
    if not draws or dataset is None:
        return OffPolicyReport(drawn, len(draws), n_readers, (), seed)
    scores = {SERVED: [x.scores for x in draws]}
    scores |= _scores_by(dataset, draws, events, meanings, names, half_life_days, seed)
    scores[BLIND] = [np.full(len(x.papers), np.nan) for x in draws]
    return OffPolicyReport(drawn, len(draws), n_readers, estimate_policies(draws, scores), seed)


def _scores_by(
    dataset: Dataset,
    draws: Sequence[Draw],
    events: Mapping[str, Sequence[Event]],
    meanings: Mapping[str, Meanings],
    names: Sequence[str],
    half_life_days: float | None,
    seed: int,
) -> dict[str, list[Floats]]:
    """Return what each ranker says of each reserve, as of the slate."""
    first = draws[0].at
    day = first.timestamp() / 86_400
    view = learn(
        dataset,
        dataset.likes.only(dataset.likes.day < day),
        skips=dataset.skips.only(dataset.skips.day < day),
        seed=seed,
        now=first,
    )
    fits = {
        name: system_by_name(name).fit(view)
        for name in dict.fromkeys(PAPERLOOP if x == FROZEN else x for x in names)
    }
    if half_life_days is not None and PAPERLOOP not in fits:
        fits[PAPERLOOP] = system_by_name(PAPERLOOP).fit(view)
    fading = f"{PAPERLOOP}-half-life-{half_life_days:g}" if half_life_days is not None else ""
    found: dict[str, list[Floats]] = {x: [] for x in (*names, *([fading] if fading else []))}
    frozen = {
        x: fold(y for y in events.get(x, ()) if y.created_at < first)
        for x in {y.reader_id for y in draws if FROZEN in found}
    }
    for draw in draws:
        log, meant = events.get(draw.reader_id, ()), meanings[draw.reader_id]
        known = fold(x for x in log if x.created_at < draw.at)
        rows = np.array([_row(dataset, x) for x in draw.papers], dtype=np.intp)
        for name in found:
            states = frozen[draw.reader_id] if name == FROZEN else known
            of_ranker = meanings_with(meant, half_life_days if name == fading else None)
            profile = _profile(dataset, view, draw, states, of_ranker)
            fitted = fits[PAPERLOOP if name in (FROZEN, fading) else name]
            found[name].append(_scores(fitted, profile, rows))
    return found


def _row(dataset: Dataset, paper_id: str) -> int:
    row = dataset.papers.index(paper_id)
    return -1 if row is None else row


def _profile(
    dataset: Dataset,
    view: TrainView,
    draw: Draw,
    states: Mapping[str, PaperState],
    meanings: Meanings,
) -> Profile:
    weights = {}
    for paper_id, weight in preference_weights(states, meanings, draw.at).items():
        row = dataset.papers.index(paper_id)
        if row is not None and states[paper_id].interest_id == draw.interest_id:
            weights[int(view.local[row])] = weight
    reader = dataset.readers.index(draw.reader_id)
    row_of_reader = -1 if reader is None else int(view.reader_row[reader])
    return profile_of_rows(weights, row_of_reader if row_of_reader >= 0 else None)


def _scores(fitted: FittedSystem, profile: Profile, rows: Rows) -> Floats:
    """Return ``(n,)`` scores; NaN for papers that are gone, or where nothing is known."""
    scores = np.full(rows.size, np.nan)
    known = rows >= 0
    if isinstance(fitted, FittedPipeline):
        scorers = pipeline.user_scorers(fitted.model, {PAPERLOOP: (profile, 1.0)})
        for scorer in scorers.values():
            scores[known] = scorer.score(rows[known])
    elif isinstance(fitted, FittedScorer):
        scores[known] = fitted.scorer.score(profile, rows[known])
    return scores


def _plain(policy: ComparedPolicy) -> dict[str, object]:
    value = policy.value
    return {
        "ips": _numbers(value.ips),
        "snips": _numbers(value.snips),
        "doubly_robust": _numbers(value.dr),
        "minus_served": _numbers(policy.ahead),
        "effective": round(value.effective, 2),
        "clipped": round(value.clipped, 4),
        "needed": value.needed,
        "to_tell": policy.to_tell,
    }


def _numbers(interval: Interval) -> list[float | None]:
    """Return value, low and high."""
    return [json_number(x) for x in (interval.value, interval.low, interval.high)]


def _cells(policy: ComparedPolicy) -> list[str]:
    value = policy.value
    size = f"{value.effective:.0f}"
    if value.needed:
        return [policy.name, f"{value.needed} more answers", "-", "-", "-", size]
    ahead = "-" if policy.name == SERVED else _said(policy.ahead, signed=True)
    return [policy.name, _said(value.dr), _said(value.snips), _said(value.ips), ahead, size]


def _said(interval: Interval, *, signed: bool = False) -> str:
    sign = "+" if signed else ""
    return f"{interval.value:{sign}.2f} ({interval.low:{sign}.2f} to {interval.high:{sign}.2f})"
