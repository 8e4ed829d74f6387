"""Clusters of likes within one interest, so that each topic gets its share. Pure.

Average-linkage clustering by the cosine of the centred embedding. Likes on one topic form
one cluster.
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
MAX_CLUSTERS = 4


def cluster_likes(profile: Profile, embedding: NDArray[np.float32]) -> list[Profile]:
    """Return one profile per cluster, largest first; the whole profile if there is only one.

    A cluster holds at least `LEAST_SHARE` of the liked weight. Likes of smaller clusters, and
    of clusters after the first `MAX_CLUSTERS`, are left out. Skips stay with every cluster.
    The rows of the profile must exist.
    """
    heaviest = np.argsort(-profile.liked_weights, kind="stable")[:MOST_LIKES]
    vectors = embedding[profile.liked[heaviest]]
    usable = vectors.any(axis=1)
    chosen, vectors = heaviest[usable], vectors[usable]
    if chosen.size < 2:
        return [profile]
    between = squareform((vectors @ vectors.T).astype(np.float64), checks=False)
    apart = np.clip(1.0 - between, 0.0, None)  # rounding can put a cosine above 1
    labels = fcluster(linkage(apart, "average"), 1.0 - UNRELATED, criterion="distance")
    least = LEAST_SHARE * float(profile.liked_weights.sum())
    clusters = [profile.with_likes(np.sort(chosen[labels == x])) for x in np.unique(labels)]
    clusters = [x for x in clusters if x.liked_weights.sum() >= least]
    clusters.sort(key=lambda s: (-float(s.liked_weights.sum()), int(s.liked[0])))
    return clusters[:MAX_CLUSTERS] if len(clusters) > 1 else [profile]
