"""Author affinity: how much authors count for one reader. Pure.

Some readers follow people, others topics. Judged papers that share an author with another
liked paper are compared with the rest. If a smaller part of them was liked, authors count
less, down to 0 at `ZERO_AT` times the rate of the rest. `PRIOR_LIKES` are added on both
sides, so that a few skips do not decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from recommender.ranking.als.fold_in import Floats
from recommender.ranking.base import Profile, Rows, SparseRows, cells_in

PRIOR_LIKES = 4.0
ZERO_AT = 0.5


def author_affinity(profile: Profile, paper_authors: SparseRows) -> float:
    """Return the factor for the weight of authors, 0 to 1; 1 before the first skip.

    The rows of the profile must exist.
    """
    if not profile.skipped.size:
        return 1.0
    return _Judged.of(profile, paper_authors).share(None)


def author_affinities_without(profile: Profile, paper_authors: SparseRows, held: Rows) -> Floats:
    """Return `author_affinity` without each of some likes, ``(n_held,)``.

    Parameters
    ----------
    held
        Positions in ``profile.liked``.
    """
    judged = _Judged.of(profile, paper_authors)
    return np.array([judged.share(int(like)) for like in held])


@dataclass(frozen=True, slots=True)
class _Judged:
    """Who wrote what was judged: cells of `names`, numbered from 0, and `papers`, positions.

    `n_likes_by` counts the liked papers of each name; of skips only the cells with such
    a name are kept.
    """

    n_liked: int
    n_skipped: int
    n_likes_by: Rows
    liked: tuple[Rows, Rows]
    skipped: tuple[Rows, Rows]

    @classmethod
    def of(cls, profile: Profile, paper_authors: SparseRows) -> Self:
        """Give every name of a liked paper a number."""
        names, papers = _bearers(paper_authors, profile.liked)
        known, numbers, counts = np.unique(names, return_inverse=True, return_counts=True)
        others, skipped = _bearers(paper_authors, profile.skipped)
        places = np.searchsorted(known, others)
        there = np.append(known, -1)[places] == others
        n_liked, n_skipped = profile.liked.size, profile.skipped.size
        return cls(n_liked, n_skipped, counts, (numbers, papers), (places[there], skipped[there]))

    def share(self, held: int | None) -> float:
        """Return the share, without one like if a position is given."""
        names, papers = self.liked
        n_likes_by = self.n_likes_by
        if held is not None:
            n_likes_by = n_likes_by - np.bincount(names[papers == held], minlength=n_likes_by.size)
        with_another = np.unique(papers[(n_likes_by[names] > 1) & (papers != held)]).size
        names, papers = self.skipped
        with_any = np.unique(papers[n_likes_by[names] > 0]).size
        n_liked = self.n_liked - (held is not None)
        sharing = _rate(with_another, with_any)
        rest = _rate(n_liked - with_another, self.n_skipped - with_any)
        return float(np.clip((sharing / rest - ZERO_AT) / (1 - ZERO_AT), 0.0, 1.0))


def _bearers(paper_authors: SparseRows, papers: Rows) -> tuple[Rows, Rows]:
    cells, n_names = cells_in(paper_authors, papers)
    return paper_authors.indices[cells].astype(np.intp), np.repeat(np.arange(papers.size), n_names)


def _rate(liked: int, skipped: int) -> float:
    return (liked + PRIOR_LIKES) / (liked + skipped + PRIOR_LIKES)
