"""Why a paper scores as it does: liked papers and shared words that really raise it. Pure.

The fold-in and Rocchio's mean are both sums over the liked papers, so a score
is a sum of one contribution for each of them. A liked paper is named only if the
score, computed again as if it had not been liked, is lower. A word is named
only if both the words' part and the model's part of the score fall without it:
for the model that is the sign of its summand (see `als.fold_in`).

Not everything that raises a score explains it. A like far from the paper is not named, unless it is
by the same people and no outlier. A word is named only if it tells the paper from most of the
library and from the reader's other subjects (`telling_terms`), and if papers like this one have it
(`on_subject`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from recommender.features import Features
from recommender.ranking.als.fold_in import Floats, solve_each
from recommender.ranking.base import (
    Profile,
    Rows,
    Scores,
    SparseRows,
    cells_in,
    row_cells,
    rows_outside,
)
from recommender.ranking.content.rocchio import mean_of_rows, normalised
from recommender.ranking.explain.counterfactual import Alike, scores_without
from recommender.ranking.explain.generic_words import GENERIC_WORDS
from recommender.ranking.fusion.normalisation import SparseSample
from recommender.ranking.fusion.ranker import BlendRanker
from recommender.ranking.fusion.user_scorer import UserScorer

MAX_WORDS = 3
N_TERMS_CONSIDERED = 30
MIN_RELATIVE_GAIN = 0.25
MIN_RELATIVE_DROP = 0.01
MAX_SHARE_OF_PAPERS = 0.02
"""A term that more of the library has is not named, unless those are at most `FEW_PAPERS`."""
FEW_PAPERS = 10
TIMES_OTHER_SUBJECTS = 2.0
"""How much more a named term weighs in the paper's subject than in another of the reader."""
MIN_COSINE = 0.1
"""Embedding cosine of a liked paper that is named with the paper that it explains."""
MIN_SUBJECT_COSINE = 0.15
"""Mean embedding cosine of a paper with those that share a word that is named."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """What raises one paper's score.

    `liked` is the row of the liked paper that does most, or None where none
    does; `terms` are columns of TF-IDF that tell the paper from others, the strongest first, may be
    empty; `names` are columns of the authors that it shares with the paper in `liked`; `raising`
    are all columns of TF-IDF that raise the score.
    """

    liked: int | None
    terms: tuple[int, ...]
    names: tuple[int, ...] = ()
    raising: tuple[int, ...] = ()


def explain(
    ranker: BlendRanker,
    features: Features,
    scorer: UserScorer,
    papers: Rows,
    others: Sequence[Profile] = (),
) -> list[Attribution]:
    """Return what raises the score of each of some papers for this reader; they must have one.

    Parameters
    ----------
    features
        Those of the ranker.
    others
        The reader's other interests.
    """
    liked = scorer.profile.liked
    if not liked.size or not papers.size:
        return [Attribution(None, ()) for _ in papers]
    alike = Alike.of(ranker, liked, papers)
    shares = _shares_of_likes(ranker, scorer, papers, alike)
    near = _may_explain(features, liked, papers, alike)
    explained = near.any(axis=0) | (liked.size == 1)
    nearest = liked[np.argmax(np.where(near, shares, -np.inf), axis=0)]
    true = explained & _lower_without(ranker, scorer, nearest, papers, alike)
    raising = shared_terms(ranker, scorer, papers)
    telling = telling_terms(features, scorer, papers, raising, others)
    terms = on_subject(ranker, features, scorer, papers, telling)
    found = []
    for at, (row, like) in enumerate(zip(papers, nearest, strict=True)):
        names = shared_names(ranker, scorer, int(row), int(like)) if true[at] else ()
        named = int(like) if true[at] else None
        found.append(Attribution(named, terms[at], names, raising[at]))
    return found


def closest(features: Features, liked: Rows, papers: Rows) -> NDArray[np.float32]:
    """Return how close in meaning each paper is to the closest of some others, a cosine.

    Parameters
    ----------
    liked
        One or more rows.

    Returns
    -------
    ``(n_papers,) float32``.
    """
    alike = features.embedding[papers] @ features.embedding[liked].T
    return np.asarray(alike.max(axis=1), dtype=np.float32)


def _may_explain(features: Features, liked: Rows, papers: Rows, alike: Alike) -> NDArray[np.bool_]:
    """Return which like is close enough to which paper to explain it, ``(n_liked, n_papers)``.

    It is close in meaning, or by the same people and close to the rest of the likes.
    """
    vectors = features.embedding[liked]
    close = vectors @ features.embedding[papers].T >= MIN_COSINE
    to_rest = (vectors @ vectors.sum(axis=0) - (vectors**2).sum(axis=1)) / max(liked.size - 1, 1)
    return np.asarray(close | ((alike.names > 0) & (to_rest >= MIN_COSINE)[:, None]))


def telling_terms(
    features: Features,
    scorer: UserScorer,
    papers: Rows,
    terms: Sequence[Sequence[int]],
    others: Sequence[Profile] = (),
) -> list[tuple[int, ...]]:
    """Return for each paper those of its terms that tell it from others, columns of TF-IDF.

    Few papers of the library have such a term, it is more than words of any research prose, and
    the likes on the paper's subject have more of it than the reader's other subjects, which are
    the other clusters of likes and the `others`.
    """
    n_rare = max(MAX_SHARE_OF_PAPERS * features.n_fitted, FEW_PAPERS)
    least_idf = features.text.idf_of(n_rare, features.n_fitted)
    clusters = scorer.clusters(features.embedding)
    subjects = [*clusters, *(x for x in others if x.liked.size)]
    asked = np.array(sorted({x for some in terms for x in some}), dtype=np.intp)
    weights, own = np.zeros((0, asked.size)), np.zeros(papers.size, dtype=np.intp)
    if len(subjects) > 1:
        by_cluster = [mean_of_rows(x.liked, x.liked_weights, features.embedding) for x in clusters]
        own = np.argmax(features.embedding[papers] @ np.column_stack(by_cluster), axis=1)
        weights = np.stack([_mean_at(features.paper_terms, x, asked) for x in subjects])
    found = []
    for some, subject in zip(terms, own, strict=True):
        columns = np.array(some, dtype=np.intp)
        columns = columns[features.text.idf_[columns] >= least_idf]
        if len(subjects) > 1:
            at = weights[:, np.searchsorted(asked, columns)]
            elsewhere = np.delete(at, subject, axis=0).max(axis=0)
            columns = columns[at[subject] >= TIMES_OTHER_SUBJECTS * elsewhere]
        found.append(tuple(x for x in columns.tolist() if not is_generic(features.terms[x])))
    return found


def _mean_at(content: SparseRows, subject: Profile, columns: Rows) -> Scores:
    """Return `mean_of_rows` of the likes of a subject in some ascending columns alone."""
    cells, lengths = cells_in(content, subject.liked)
    values = content.data[cells] * np.repeat(normalised(subject.liked_weights), lengths)
    place_of = np.full(content.shape[1], -1, dtype=np.int32)
    place_of[columns] = np.arange(columns.size, dtype=np.int32)
    places = place_of[content.indices[cells]]
    asked = places >= 0
    return np.bincount(places[asked], values[asked], columns.size).astype(np.float32)


def on_subject(
    ranker: BlendRanker,
    features: Features,
    scorer: UserScorer,
    papers: Rows,
    terms: Sequence[tuple[int, ...]],
) -> list[tuple[int, ...]]:
    """Return for each paper those of its terms that papers like it have.

    The papers with *rigorously* are on anything, those with *SQL* are alike: the mean cosine with
    the sampled and liked papers that have the term is at least `MIN_SUBJECT_COSINE`.
    """
    columns = np.array(sorted({x for some in terms for x in some}), dtype=np.intp)
    if not columns.size:
        return [() for _ in terms]
    rows, ends = _papers_with(ranker, scorer.profile.liked, columns)
    embedding = features.embedding
    sums = np.add.reduceat(embedding[rows], ends[:-1], axis=0)
    found = []
    for row, some in zip(papers, terms, strict=True):
        places = np.searchsorted(columns, np.array(some, dtype=np.intp))
        vector = embedding[row]
        # The paper itself, where it is among those with the term, is taken out.
        has = np.zeros(columns.size)
        has[np.searchsorted(ends, np.flatnonzero(rows == row), side="right") - 1] = 1.0
        itself = has[places]
        n_others = np.diff(ends)[places] - itself
        cosines = sums[places] @ vector - itself * float(vector @ vector)
        alike = (n_others > 0) & (cosines >= MIN_SUBJECT_COSINE * n_others)
        found.append(tuple(x for x, is_alike in zip(some, alike, strict=True) if is_alike))
    return found


def _papers_with(ranker: BlendRanker, liked: Rows, columns: Rows) -> tuple[Rows, Rows]:
    """Return the sampled and liked papers that have each term, and where those of each begin.

    The papers of term k are ``rows[ends[k] : ends[k + 1]]``; there is at least one.
    """
    assert ranker.sample is not None
    sampled, content = ranker.sample.samples["tfidf"], ranker.tfidf.content
    assert isinstance(sampled, SparseSample)
    cells, lengths = cells_in(sampled.by_column, columns)
    rows = sampled.rows[sampled.by_column.indices[cells]]
    owners = np.repeat(np.arange(columns.size), lengths)
    more = rows_outside(sampled.rows, liked)
    cells, lengths = cells_in(content, more)
    places = np.searchsorted(columns, content.indices[cells])
    has = columns[np.minimum(places, columns.size - 1)] == content.indices[cells]
    rows = np.concatenate([rows, np.repeat(more, lengths)[has]])
    owners = np.concatenate([owners, places[has]])
    order = np.argsort(owners, kind="stable")
    return rows[order], np.append(0, np.cumsum(np.bincount(owners, minlength=columns.size)))


@lru_cache(maxsize=4_096)
def is_generic(term: str) -> bool:
    """Whether a term has a word that belongs to no subject; ``deep learning`` is two of them."""
    return not GENERIC_WORDS.isdisjoint(term.split())


def shared_names(ranker: BlendRanker, scorer: UserScorer, row: int, liked: int) -> tuple[int, ...]:
    """Return the names that a paper and a liked one share and that raise the paper's score."""
    part = scorer.linear_terms.get("authors")
    if part is None or not part.items.known[row]:
        return ()
    gain, _ = part.z_score.coefficients(1.0)
    if gain * part.weight.of(np.array([row]))[0] <= 0:
        return ()
    own, others = (row_cells(ranker.authors.content, x)[0].tolist() for x in (row, liked))
    return tuple(x for x in own if x in others and part.query[x] > 0)


