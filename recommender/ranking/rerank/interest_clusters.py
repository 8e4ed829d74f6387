"""Unrelated subjects within one history, so that none of them is blurred away. Pure.

Likes are grouped by average-linkage clustering of the centred embedding. A
group far from the rest is a subject; a history about one thing is one subject.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import squareform

from recommender.ranking.base import Profile

UNRELATED = 0.05
LEAST_SHARE = 0.15
MOST_LIKES = 300
MAX_CLUSTERS = 4


def cluster_likes(profile: Profile, embedding: NDArray[np.float32]) -> list[Profile]:
    """Return one profile per unrelated subject, largest first; the whole one if there is one.

    A subject holds at least `LEAST_SHARE` of the liked weight; likes of smaller
    groups, and of more than `MAX_CLUSTERS`, belong to no subject. Skips stay with
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
    least = LEAST_SHARE * float(profile.liked_weights.sum())
    clusters = [profile.with_likes(np.sort(chosen[x])) for x in _branches(tree, 1.0 - UNRELATED)]
    clusters = [x for x in clusters if x.liked_weights.sum() >= least]
    clusters.sort(key=lambda s: (-float(s.liked_weights.sum()), int(s.liked[0])))
    return clusters[:MAX_CLUSTERS] if len(clusters) > 1 else [profile]


def _branches(tree: NDArray[np.float64], height: float) -> list[list[int]]:
    """Return the leaves of each branch of a tree cut off at a height.

    As scipy's ``fcluster``, which takes longer for a reader's likes than all the rest here.
    """
    n_leaves = len(tree) + 1
    branches = {leaf: [leaf] for leaf in range(n_leaves)}
    for place, (one, other, apart, _) in enumerate(tree.tolist()):
        if apart > height:
            break
        branches[n_leaves + place] = branches.pop(int(one)) + branches.pop(int(other))
    return list(branches.values())
