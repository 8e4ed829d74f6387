"""The systems of an evaluation: the product's own pipeline, and the baselines.

All are asked the same question: at most `n` papers of a pool for one history,
best first, none of them judged before.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass, field, replace
from math import inf, isfinite
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from recommender.digest.compose.select import Rules, choose, n_asked
from recommender.domain import Candidate, Recommendation
from recommender.errors import EvaluationError
from recommender.evaluation.baselines import BASELINES
from recommender.evaluation.baselines.base import Baseline, Scorer
from recommender.evaluation.interactions import Rows
from recommender.evaluation.train_view import TrainView
from recommender.features.interactions import Profile
from recommender.ranking import RANKERS, pipeline
from recommender.ranking.als.fold_in import Floats
from recommender.ranking.calibration import ScoredVerdicts, curve_of
from recommender.recommend.personal_bar import PersonalBar

PAPERLOOP = "paperloop"
WITH_ENCODER = f"{PAPERLOOP}-encoder"
WITH_SHORTLIST = f"{PAPERLOOP}-shortlist"
_OWN = Baseline(PAPERLOOP, "recommender.ranking.pipeline")


class FittedSystem(Protocol):
    """A system that has learnt; row numbers are those of its `TrainView`."""

    def extended(self, view: TrainView) -> Self:
        """Return the same with the new papers of `view` folded in, nothing else learnt."""
        ...

    def rank(self, profile: Profile, pool: Rows, n: int) -> Rows:
        """Return at most `n` rows of `pool`, best first; fewer rather than guessed."""
        ...


class System(Protocol):
    """Something that can be fitted. `entry` says what it needs and how slow it is."""

    @property
    def entry(self) -> Baseline:
        """Name, needs and sample size."""
        ...

    def fit(self, view: TrainView) -> FittedSystem:
        """Learn from everything that is known; new papers are folded in."""
        ...


@dataclass(frozen=True, slots=True)
class ShownPapers:
    """What a system shows: rows of its view, best first.

    `scores` are the product's own, None for other systems; `below_bar` is True for a digest
    in which no paper reached the reader's bar.
    """

    rows: Rows
    scores: Floats | None = None
    below_bar: bool = False


@dataclass(frozen=True)
class FittedPipeline:
    """The product's model, asked exactly as serving asks it.

    `vectors` are a sentence encoder's, ``(n_papers, n_dims)`` by rows of the data set, or None.
    """

    model: pipeline.Model
    view: TrainView
    vectors: NDArray[np.float32] | None = None
    slates: pipeline.SlateOptions = field(default_factory=pipeline.SlateOptions)

    def extended(self, view: TrainView) -> FittedPipeline:
        """Fold new papers in."""
        known = _encoded(view, self.vectors)
        return replace(self, model=pipeline.extend(self.model, known.features), view=known)

    def rank(self, profile: Profile, pool: Rows, n: int) -> Rows:
        """Compose a slate of `n`."""
        slate = self.slate(profile, pool, n)
        return np.array([candidate.paper_index for candidate in slate], dtype=np.intp)

    def slate(self, profile: Profile, pool: Rows, n: int) -> list[Candidate]:
        """Compose a slate of `n`, with the scores; those of a first slate are no scores."""
        return pipeline.rank(
            self.model,
            {PAPERLOOP: (profile, 1.0)},
            n=n,
            pool=pool,
            exclude=profile.weighted.tolist(),
            now=self.view.now,
            seed=self.view.seed,
            options=self.slates,
        )

    def digest(
        self, profile: Profile, pool: Rows, size: int, verdicts: ScoredVerdicts
    ) -> ShownPapers:
        """Choose the papers of a digest as `digest.compose` does: ranking, bar, selection.

        Parameters
        ----------
        verdicts
            What the reader said of the papers shown so far, which says what a score means.
        """
        profiles = {PAPERLOOP: (profile, 1.0)}
        scorers = pipeline.user_scorers(self.model, profiles)
        curve = curve_of(verdicts, None)
        own = PersonalBar.of(self.model.ranker, scorers.values(), curve)
        rules = Rules(size, None)
        found = pipeline.rank(
            self.model,
            profiles,
            n=n_asked((), rules),
            pool=pool,
            now=self.view.now,
            seed=self.view.seed,
            scorers=scorers,
        )
        slate = [
            Recommendation(
                rank,
                str(x.paper_index),
                "",
                x.score,
                chance=None if curve is None else curve.chance(x.score),
            )
            for rank, x in enumerate(found, 1)
            if isfinite(x.score)
        ]
        if own is not None:
            best = max((x.score for x in slate), default=-inf)
            rules = replace(rules, bar=own.in_week(best).score)
        made = choose(slate, {}, (), rules)
        papers = made.chosen or made.below
        return ShownPapers(
            np.array([int(x.paper_id) for x in papers], dtype=np.intp),
            np.array([x.score for x in papers], dtype=np.float64),
            below_bar=not made.chosen,
        )


@dataclass(frozen=True)
class PipelineSystem:
    """paperloop itself, with a sentence encoder's vectors where there are any."""

    entry: Baseline = _OWN
    vectors: NDArray[np.float32] | None = None
    slates: pipeline.SlateOptions = field(default_factory=pipeline.SlateOptions)

    @classmethod
    def with_encoder(cls, vectors: NDArray[np.float32]) -> Self:
        """Take part under its own name, next to paperloop without an encoder."""
        return cls(replace(_OWN, name=WITH_ENCODER), vectors)

    @classmethod
    def with_shortlist(cls) -> Self:
        """Take part as a library of a million papers is ranked: a shortlist, then exactly."""
        slates = pipeline.SlateOptions(shortlist_from=0)
        return cls(replace(_OWN, name=WITH_SHORTLIST), slates=slates)

    def fit(self, view: TrainView) -> FittedPipeline:
        """Build the model as `training` does."""
        known = _encoded(view, self.vectors)
        model = pipeline.build(known.fitted, known.reader_papers, seed=known.seed)
        if known.features is not known.fitted:
            model = pipeline.extend(model, known.features)
        return FittedPipeline(model, known, self.vectors, self.slates)