def _shares_of_likes(ranker: BlendRanker, scorer: UserScorer, papers: Rows, alike: Alike) -> Floats:
    """Return what each like brings to each paper, ``(n_liked, n_papers)``.

    All parts are scaled to what they bring in all, so that none hides another.
    """
    profile = scorer.profile
    by_model = scorer.factor_contributions @ ranker.als.model.papers[papers].T.astype(np.float64)
    found = _of_one(by_model)
    for products in (alike.words, alike.names):
        found += _of_one(products * normalised(profile.liked_weights)[:, None])
    return found


def _of_one(parts: Floats) -> Floats:
    totals = np.abs(parts).sum(axis=0)
    return np.asarray(parts / np.where(totals > 0, totals, 1.0))


def _lower_without(
    ranker: BlendRanker, scorer: UserScorer, nearest: Rows, papers: Rows, alike: Alike
) -> NDArray[np.bool_]:
    """Return for each paper whether it surely scores lower without the like named beside it."""
    liked = scorer.profile.liked
    if liked.size == 1:
        return np.ones(papers.size, dtype=bool)
    named = np.unique(nearest)
    held = np.flatnonzero((liked[:, None] == named).any(axis=1))
    without = scores_without(ranker, scorer, held, papers, alike)
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
        lowering = set(in_model[moved < clear].tolist())
        strongest = _strongest(ranker, query, int(row)).tolist()
        found.append(tuple(t for t in strongest if t not in lowering))
    return found


def _strongest(ranker: BlendRanker, query: NDArray[np.float32], row: int) -> Rows:
    columns, values = row_cells(ranker.tfidf.content, row)
    gains = values * query[columns]
    first = np.argsort(-gains, kind="stable")[:N_TERMS_CONSIDERED]
    worth = max(0.0, MIN_RELATIVE_GAIN * float(gains.max(initial=0.0)))
    return np.asarray(columns[first[gains[first] > worth]], dtype=np.intp)


def without_repeats(terms: Sequence[str], most: int = MAX_WORDS) -> tuple[str, ...]:
    """Return the first terms of which none is a part of another, word pairs kept whole.

    A word and its plural are one.
    """
    kept: list[str] = []
    for term in terms:
        if any(_stems(term) <= _stems(k) for k in kept):
            continue
        kept = [k for k in kept if not _stems(k) <= _stems(term)] + [term]
        if len(kept) == most:
            break
    return tuple(kept)


def _stems(term: str) -> set[str]:
    """Return the words of a term without the s of a plural."""
    return {x.removesuffix("s") for x in term.casefold().split()}
