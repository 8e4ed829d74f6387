"""Unrelated subjects within one history, so that none of them is blurred away. Pure.

Likes are grouped by average-linkage clustering of the centred embedding. A
group far from the rest is a subject; a history about one thing is one subject.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage

from recommender.ranking.base import Profile

UNRELATED = 0.1
LEAST_SHARE = 0.15
MOST_LIKES = 300
MOST_SUBJECTS = 4


def subjects_of(profile: Profile, embedding: NDArray[np.float32]) -> list[Profile]:
    """Return one profile per unrelated subject, largest first; the whole one if there is one.

    A subject holds at least `LEAST_SHARE` of the liked weight; likes of smaller
    groups, and of more than `MOST_SUBJECTS`, belong to no subject. Skips stay with
    every subject. The rows of the profile must exist.
    """
    rows = profile.liked[np.argsort(-profile.liked_weights, kind="stable")[:MOST_LIKES]]
    with_content = rows[embedding[rows].any(axis=1)] if embedding.shape[1] else rows[:0]
    if with_content.size < 2:
        return [profile]
    closeness = embedding[with_content] @ embedding[with_content].T
    between = closeness[np.triu_indices(with_content.size, 1)].astype(np.float64)
    apart = np.clip(1.0 - between, 0.0, None)  # rounding puts twins a little closer than 1
    tree = linkage(apart, "average")
    groups = fcluster(tree, 1.0 - UNRELATED, "distance")
    subjects = [_part(profile, with_content[groups == g]) for g in np.unique(groups)]
    least = LEAST_SHARE * float(profile.liked_weights.sum())
    large = [s for s in subjects if s.liked_weights.sum() >= least]
    large.sort(key=lambda s: (-float(s.liked_weights.sum()), int(s.liked[0])))
    return large[:MOST_SUBJECTS] if len(large) > 1 else [profile]


def _part(profile: Profile, rows: NDArray[np.intp]) -> Profile:
    kept = np.isin(profile.liked, rows)
    return replace(profile, liked=profile.liked[kept], liked_weights=profile.liked_weights[kept])
