"""Clusters of likes within one interest, so that each topic gets its share. Pure.

Average-linkage clustering by the cosine of the centred embedding. Likes on one topic form
one cluster.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from recommender.ranking.base import Profile

UNRELATED = 0.05
MIN_SHARE = 0.15
MAX_LIKES = 300
MAX_CLUSTERS = 4
PRIOR = 4.0
"""Likes added to every cluster, so that a few skips do not decide."""
MAX_KEPT_BYTES = 32 * 1024
"""Of up to 90 likes the distances and their clusters are kept, for the answers that follow."""
DISLIKE_AS_SKIPS = 5.0
"""How many skips a dislike counts when rejections of a cluster are counted."""
MEANT = -0.5
"""Weights of at most this are dislikes."""
NO_GUARANTEE = 0.5
"""A cluster liked at this part of the rate of the rest, or less, has no guaranteed share."""


def cluster_likes(profile: Profile, embedding: NDArray[np.float32]) -> list[Profile]:
    """Return one profile per cluster, largest first; the whole profile if there is only one.

    A cluster holds at least `MIN_SHARE` of the liked weight. Likes of smaller clusters, and
    of clusters after the first `MAX_CLUSTERS`, are left out. Skips stay with every cluster.
    The rows of the profile must exist.
    """
    heaviest = profile.heaviest_likes(MAX_LIKES)
    vectors = embedding[profile.liked[heaviest]]
    usable = vectors.any(axis=1)
    chosen, vectors = heaviest[usable], vectors[usable]
    if chosen.size < 2:
        return [profile]
    cosines = vectors @ vectors.T
    if cosines.min() > UNRELATED:  # then no cut parts them: means are no lower than the least
        return [profile]
    between = squareform(cosines.astype(np.float64), checks=False)
    apart = np.clip(1.0 - between, 0.0, None)  # rounding can put a cosine above 1
    labelled = _labels if apart.nbytes <= MAX_KEPT_BYTES else _labels.__wrapped__
    labels = np.frombuffer(labelled(apart.tobytes()), dtype=np.int32)
    least = MIN_SHARE * float(profile.liked_weights.sum())
    clusters = [profile.with_likes(np.sort(chosen[labels == x])) for x in np.unique(labels)]
    clusters = [x for x in clusters if x.liked_weights.sum() >= least]
    clusters.sort(key=lambda s: (-float(s.liked_weights.sum()), int(s.liked[0])))
    return clusters[:MAX_CLUSTERS] if len(clusters) > 1 else [profile]


@lru_cache(maxsize=128)
def _labels(distances: bytes) -> bytes:
    """Return the cluster of each like, int32, from all distances; a skip leaves them as they are.

    Parameters
    ----------
    distances
        The upper triangle, float64, as `linkage` wants it.
    """
    tree = linkage(np.frombuffer(distances), "average")
    return fcluster(tree, 1.0 - UNRELATED, criterion="distance").astype(np.int32).tobytes()


def guaranteed_shares(
    profile: Profile, clusters: Sequence[Profile], embedding: NDArray[np.float32]
) -> list[float]:
    """Return the part of the slate that each cluster may claim, 0 to 1, in the order given.

    It is the cluster's part of the liked weight, less where the reader turns its papers down. A
    rejected paper belongs to the cluster whose mean like is nearest, if it is related at all. With
    l likes and r rejections, ``rate = (l + PRIOR) / (l + r + PRIOR)``: the share falls as the
    cluster's rate falls behind that of the other clusters, to 0 at `NO_GUARANTEE` of it.

    Parameters
    ----------
    clusters
        From `cluster_likes`, two or more.
    """
    total = float(profile.liked_weights.sum())
    shares = np.array([float(x.liked_weights.sum()) / total for x in clusters])
    if not profile.rejected.size:
        return [float(x) for x in shares]
    centres = np.stack([x.liked_weights @ embedding[x.liked] for x in clusters])
    centres /= np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), np.float32(1e-9))
    nearness = embedding[profile.rejected] @ centres.T
    counted = np.where(profile.rejected_weights <= MEANT, DISLIKE_AS_SKIPS, 1.0)
    counted[nearness.max(axis=1) < UNRELATED] = 0.0
    rejected = np.bincount(nearness.argmax(axis=1), counted, minlength=len(clusters))
    liked = np.array([float(x.liked.size) for x in clusters])
    rate = (liked + PRIOR) / (liked + rejected + PRIOR)
    others, turned_down = liked.sum() - liked, rejected.sum() - rejected
    rest = (others + PRIOR) / (others + turned_down + PRIOR)
    kept = np.clip((rate / rest - NO_GUARANTEE) / (1.0 - NO_GUARANTEE), 0.0, 1.0)
    return [float(x) for x in shares * kept]
