"""What papers would score at most if the reader had not liked one paper or another. Pure.

All likes in question are taken out at once (see `heldout`). The guard might
judge the model anew without a like; the score is linear in its verdict, so the
highest score lies where the model counts in full or not at all, and the guard
need not be asked.
"""

from __future__ import annotations

import numpy as np

from recommender.ranking.base import Rows, Scores
from recommender.ranking.blend import BlendRanker
from recommender.ranking.foldin import Floats
from recommender.ranking.heldout import rocchio_of, rocchio_without, tastes_without
from recommender.ranking.reading import AVERSION, Reading
from recommender.ranking.scale import DenseSample, SparseSample
from recommender.ranking.weights import weights_for


def highest_without(ranker: BlendRanker, reading: Reading, held: Rows, papers: Rows) -> Scores:
    """Return the highest score each paper could have without each like.

    Parameters
    ----------
    held
        Positions in ``reading.profile.liked``; there must be others.

    Returns
    -------
    ``(n_papers, n_held) float32``.
    """
    weights, profile = weights_for(ranker.evidence), reading.profile
    tastes = tastes_without(ranker.als, profile, reading.summands, held)
    model = weights["als"] * _dense(ranker, "als", tastes, reading, held, papers)
    if weights["embedding"] > 0:
        queries = rocchio_without(profile, held, ranker.embedding.content[profile.judged])
        by_meaning = _dense(ranker, "embedding", queries, reading, held, papers)
        model = model + weights["embedding"] * by_meaning
    if weights["neighbours"] > 0:
        walks = ranker.neighbours.without_each(profile, held, papers)
        model = model + weights["neighbours"] * walks
    words = weights["tfidf"] * _words(ranker, reading, held, papers)
    averse = reading.parts(papers).get(AVERSION, np.zeros(papers.size, dtype=np.float32))
    return np.asarray(words + averse[:, None] + np.maximum(model, 0), dtype=np.float32)


def _words(ranker: BlendRanker, reading: Reading, held: Rows, papers: Rows) -> Floats:
    profile, words = reading.profile, ranker.tfidf.content
    assert ranker.sample is not None
    sampled = ranker.sample.samples["tfidf"]
    assert isinstance(sampled, SparseSample)
    on_sample = rocchio_of(profile, held, words, sampled.by_column)
    scale = sampled.scale_of(on_sample, profile.judged, profile.liked[held])
    at = rocchio_of(profile, held, words, words[papers].T.tocsr())
    return _where_known(ranker, "tfidf", scale.standard(at), papers)


def _dense(
    ranker: BlendRanker, name: str, directions: Floats, reading: Reading, held: Rows, papers: Rows
) -> Floats:
    assert ranker.sample is not None
    sampled, content = ranker.sample.samples[name], ranker.contents[name].matrix
    assert isinstance(sampled, DenseSample)
    profile = reading.profile
    scale = sampled.scale(directions, content, profile.judged, profile.liked[held])
    return _where_known(
        ranker, name, scale.standard(np.asarray(content[papers] @ directions)), papers
    )


def _where_known(ranker: BlendRanker, name: str, scores: Scores, papers: Rows) -> Floats:
    known = ranker.contents[name].known[papers]
    return np.where(known[:, None], scores, 0.0)
