"""The prepared vectors and weights of one reader, which score any papers. Pure.

Made once a request by `fusion.ranker`. The score is the sum of the parts; see
`recommender.ranking` for the formula.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from recommender.ranking.als.fold_in import Floats
from recommender.ranking.base import Profile, Rows, Scores, valid_rows
from recommender.ranking.content.dislike_penalty import Dislikes
from recommender.ranking.content.ridge import Ridge
from recommender.ranking.content.rocchio import Rocchio
from recommender.ranking.fusion.normalisation import ZScore
from recommender.ranking.fusion.weights import Weight
from recommender.ranking.item_matrix import DENSE_FRACTION, ItemMatrix
from recommender.ranking.rerank.interest_clusters import cluster_likes

DISLIKE_PENALTY_KEY = "aversion"
"""Key of the dislike penalty in stored slates and models; its older name, which stays."""


@dataclass(frozen=True, slots=True)
class LinearTerm:
    """One part of the score: ``weight(p) * (query . items(p) - mean) / std``.

    `of_sample` are the products of the query with the reference sample, where they were made;
    `of_all` those with all papers, where making them was hardly more work.
    """

    items: ItemMatrix
    query: NDArray[np.float32]
    z_score: ZScore
    weight: Weight
    of_sample: Scores | None = None
    of_all: Scores | None = None

    def score(self, papers: Rows | None = None) -> Scores:
        """Return the weighted z-scores of some papers, None: all; NaN if unknown or weightless."""
        weights = self.weight.of(papers)
        if not self.query.any():
            return np.full_like(weights, np.nan)
        gain, offset = self.z_score.coefficients(1.0)
        if self.of_all is None:
            products = self.items.dot(self.query, papers)
        else:
            products = _take(np.where(self.items.known, self.of_all, np.float32(np.nan)), papers)
        scores = weights * (gain * products + offset)
        scores[weights == 0] = np.nan
        return scores


@dataclass(frozen=True)
class UserScorer:
    """Scores papers for one reader.

    Parameters
    ----------
    profile
        The likes and skips; their rows exist.
    factor_contributions
        What each like adds to the reader's factors, ``(n_liked, n_factors)``.
    histories
        What each content part knows of likes and rejected papers, by its name.
    linear_terms
        The parts that are dot products, by name.
    walk, walk_weight
        ``(n_papers,)`` z-scores of `neighbours` and their weight; empty and 0 without it.
    dislikes
        What takes score off papers near disliked ones; None without dislikes.
    """

    profile: Profile
    factor_contributions: Floats
    histories: Mapping[str, Rocchio | Ridge]
    linear_terms: Mapping[str, LinearTerm]
    walk: Scores
    walk_weight: float
    dislikes: Dislikes | None
    _of_all: dict[str, Scores] = field(default_factory=dict, init=False, repr=False, compare=False)
    _total: list[Scores] = field(default_factory=list, init=False, repr=False, compare=False)
    _clusters: list[Profile] = field(default_factory=list, init=False, repr=False, compare=False)

    def parts(self, papers: Rows | None = None) -> dict[str, Scores]:
        """Return the weighted parts of the score, ``(len(papers),)`` each; None: of all papers.

        A part that cannot be computed for a paper is NaN there. All parts are
        NaN for a reader without a usable like. A part that does not apply, because
        nothing was disliked or no other reader exists, is left out.
        """
        if papers is not None and self._of_all:
            return {name: _take(part, papers) for name, part in self._of_all.items()}
        parts = {name: term.score(papers) for name, term in self.linear_terms.items()}
        if self.walk_weight > 0:
            parts["neighbours"] = np.float32(self.walk_weight) * _take(self.walk, papers)
        if self.dislikes is not None:
            parts[DISLIKE_PENALTY_KEY] = self.penalties(self.dislikes, papers)
        return parts

    def penalties(self, dislikes: Dislikes, papers: Rows | None = None) -> Scores:
        """Return what dislikes take off some papers, at most 0, ``(len(papers),)``; None: all."""
        nearness = self.linear_terms["tfidf"].items.dot(dislikes.query, papers)
        return dislikes.penalties(np.nan_to_num(nearness))

    def clusters(self, embedding: NDArray[np.float32]) -> list[Profile]:
        """Return the clusters of the likes, see `cluster_likes`; computed once.

        Parameters
        ----------
        embedding
            That of the ranker that made this scorer.
        """
        if not self._clusters:
            self._clusters.extend(cluster_likes(self.profile, embedding))
        return list(self._clusters)

    def score(self, papers: Rows) -> Scores:
        """Return the sum of the parts, ``(len(papers),)``; see `total`."""
        n_papers = len(self.linear_terms["tfidf"].items)
        if papers.size * DENSE_FRACTION <= n_papers and not self._total:
            return total(self.parts(papers), papers.size)
        if not self._of_all:  # kept: the parts of the papers that are shown are asked for next
            self._of_all.update(self.parts())
            self._total.append(total(self._of_all, n_papers))
        return _take(self._total[0], papers)


def _take(scores: Scores, papers: Rows | None) -> Scores:
    """Return the scores of some papers, None: all; NaN for rows that do not exist."""
    if papers is None:
        return scores
    exists = valid_rows(papers, scores.size)
    if exists.all():
        return scores[papers]
    taken = np.full(papers.size, np.nan, dtype=np.float32)
    taken[exists] = scores[papers[exists]]
    return taken


def total(parts: Mapping[str, Scores], n_papers: int) -> Scores:
    """Return the sum of the parts, NaN counted as 0; NaN where every part is NaN.

    The dislike penalty alone does not make a score.
    """
    scored = np.zeros(n_papers, dtype=bool)
    summed = np.zeros(n_papers, dtype=np.float32)
    for name, part in parts.items():
        known = np.isfinite(part)
        scored |= known & (name != DISLIKE_PENALTY_KEY)
        summed += np.where(known, part, np.float32(0))
    return np.where(scored, summed, np.float32(np.nan))
