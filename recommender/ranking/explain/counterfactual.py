"""Counterfactual scores: what papers would score without one like. Pure.

All likes in question are left out at once (see `leave_one_out`); vectors, means and deviations are
those without the like. The weights of the parts stay as they are for the reader.
Derivation: ``docs/explanation/leave-one-out.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from recommender.ranking.als.fold_in import Floats
from recommender.ranking.base import (
    Rows,
    Scores,
    SparseRows,
    dots_of_rows,
    places_of,
    products_of_rows,
)
from recommender.ranking.content.ridge import Ridge
from recommender.ranking.fusion.leave_one_out import (
    RocchioLeaveOneOut,
    rocchio_of,
    user_factors_without,
)
from recommender.ranking.fusion.normalisation import DenseSample, SparseSample, ZScore
from recommender.ranking.fusion.ranker import BlendRanker
from recommender.ranking.fusion.user_scorer import UserScorer


@dataclass(frozen=True, slots=True)
class Alike:
    """Dot products of likes with some papers, ``(n_liked, n_papers)``, by words and by names."""

    words: Floats
    names: Floats

    @classmethod
    def of(cls, ranker: BlendRanker, liked: Rows, papers: Rows) -> Self:
        """Multiply; the rows must exist."""
        contents = (ranker.tfidf.content, ranker.authors.content)
        return cls(*(_products(x, liked, papers) for x in contents))


def _products(content: SparseRows, liked: Rows, papers: Rows) -> Floats:
    return products_of_rows(content, liked, papers).astype(np.float64)


def scores_without(
    ranker: BlendRanker,
    scorer: UserScorer,
    held: Rows,
    papers: Rows,
    alike: Alike | None = None,
) -> Scores:
    """Return the score of each paper without each like.

    Parameters
    ----------
    held
        Positions in ``scorer.profile.liked``; there must be others.
    alike
        Of all likes with these papers, where it is known already.

    Returns
    -------
    ``(n_papers, n_held) float32``.
    """
    profile, terms = scorer.profile, scorer.linear_terms
    alike = alike or Alike.of(ranker, profile.liked, papers)
    z = _words_and_names(ranker, scorer, held, papers, alike)
    user_factors = user_factors_without(ranker.als, profile, scorer.factor_contributions, held)
    z["als"] = _dense(ranker, "als", user_factors, scorer, held, papers)
    if "embedding" in terms:
        meaning = rocchio_of(scorer, "embedding")
        queries = RocchioLeaveOneOut.of(meaning, held).queries(ranker.embedding.content)
        z["embedding"] = _dense(ranker, "embedding", queries, scorer, held, papers)
    if "ridge" in terms:
        z["ridge"] = _ridge(ranker, scorer, held, papers)
    scores = np.zeros((papers.size, held.size))
    for name, term in terms.items():
        scores += term.weight.of(papers)[:, None] * z[name]
    if scorer.walk_weight > 0:
        scores += scorer.walk_weight * ranker.neighbours.without_each(profile, held, papers)
    if scorer.dislikes is not None:
        scores += scorer.penalties(scorer.dislikes, papers)[:, None]
    return scores.astype(np.float32)


def _words_and_names(
    ranker: BlendRanker, scorer: UserScorer, held: Rows, papers: Rows, alike: Alike
) -> dict[str, Floats]:
    """Return the z-scores of words and names; names are scaled as the words are."""
    words = RocchioLeaveOneOut.of(rocchio_of(scorer, "tfidf"), held)
    z_score = _scale_of_words(ranker, words, scorer)
    scores = z_score.transform(_scores(words, ranker.tfidf.content, papers, alike.words[held]))
    parts = {"tfidf": _where_known(ranker, "tfidf", scores, papers)}
    if "authors" in scorer.linear_terms:
        names = RocchioLeaveOneOut.of(rocchio_of(scorer, "authors"), held)
        as_words = ZScore(np.zeros_like(z_score.mean), z_score.std)
        scores = as_words.transform(
            _scores(names, ranker.authors.content, papers, alike.names[held])
        )
        parts["authors"] = _where_known(ranker, "authors", scores, papers)
    return parts


def _scores(without: RocchioLeaveOneOut, content: SparseRows, papers: Rows, own: Floats) -> Floats:
    return without.combined(
        dots_of_rows(content, papers, without.liked)[:, None],
        own.T,
        dots_of_rows(content, papers, without.avoided)[:, None],
    )


def _scale_of_words(ranker: BlendRanker, words: RocchioLeaveOneOut, scorer: UserScorer) -> ZScore:
    """Return the scale of the words' scores without each held-out like.

    The sums of the scores over the sample follow from a few sums, so that the scores, one for
    every like and paper, are never made. A like held out counts for itself alone.
    """
    assert ranker.sample is not None
    sampled, content = ranker.sample.samples["tfidf"], ranker.tfidf.content
    assert isinstance(sampled, SparseSample)
    gain, lost, left = words.gain, words.lost, words.left
    liked, away = (x.astype(np.float64) for x in _both_sides(scorer, words, sampled))
    kept = sampled.kept(scorer.profile.weighted).astype(np.float64)
    own = sampled.products_with(content, words.held).astype(np.float64)
    by_kept, by_liked, by_away = (own @ np.column_stack([kept, kept * liked, kept * away])).T
    n, total = (
        np.full(gain.size, kept.sum()),
        gain * (kept @ liked) - lost * by_kept - left * (kept @ away),
    )
    squares = gain**2 * (kept @ liked**2) + lost**2 * (own**2 @ kept)
    squares += left**2 * (kept @ away**2)
    squares -= 2 * (
        gain * left * (kept @ (liked * away)) + lost * (gain * by_liked - left * by_away)
    )
    place = places_of(sampled.rows, words.held)
    itself = np.flatnonzero((words.held[:, None] == sampled.rows[place]).any(axis=1))
    returned = gain[itself] * liked[place] - lost[itself] - left[itself] * away[place]
    for summed, added in ((n, 1), (total, returned), (squares, returned**2)):
        summed[itself] += added
    return ZScore.of_sums(n, total, squares)


def _both_sides(
    scorer: UserScorer, words: RocchioLeaveOneOut, sampled: SparseSample
) -> tuple[Scores, Scores]:
    """Return the products of the sample with what is liked and with what is avoided.

    Those with the query, their difference, are known already.
    """
    of_query = scorer.linear_terms["tfidf"].of_sample
    if of_query is None or not words.liked.any():
        return sampled.content @ words.liked, sampled.content @ words.avoided
    if not words.avoided.any():
        return of_query, np.zeros_like(of_query)
    avoided = sampled.content @ words.avoided
    return of_query + avoided, avoided


def _dense(
    ranker: BlendRanker, name: str, directions: Floats, scorer: UserScorer, held: Rows, papers: Rows
) -> Floats:
    assert ranker.sample is not None
    sampled, content = ranker.sample.samples[name], ranker.item_matrices[name].matrix
    assert isinstance(sampled, DenseSample)
    profile = scorer.profile
    z_score = sampled.z_score(directions, content, profile.weighted, profile.liked[held])
    return _where_known(
        ranker, name, z_score.transform(np.asarray(content[papers] @ directions)), papers
    )


def _ridge(ranker: BlendRanker, scorer: UserScorer, held: Rows, papers: Rows) -> Floats:
    assert ranker.sample is not None
    sampled, history = ranker.sample.samples["ridge"], scorer.histories["ridge"]
    assert isinstance(sampled, SparseSample)
    assert isinstance(history, Ridge)
    queries, profile = history.queries_without(held), scorer.profile
    z_score = sampled.z_scores(queries, profile.weighted, profile.liked[held])
    content = ranker.tfidf.content
    products = np.column_stack([dots_of_rows(content, papers, x) for x in queries.T])
    return _where_known(ranker, "ridge", z_score.transform(products), papers)


def _where_known(ranker: BlendRanker, name: str, scores: Floats, papers: Rows) -> Floats:
    known = ranker.item_matrices[name].known[papers]
    return np.where(known[:, None], scores, 0.0)
