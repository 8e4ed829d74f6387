"""How much authors count for one reader, by what became of papers that shared theirs. Pure.

Some readers follow people, others subjects. Of the judged papers, those that
share an author with another liked one are held against the rest: where fewer
of them were liked, authors count less, down to nothing at `NOTHING` of the rest's
rate. `PRIOR_LIKES` on either side keep a few skips from deciding.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recommender.ranking.base import Profile, Rows, SparseRows, dots_of_rows

PRIOR_LIKES = 4.0
NOTHING = 0.5


def share_of_names(profile: Profile, paper_authors: SparseRows) -> float:
    """Return what part of their weight the authors keep, 0 to 1; 1 before the first skip.

    The rows of the profile must exist.
    """
    if not profile.skipped.size or not paper_authors.nnz:
        return 1.0
    names = paper_authors[profile.liked].indices
    n_likes = np.bincount(names, minlength=paper_authors.shape[1])
    liked = _tell(profile.liked, paper_authors, n_likes > 1)
    skipped = _tell(profile.skipped, paper_authors, n_likes > 0)
    sharing, rest = (liked + PRIOR_LIKES) / (liked + skipped + PRIOR_LIKES)
    return float(np.clip((sharing / rest - NOTHING) / (1 - NOTHING), 0.0, 1.0))


def _tell(papers: Rows, paper_authors: SparseRows, names: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return how many papers bear one of some names, and how many do not."""
    bearing = np.count_nonzero(dots_of_rows(paper_authors, papers, names.astype(np.float32)))
    return np.array([bearing, papers.size - bearing], dtype=np.float64)