def _encoded(view: TrainView, vectors: NDArray[np.float32] | None) -> TrainView:
    return view if vectors is None else view.encoded(vectors)


@dataclass(frozen=True)
class FittedScorer:
    """A ranker that scores papers; the best scores make the list."""

    scorer: Scorer
    tie_break: Rows

    def extended(self, view: TrainView) -> FittedScorer:
        """Let the ranker score new papers too."""
        return FittedScorer(self.scorer.extended(view.features), _tie_break(view))

    def rank(self, profile: Profile, pool: Rows, n: int) -> Rows:
        """Return the papers with the highest scores; ties fall in an order drawn once."""
        pool = pool[~np.isin(pool, profile.weighted)]
        scores = self.scorer.score(profile, pool)
        scored = ~np.isnan(scores)
        pool, scores = pool[scored], scores[scored]
        if len(pool) > n:
            bar = np.partition(scores, len(scores) - n)[len(scores) - n]
            pool, scores = pool[scores >= bar], scores[scores >= bar]
        return pool[np.lexsort((self.tie_break[pool], -scores))][:n]


@dataclass(frozen=True)
class ScorerSystem:
    """A baseline, or one part of the product on its own."""

    entry: Baseline

    def fit(self, view: TrainView) -> FittedScorer:
        """Make a new ranker and fit it."""
        module, _, name = self.entry.target.partition(":")
        ranker: Scorer = getattr(importlib.import_module(module), name)()
        fitted = ranker.fit(view.fitted, view.reader_papers, view.seed)
        if view.features is not view.fitted:
            fitted = fitted.extended(view.features)
        return FittedScorer(fitted, _tie_break(view))


def _tie_break(view: TrainView) -> Rows:
    return np.random.default_rng(view.seed).permutation(len(view.features))


def show(fitted: FittedSystem, profile: Profile, pool: Rows, n: int) -> ShownPapers:
    """Return a slate of at most `n`, with its scores where the product itself is asked."""
    if not isinstance(fitted, FittedPipeline):
        return ShownPapers(fitted.rank(profile, pool, n))
    slate = fitted.slate(profile, pool, n)
    rows = np.array([x.paper_index for x in slate], dtype=np.intp)
    return ShownPapers(rows, np.array([x.score for x in slate], dtype=np.float64))


def show_digest(
    fitted: FittedSystem, profile: Profile, pool: Rows, size: int, verdicts: ScoredVerdicts
) -> ShownPapers:
    """Return a digest; a system without a bar fills it with the best of the pool."""
    if isinstance(fitted, FittedPipeline):
        return fitted.digest(profile, pool, size, verdicts)
    return ShownPapers(fitted.rank(profile, pool, size))


def system_by_name(name: str) -> System:
    """Return the system of this name.

    Raises
    ------
    EvaluationError
        No baseline and no part of the product is called that.
    """
    if name == PAPERLOOP:
        return PipelineSystem()
    if name in BASELINES:
        return ScorerSystem(BASELINES[name])
    if name in RANKERS:
        return ScorerSystem(Baseline(name, RANKERS[name]))
    known = ", ".join([PAPERLOOP, *BASELINES, *RANKERS])
    raise EvaluationError(f"There is no ranker {name!r}; known are {known}.")
