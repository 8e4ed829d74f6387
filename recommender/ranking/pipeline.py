"""From histories to a slate; PURE, and the same for serving and for evaluation.

build   papers + all readers' weights  -> Model        (seconds to minutes)
extend  Model + papers since the fit   -> Model        (milliseconds a paper)
rank    Model + one reader's profiles  -> candidates   (milliseconds)
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice, zip_longest
from math import isfinite
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from recommender.domain import Candidate
from recommender.domain.slates import RECENCY
from recommender.features import Features
from recommender.features.interactions import Profile, Rows, SparseRows
from recommender.features.paper_features import GROWING as GROWING_FEATURES
from recommender.features.paper_features import days_of
from recommender.ranking import candidates, cold_start
from recommender.ranking.als.model import GROWING as GROWING_FACTORS
from recommender.ranking.als.model import Factorisation
from recommender.ranking.als.ranker import FitFactors
from recommender.ranking.als.solver import OnRound
from recommender.ranking.als.term_rows import AlsOptions
from recommender.ranking.base import arrays_of_part
from recommender.ranking.fusion.ranker import BlendRanker
from recommender.ranking.fusion.user_scorer import UserScorer
from recommender.ranking.graph.rp3beta import GROWING as GROWING_WALK
from recommender.ranking.rerank.apportionment import apportion
from recommender.ranking.rerank.diversity import (
    NearDuplicateFilter,
    best_first,
    enforce_minimum_share,
)
from recommender.ranking.rerank.exploration import explore
from recommender.ranking.rerank.interest_clusters import guaranteed_shares
from recommender.ranking.shortlist import shortlist

Profiles: TypeAlias = "Mapping[str, tuple[Profile, float]]"
UserScorers: TypeAlias = "Mapping[str, UserScorer]"

MIN_EVIDENCE = 0.5
"""Liked weight (1 is one like) below which a history says too little to rank by."""
N_SHARED = 30
"""First places in which every subject gets its share; the rest is ranked by score alone."""
N_CONSIDERED = 250
"""Papers beyond those places among which a subject finds its own best."""

GROWING = frozenset(
    {f"features.{x}" for x in GROWING_FEATURES}
    | {f"ranker.als.{x}" for x in GROWING_FACTORS}
    | {f"ranker.neighbours.{x}" for x in GROWING_WALK}
    | {f"ranker.{x}.known" for x in ("als", "tfidf", "authors", "embedding")}
)
"""The arrays of a model that `extend` makes longer."""


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """How a model is fitted."""

    als: AlsOptions = field(default_factory=AlsOptions)
    on_round: OnRound | None = None
    fit_factors: FitFactors = Factorisation.fit


@dataclass(frozen=True, slots=True)
class SlateOptions:
    """How a slate is put together from scores.

    `diversity` keeps near-duplicates apart and gives unrelated subjects their
    share; `explore` is the part of the positions that is drawn. From `shortlist_from` papers on a
    shortlist is ranked, see `shortlist`; None for the usual number.
    """

    diversity: bool = True
    explore: float = 0.0
    shortlist_from: int | None = None


@dataclass(frozen=True)
class Model:
    """A fitted model and the papers it can rank; never changes."""

    features: Features
    ranker: BlendRanker

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return features and ranker as arrays, ready for ``.npy``."""
        features = {f"features.{name}": array for name, array in self.features.arrays().items()}
        return features | {f"ranker.{name}": a for name, a in self.ranker.arrays().items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Model:
        """Rebuild what `arrays` gave; memory-mapped arrays stay so."""
        features = Features.from_arrays(arrays_of_part("features", arrays))
        return cls(features, BlendRanker.from_arrays(features, arrays_of_part("ranker", arrays)))


def build(
    features: Features,
    reader_papers: SparseRows,
    options: BuildOptions | None = None,
    seed: int = 0,
) -> Model:
    """Fit everything that serving needs."""
    options = options or BuildOptions()
    ranker = BlendRanker.with_options(options.als, options.on_round, options.fit_factors)
    return Model(features, ranker.fit(features, reader_papers, seed))


def extend(model: Model, features: Features) -> Model:
    """Fold papers in that came after the fit: `features` is `model.features.with_papers(...)`."""
    return Model(features, model.ranker.extended(features))


def user_scorers(model: Model, profiles: Profiles) -> dict[str, UserScorer]:
    """Read the history of each interest that has a share and says enough to rank by."""
    return {
        interest: model.ranker.user_scorer(profile)
        for interest, (profile, share) in profiles.items()
        if share > 0 and profile.within(len(model.features)).liked_weights.sum() >= MIN_EVIDENCE
    }


def rank(
    model: Model,
    profiles: Profiles,
    *,
    n: int,
    pool: Rows | None = None,
    exclude: Collection[int] | Rows = (),
    now: datetime,
    seed: int = 0,
    options: SlateOptions | None = None,
    scorers: UserScorers | None = None,
) -> list[Candidate]:
    """Return at most `n` candidates, best first; never padded.

    Parameters
    ----------
    profiles
        interest id -> (profile, share of the slate). Nothing known in any of
        them: a recent slate spread over topics.
    pool
        Rows that may be shown; None means all papers.
    exclude
        Rows that must not be shown. Rows of the profiles never are.
    scorers
        What `user_scorers` gave for these profiles, where it is known already.
    """
    options = options or SlateOptions()
    within = {i: (p.within(len(model.features)), share) for i, (p, share) in profiles.items()}
    weighted = [profile.weighted for profile, _ in within.values()]
    unwanted = np.concatenate([np.fromiter(exclude, np.intp, len(exclude)), *weighted])
    rows = candidates.eligible(len(model.features), pool, unwanted)
    n_ranked = n + (50 if options.explore else 0)
    scorers = user_scorers(model, profiles) if scorers is None else scorers
    rankings = {
        interest: _rank_interest(model, scorer, rows, n_ranked, options)
        for interest, scorer in scorers.items()
    }
    rankings = {interest: ranking for interest, ranking in rankings.items() if ranking.rows}
    if not rankings:
        return _cold_start_slate(model, [p for p, _ in within.values()], rows, n, now)
    places = zip_longest(*(ranking.rows for ranking in rankings.values()))
    asked = [row for at_place in places for row in at_place if row is not None]
    near_duplicates = NearDuplicateFilter(model.features.paper_terms, asked)
    merged = apportion(
        {interest: ranking.candidates(interest) for interest, ranking in rankings.items()},
        {i: share for i, (_, share) in within.items()},
        near_duplicates,
        n_ranked,
    )
    # Rows behind the fit are numbered as they came, which differs from process to process.
    known = np.sort(unwanted[unwanted < model.features.n_fitted]).astype(np.int64)
    slate = explore(merged, n, options.explore, zlib.crc32(known.tobytes(), seed))
    return _with_parts(slate, scorers)


def similar(
    model: Model, row: int, *, n: int, exclude: Collection[int] | Rows = ()
) -> list[Candidate]:
    """Return at most `n` papers for somebody who likes this one and nothing else, best first."""
    scorer = model.ranker.user_scorer(Profile.of([row]))
    excluded = np.append(np.fromiter(exclude, np.intp, len(exclude)), row)
    rows = candidates.eligible(len(model.features), None, excluded)
    ranking = _rank_interest(model, scorer, rows, n, SlateOptions(diversity=False))
    return _with_parts([*islice(ranking.candidates(None), n)], {None: scorer})


def onboarding_items(
    model: Model, *, n: int, judged: Collection[int], exclude: Collection[int], now: datetime
) -> list[int]:
    """Return at most `n` rows to choose first likes from, spread over topics; see `cold_start`."""
    covered = np.fromiter(judged, np.intp, len(judged))
    unwanted = np.append(np.fromiter(exclude, np.intp, len(exclude)), covered)
    rows = candidates.eligible(len(model.features), None, unwanted)
    return cold_start.onboarding_items(model.features, rows, n, days_of(now), covered)


@dataclass(frozen=True, slots=True)
class _Ranking:
    """The papers of one interest, best first, and their scores."""

    rows: Sequence[int]
    scores: Sequence[float]

    def candidates(self, interest: str | None) -> Iterator[Candidate]:
        """Yield them without their parts, each made when it is asked for."""
        for row, score in zip(self.rows, self.scores, strict=True):
            yield Candidate(row, score, interest_id=interest)


def _rank_interest(
    model: Model, scorer: UserScorer, rows: Rows, n: int, options: SlateOptions
) -> _Ranking:
    """Return the papers of one interest, best first, a few more than `n`."""
    most = n + max(n, 20)
    n_fitted = model.features.n_fitted
    rows = shortlist(scorer, rows, most + N_CONSIDERED, n_fitted, options.shortlist_from)
    scores = scorer.score(rows)
    order = best_first(rows, scores, most + N_CONSIDERED)
    places = order[:most].tolist()
    if options.diversity:
        places = _with_minimum_shares(model, scorer, rows, order, most)
    return _Ranking(rows[places].tolist(), scores[places].tolist())


def _with_parts(ranking: Sequence[Candidate], scorers: Mapping[Any, UserScorer]) -> list[Candidate]:
    """Return candidates with what their scores are made of; each paper stands there once."""
    parts_of: dict[int, dict[str, float]] = {}
    for interest in {x.interest_id for x in ranking}:
        rows = [x.paper_index for x in ranking if x.interest_id == interest]
        parts = scorers[interest].parts(np.array(rows, dtype=np.intp))
        table = zip(*(part.tolist() for part in parts.values()), strict=True)
        for row, values in zip(rows, table, strict=True):
            named = zip(parts, values, strict=True)
            parts_of[row] = {name: value for name, value in named if isfinite(value)}
    return [x.with_parts(parts_of[x.paper_index]) for x in ranking]


def _with_minimum_shares(
    model: Model, scorer: UserScorer, rows: Rows, order: Rows, most: int
) -> list[int]:
    """Return the first `most` of `order` so that no unrelated subject starves."""
    clusters = scorer.clusters(model.features.embedding)
    if len(clusters) == 1:
        return [int(i) for i in order[:most]]
    shares = guaranteed_shares(scorer.profile, clusters, model.features.embedding)
    looked_at = order[: N_SHARED + N_CONSIDERED]
    papers = rows[looked_at]
    owed = model.ranker.score_clusters(scorer, clusters, papers)
    queues = [looked_at[best_first(papers, scores)].tolist() for scores in owed]
    cluster_of = dict(zip(looked_at.tolist(), owed.argmax(axis=0).tolist(), strict=True))
    first = enforce_minimum_share(
        looked_at.tolist(), cluster_of, queues, shares, min(most, N_SHARED)
    )
    taken = set(first)
    return [*first, *(int(i) for i in order[:most] if i not in taken)][:most]


def _cold_start_slate(
    model: Model, profiles: list[Profile], rows: Rows, n: int, now: datetime
) -> list[Candidate]:
    """Return recent papers spread over topics, away from what was turned down."""
    turned_down = [profile.rejected for profile in profiles]
    avoid = np.concatenate(turned_down) if turned_down else None
    items = cold_start.cold_start_slate(model.features, rows, n + max(n, 20), days_of(now), avoid)
    near_duplicates = NearDuplicateFilter(
        model.features.paper_terms, [x.paper_index for x in items]
    )
    kept = [x for x in items if near_duplicates.take(x.paper_index)]
    return [Candidate(x.paper_index, x.score, {RECENCY: x.score}) for x in kept[:n]]
