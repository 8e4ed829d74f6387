"""Why a paper scores as it does: liked papers and shared words that really raise it. Pure.

The fold-in and Rocchio's mean are both sums over the liked papers, so a score
falls apart into what each of them brings. A liked paper is named only if the
score, computed again as if it had not been liked, is lower. A word is named
only if both the words' part and the model's part of the score fall without it:
for the model that is the sign of its summand (see `foldin`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.ranking.base import Profile, Rows, row_cells
from recommender.ranking.blend import BlendRanker
from recommender.ranking.content import query_of, shares
from recommender.ranking.foldin import Floats, fold_in

MOST_WORDS = 3
WORDS_LOOKED_AT = 12
WORTH_NAMING = 0.25


@dataclass(frozen=True, slots=True)
class Why:
    """What raises one paper's score.

    `liked` is the row of the liked paper that does most, or None where none
    does; `terms` are columns of TF-IDF, the strongest first, may be empty.
    """

    liked: int | None
    terms: tuple[int, ...]


def explain(ranker: BlendRanker, profile: Profile, papers: Rows) -> list[Why]:
    """Return what raises the score of each of some papers; they must have one."""
    profile = profile.within(ranker.tfidf.content.shape[0])
    if not profile.liked.size or not papers.size:
        return [Why(None, ()) for _ in papers]
    summands = ranker.als.summands(profile)
    nearest = profile.liked[np.argmax(_shares_of_likes(ranker, profile, summands, papers), axis=0)]
    true = _lower_without(ranker, profile, nearest, papers)
    taste, query = summands.sum(axis=0), query_of(profile, ranker.tfidf.content)
    return [
        Why(int(nearest[i]) if true[i] else None, shared_terms(ranker, taste, query, int(row)))
        for i, row in enumerate(papers)
    ]


def _shares_of_likes(
    ranker: BlendRanker, profile: Profile, summands: Floats, papers: Rows
) -> NDArray[np.float64]:
    """Return what each like brings to each paper, ``(n_liked, n_papers)``.

    Both parts are scaled to what they bring in all, so that neither hides the other.
    """
    by_model = summands @ ranker.als.model.papers[papers].T.astype(np.float64)
    terms = ranker.tfidf.content
    by_words = np.asarray((terms[profile.liked] @ terms[papers].T).todense(), dtype=np.float64)
    by_words *= shares(profile.liked_weights)[:, None]
    return _of_one(by_model) + _of_one(by_words)


def _of_one(parts: Floats) -> Floats:
    totals = np.abs(parts).sum(axis=0)
    return np.asarray(parts / np.where(totals > 0, totals, 1.0))


def _lower_without(
    ranker: BlendRanker, profile: Profile, nearest: Rows, papers: Rows
) -> NDArray[np.bool_]:
    """Return for each paper whether it scores lower without the like named beside it."""
    before = ranker.score(profile, papers)
    lower = np.zeros(papers.size, dtype=bool)
    for row in np.unique(nearest):
        at = np.flatnonzero(nearest == row)
        after = ranker.score(profile.without_like(int(row)), papers[at])
        lower[at] = ~(after >= before[at])
    return lower


def shared_terms(
    ranker: BlendRanker, taste: Floats, query: NDArray[np.float32], row: int
) -> tuple[int, ...]:
    """Return the terms of a paper that raise its score, strongest in words first."""
    columns, values = row_cells(ranker.tfidf.content, row)
    gains = values * query[columns]
    strongest = np.argsort(-gains, kind="stable")[:WORDS_LOOKED_AT]
    if not strongest.size or gains[strongest[0]] <= 0:
        return ()
    shared = columns[strongest[gains[strongest] >= WORTH_NAMING * gains[strongest[0]]]]
    model = ranker.als.model
    in_model = model.block.columns[row_cells(model.cells, row)[0]]
    observed, confidences = model.observed(row)
    moved = fold_in(model.of_rows, observed, confidences)[: in_model.size] @ taste
    lowering = set(in_model[moved < 0].tolist())
    return tuple(int(t) for t in shared if int(t) not in lowering)


def without_repeats(terms: Sequence[str], most: int = MOST_WORDS) -> tuple[str, ...]:
    """Return the first terms of which none is a part of another, word pairs kept whole."""
    kept: list[str] = []
    for term in terms:
        if any(set(term.split()) <= set(k.split()) for k in kept):
            continue
        kept = [k for k in kept if not set(k.split()) <= set(term.split())] + [term]
        if len(kept) == most:
            break
    return tuple(kept)
