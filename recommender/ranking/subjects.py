"""Unrelated subjects within one history, so that none of them is blurred away. Pure.

Likes are grouped by average-linkage clustering of the centred embedding. A
group far from the rest is a subject; a history about one thing is one subject.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from recommender.ranking.base import Profile

UNRELATED = 0.05
LEAST_SHARE = 0.15
MOST_LIKES = 300
MOST_SUBJECTS = 4


def subjects_of(profile: Profile, embedding: NDArray[np.float32]) -> list[Profile]:
    """Return one profile per unrelated subject, largest first; the whole one if there is one.

    A subject holds at least `LEAST_SHARE` of the liked weight; likes of smaller
    groups, and of more than `MOST_SUBJECTS`, belong to no subject. Skips stay with
    every subject. The rows of the profile must exist.
    """
    heaviest = np.argsort(-profile.liked_weights, kind="stable")[:MOST_LIKES]
    vectors = embedding[profile.liked[heaviest]]
    usable = vectors.any(axis=1)
    chosen, vectors = heaviest[usable], vectors[usable]
    if chosen.size < 2:
        return [profile]
    between = squareform((vectors @ vectors.T).astype(np.float64), checks=False)
    apart = np.clip(1.0 - between, 0.0, None)  # rounding puts twins a little closer than 1
    tree = linkage(apart, "average")
    if tree[-1, 2] <= 1.0 - UNRELATED:  # as most are; cutting the tree costs more than growing it
        return [profile]
    groups = fcluster(tree, 1.0 - UNRELATED, "distance")
    weights = np.bincount(groups, profile.liked_weights[chosen])
    large = np.flatnonzero(weights >= LEAST_SHARE * float(profile.liked_weights.sum()))
    subjects = [profile.with_likes(np.sort(chosen[groups == group])) for group in large]
    subjects.sort(key=lambda s: (-float(s.liked_weights.sum()), int(s.liked[0])))
    return subjects[:MOST_SUBJECTS] if len(subjects) > 1 else [profile]
