"""Weight deviation: one reader's weights of the parts, learned from their own likes. Pure.

Some likes are left out of the profile, one at a time, and compared with sampled papers by a
logistic regression on the z-scores of the parts::

    log odds of a like = b + SLOPE * s + sum_k d_k * z_k
    w_k                = max(w_k of the library + d_k / SLOPE, 0)

where s is the score with the weights of the library. d has a normal prior with mean 0 (ridge):
``d_k * Z_STD_k`` has the standard deviation `PRIOR_STD`. All sampled papers together weigh as much
as the likes. Skips and dislikes are not compared: they were shown because they scored high, so they
would teach to distrust whatever ranks well.

Likes of the training matrix are no test of the model and are not used, unless readers hardly
weighed in the fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from recommender.ranking.als.fold_in import Floats
from recommender.ranking.als.ranker import AlsRanker
from recommender.ranking.base import (
    Profile,
    Rows,
    Scores,
    dots_of_rows,
    places_of,
    squares_of_rows,
)
from recommender.ranking.fusion.leave_one_out import (
    RocchioLeaveOneOut,
    rocchio_of,
    user_factors_without,
)
from recommender.ranking.fusion.user_scorer import LinearTerm, UserScorer
from recommender.ranking.item_matrix import ItemMatrix, Matrix

SLOPE = 0.5
PRIOR_STD = 0.3
Z_STD = {"als": 1.6, "tfidf": 1.3, "authors": 1.1, "embedding": 1.0}
"""Standard deviation of the z-scores of left-out likes, by part."""
FLAT_PRIOR = 1e-6
"""Precision of the prior of the intercept b."""
MIN_LIKES = 2
MAX_LIKES = 12
MAX_SAMPLED = 400
MIN_SAMPLED = 20
MAX_STEPS = 25
SMALL_STEP = 1e-6
LOW_READER_WEIGHT = 0.25


@dataclass(frozen=True, slots=True)
class ContrastSample:
    """The papers that likes are compared with, gathered once for all readers.

    `rows` are ascending; `items` holds their rows of each part's item matrix.
    """

    rows: Rows
    items: Mapping[str, ItemMatrix]

    @classmethod
    def of(cls, item_matrices: Mapping[str, ItemMatrix], reference: Rows) -> Self:
        """Take at most `MAX_SAMPLED` of the rows that stand for the library."""
        rows = reference[:: -(-reference.size // MAX_SAMPLED) or 1]
        return cls(
            rows,
            {
                x: ItemMatrix(items.matrix[rows], items.known[rows])
                for x, items in item_matrices.items()
            },
        )

    def z_scores(self, name: str, term: LinearTerm) -> Scores:
        """Return the z-scores of the sampled papers in one part, ``(n_sampled,)``; 0 if unknown."""
        gain, offset = term.z_score.coefficients(1.0)
        items = self.items[name]
        return np.where(items.known, gain * items.dot_all(term.query) + offset, np.float32(0))


def add_weight_deviation(scorer: UserScorer, als: AlsRanker, sample: ContrastSample) -> UserScorer:
    """Return the scorer with the reader's own weights; the same if there is too little to go by."""
    profile = scorer.profile
    likes = unseen_likes(als, profile)
    kept = np.ones(sample.rows.size, dtype=bool)
    kept[places_of(sample.rows, profile.weighted)] = False
    if likes.size < MIN_LIKES or kept.sum() < MIN_SAMPLED:
        return scorer
    likes = likes[:: -(-likes.size // MAX_LIKES)]
    names = [x for x in scorer.linear_terms if x in Z_STD]
    own = np.column_stack([_left_out(scorer, als, x, likes) for x in names])
    others = np.column_stack([sample.z_scores(x, scorer.linear_terms[x]) for x in names])
    z = np.vstack([own, others[kept]])
    papers = np.concatenate([profile.liked[likes], sample.rows[kept]])
    weights = np.column_stack([scorer.linear_terms[x].weight.of(papers) for x in names])
    deviation = fit_deviation(
        z,
        np.arange(papers.size) < likes.size,
        (weights * z).sum(axis=1),
        np.array([Z_STD[x] for x in names]),
    )
    terms = dict(scorer.linear_terms)
    for name, change in zip(names, deviation, strict=True):
        terms[name] = replace(terms[name], weight=terms[name].weight.with_deviation(float(change)))
    return replace(scorer, linear_terms=terms)


def fit_deviation(z: Floats, liked: NDArray[np.bool_], scores: Floats, z_std: Floats) -> Floats:
    """Return what to add to the weights, ``(n_parts,)``: d / `SLOPE`, by damped Newton steps.

    Parameters
    ----------
    z
        ``(n_papers, n_parts)`` z-scores of likes and sampled papers, finite.
    liked
        ``(n_papers,)``; there are some of either kind.
    scores
        ``(n_papers,)`` with the weights of the library.
    z_std
        ``(n_parts,)`` scale of the prior.
    """
    counted = np.where(liked, 1.0, liked.sum() / (~liked).sum())
    design = np.column_stack([np.ones(len(z)), z])
    precision = np.append(FLAT_PRIOR, (z_std / PRIOR_STD) ** 2)
    offsets, signs = SLOPE * scores, np.where(liked, -1.0, 1.0)
    # From an intercept far from where the odds are even, the first steps would be far too long.
    deviation = np.zeros(design.shape[1])
    deviation[0] = -(counted @ offsets) / counted.sum()

    def loss(point: Floats) -> float:
        losses = np.logaddexp(0.0, signs * (offsets + design @ point))
        return float(counted @ losses + precision @ point**2 / 2.0)

    least = loss(deviation)
    for _ in range(MAX_STEPS):
        odds = np.clip(offsets + design @ deviation, -60.0, 60.0)
        chances = 1.0 / (1.0 + np.exp(-odds))
        gradient = design.T @ (counted * (liked - chances)) - precision * deviation
        curvature = (design * (counted * chances * (1.0 - chances))[:, None]).T @ design
        step = np.linalg.solve(curvature + np.diag(precision), gradient)
        while (after := loss(deviation + step)) > least and float(np.abs(step).max()) >= SMALL_STEP:
            step = step / 2.0  # likes that are told apart at once make Newton's steps too long
        if float(np.abs(step).max()) < SMALL_STEP:
            break
        deviation, least = deviation + step, after
    return np.asarray(deviation[1:] / SLOPE)


def _left_out(scorer: UserScorer, als: AlsRanker, name: str, likes: Rows) -> Floats:
    """Return the z-score of each like in one part without it, ``(n_likes,)``; 0 if unknown.

    Mean and deviation are those of the whole profile: one like fewer hardly moves them.
    """
    profile, term = scorer.profile, scorer.linear_terms[name]
    papers = profile.liked[likes]
    matrix = term.items.matrix
    if name == "als":
        factors = user_factors_without(als, profile, scorer.factor_contributions, likes)
        products = np.einsum("ij,ji->i", np.asarray(matrix[papers]), factors)
    else:
        query = RocchioLeaveOneOut.of(rocchio_of(scorer, name), likes)
        liked, own, avoided = _products(matrix, papers, query.liked, query.avoided)
        products = query.combined(liked, own, avoided)
    gain, offset = term.z_score.coefficients(1.0)
    return np.where(term.items.known[papers], gain * products + offset, 0.0)


def _products(
    matrix: Matrix, rows: Rows, liked: Scores, avoided: Scores
) -> tuple[Scores, Scores, Scores]:
    """Return the products of some rows with what is liked, themselves and what is avoided."""
    if isinstance(matrix, np.ndarray):
        dense = matrix[rows]
        return dense @ liked, (dense**2).sum(axis=1), dense @ avoided
    own = squares_of_rows(matrix, rows)
    return dots_of_rows(matrix, rows, liked), own, dots_of_rows(matrix, rows, avoided)


def unseen_likes(als: AlsRanker, profile: Profile) -> Rows:
    """Return the positions in ``profile.liked`` of likes that are not in the training matrix."""
    every_like = np.arange(profile.liked.size)
    if profile.reader_index is None or als.model.reader_weight <= LOW_READER_WEIGHT:
        return every_like
    seen = als.model.papers_of_reader(profile.reader_index)
    return every_like[~np.isin(profile.liked, seen)]
