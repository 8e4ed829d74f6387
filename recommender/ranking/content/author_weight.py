"""Author affinity: how much authors count for one reader, by how many likes share them. Pure.

    affinity = min(1, (s + PRIOR) / (min(n, ENOUGH) + PRIOR))

n is the number of likes, s that of likes which share an author with another like. Some readers
follow people, others topics. Where no likes share an author, papers by the same people are a
weaker sign; `ENOUGH` shared ones are as good as all.
"""

from __future__ import annotations

import numpy as np

from recommender.ranking.base import Profile, SparseRows, cells_in

PRIOR = 4.0
ENOUGH = 5


def author_affinity(profile: Profile, paper_authors: SparseRows) -> float:
    """Return the factor on the weight of the authors, above 0, at most 1.

    The rows of the profile must exist.
    """
    cells, n_names = cells_in(paper_authors, profile.liked)
    papers = np.repeat(np.arange(profile.liked.size), n_names)
    _, places, n_likes = np.unique(
        paper_authors.indices[cells], return_inverse=True, return_counts=True
    )
    n_sharing = np.unique(papers[n_likes[places] > 1]).size
    return min(1.0, (n_sharing + PRIOR) / (min(profile.liked.size, ENOUGH) + PRIOR))
