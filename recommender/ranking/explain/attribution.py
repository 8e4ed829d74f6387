"""Why a paper scores as it does: liked papers and shared words that really raise it. Pure.

The fold-in and Rocchio's mean are both sums over the liked papers, so a score
is a sum of one contribution for each of them. A liked paper is named only if the
score, computed again as if it had not been liked, is lower. A word is named
only if both the words' part and the model's part of the score fall without it:
for the model that is the sign of its summand (see `als.fold_in`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.ranking.als.fold_in import Floats, solve_each
from recommender.ranking.base import Rows, row_cells
from recommender.ranking.content.rocchio import normalised
from recommender.ranking.explain.counterfactual import scores_without
from recommender.ranking.fusion.leave_one_out import dense
from recommender.ranking.fusion.ranker import BlendRanker
from recommender.ranking.fusion.user_scorer import UserScorer

MAX_WORDS = 3
N_TERMS_CONSIDERED = 12
MIN_RELATIVE_GAIN = 0.25
MIN_RELATIVE_DROP = 0.01


@dataclass(frozen=True, slots=True)
class Attribution:
    """What raises one paper's score.

    `liked` is the row of the liked paper that does most, or None where none
    does; `terms` are columns of TF-IDF, the strongest first, may be empty;
    `names` are columns of the authors that it shares with the paper in `liked`.
    """

    liked: int | None
    terms: tuple[int, ...]
    names: tuple[int, ...] = ()


def explain(ranker: BlendRanker, scorer: UserScorer, papers: Rows) -> list[Attribution]:
    """Return what raises the score of each of some papers for this reader; they must have one."""
    if not scorer.profile.liked.size or not papers.size:
        return [Attribution(None, ()) for _ in papers]
    nearest = scorer.profile.liked[np.argmax(_shares_of_likes(ranker, scorer, papers), axis=0)]
    true = _lower_without(ranker, scorer, nearest, papers)
    terms = shared_terms(ranker, scorer, papers)
    found = []
    for row, like, lower, named in zip(papers, nearest, true, terms, strict=True):
        names = shared_names(ranker, scorer, int(row), int(like)) if lower else ()
        found.append(Attribution(int(like) if lower else None, named, names))
    return found


def shared_names(ranker: BlendRanker, scorer: UserScorer, row: int, liked: int) -> tuple[int, ...]:
    """Return the names that a paper and a liked one share and that raise the paper's score."""
    part = scorer.linear_terms.get("authors")
    if part is None or not part.items.known[row]:
        return ()
    gain, _ = part.z_score.coefficients(1.0)
    if gain * part.weight.of(np.array([row]))[0] <= 0:
        return ()
    own, others = (row_cells(ranker.authors.content, x)[0] for x in (row, liked))
    shared = own[np.isin(own, others)]
    return tuple(int(x) for x in shared[part.query[shared] > 0])


def _shares_of_likes(ranker: BlendRanker, scorer: UserScorer, papers: Rows) -> Floats:
    """Return what each like brings to each paper, ``(n_liked, n_papers)``.

    All parts are scaled to what they bring in all, so that none hides another.
    """
    profile = scorer.profile
    by_model = scorer.factor_contributions @ ranker.als.model.papers[papers].T.astype(np.float64)
    found = _of_one(by_model)
    for content in (ranker.tfidf.content, ranker.authors.content):
        alike = dense(content[profile.liked] @ content[papers].T)
        found += _of_one(alike * normalised(profile.liked_weights)[:, None])
    return found


def _of_one(parts: Floats) -> Floats:
    totals = np.abs(parts).sum(axis=0)
    return np.asarray(parts / np.where(totals > 0, totals, 1.0))


def _lower_without(
    ranker: BlendRanker, scorer: UserScorer, nearest: Rows, papers: Rows
) -> NDArray[np.bool_]:
    """Return for each paper whether it surely scores lower without the like named beside it."""
    liked = scorer.profile.liked
    if liked.size == 1:
        return np.ones(papers.size, dtype=bool)
    named = np.unique(nearest)
    held = np.flatnonzero(np.isin(liked, named))
    without = scores_without(ranker, scorer, held, papers)
    column = {int(row): i for i, row in enumerate(liked[held])}
    after = without[np.arange(papers.size), [column[int(row)] for row in nearest]]
    before = scorer.score(papers)
    return np.asarray(after < before - MIN_RELATIVE_DROP * np.abs(before))


def shared_terms(ranker: BlendRanker, scorer: UserScorer, papers: Rows) -> list[tuple[int, ...]]:
    """Return for each paper the terms that raise its score, strongest in words first."""
    model, query = ranker.als.model, scorer.linear_terms["tfidf"].query
    cells = [model.observed(int(row)) for row in papers]
    towards = solve_each(
        model.of_rows,
        [x for x, _ in cells],
        [c for _, c in cells],
        scorer.factor_contributions.sum(axis=0),
    )
    found = []
    for row, (observed, _), direction in zip(papers, cells, towards, strict=True):
        in_model = model.block.columns[row_cells(model.cells, int(row))[0]]
        moved = observed[: in_model.size] @ direction
        clear = MIN_RELATIVE_DROP * float(np.abs(moved).max(initial=0.0))
        lowering = in_model[moved < clear]
        strongest = _strongest(ranker, query, int(row))
        found.append(tuple(int(t) for t in strongest if t not in lowering))
    return found


def _strongest(ranker: BlendRanker, query: NDArray[np.float32], row: int) -> Rows:
    columns, values = row_cells(ranker.tfidf.content, row)
    gains = values * query[columns]
    first = np.argsort(-gains, kind="stable")[:N_TERMS_CONSIDERED]
    worth = max(0.0, MIN_RELATIVE_GAIN * float(gains.max(initial=0.0)))
    return np.asarray(columns[first[gains[first] > worth]], dtype=np.intp)


def without_repeats(terms: Sequence[str], most: int = MAX_WORDS) -> tuple[str, ...]:
    """Return the first terms of which none is a part of another, word pairs kept whole."""
    kept: list[str] = []
    for term in terms:
        if any(set(term.split()) <= set(k.split()) for k in kept):
            continue
        kept = [k for k in kept if not set(k.split()) <= set(term.split())] + [term]
        if len(kept) == most:
            break
    return tuple(kept)
