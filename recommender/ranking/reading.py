"""One history as the rankers read it: a direction, a scale and a weight for each part. Pure.

Made once a request; after that any papers can be scored with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.ranking.base import Profile, Rows, Scores, valid_rows
from recommender.ranking.content import Matrix
from recommender.ranking.foldin import Floats
from recommender.ranking.scale import Scale

AVERSION = "aversion"


@dataclass(frozen=True, slots=True)
class Content:
    """What papers are made of for one ranker: ``(n_papers, n_columns)``.

    `known` says of which papers there is any.
    """

    matrix: Matrix
    known: NDArray[np.bool_]


@dataclass(slots=True)
class Window:
    """Some papers, so that several readings of them gather their rows only once."""

    papers: Rows
    _gathered: dict[int, Any] = field(default_factory=dict)

    def dots(self, content: Content, direction: NDArray[np.float32]) -> Scores:
        """Return dot products of the papers with a direction; NaN where there is no content."""
        scores = np.full(self.papers.size, np.nan, dtype=np.float32)
        exists = valid_rows(self.papers, content.known.size)
        exists[exists] = content.known[self.papers[exists]]
        rows = self.papers[exists]
        # Gathering rows costs more than multiplying all of them once many are asked for.
        if rows.size * 4 > content.known.size:
            scores[exists] = (content.matrix @ direction)[rows]
        else:
            gathered = self._gathered.setdefault(id(content.matrix), content.matrix[rows])
            scores[exists] = gathered @ direction
        return scores


@dataclass(frozen=True, slots=True)
class Dot:
    """A part of the score that is a dot product.

    `direction` is what papers are multiplied with, `scale` what an average
    paper gets from that, `weight` how much the part counts.
    """

    content: Content
    direction: NDArray[np.float32]
    scale: Scale
    weight: float

    def score(self, window: Window) -> Scores:
        """Return weighted standard scores; all NaN without a direction."""
        if not self.direction.any():
            return np.full(window.papers.size, np.nan, dtype=np.float32)
        raw = window.dots(self.content, self.direction)
        return np.float32(self.weight) * self.scale.standard(raw)


@dataclass(frozen=True)
class Reading:
    """What scores papers for one reader.

    Parameters
    ----------
    profile
        The history; its rows exist.
    summands
        What each like adds to the reader's factors, ``(n_liked, n_factors)``.
    dots
        The parts that are dot products, by name.
    walk, walk_weight
        ``(n_papers,)`` standard scores of the neighbours, and what they count;
        empty and 0 where they have no say.
    averse
        Direction away from what was disliked, over the words, or None.
    trust
        The guard's verdict on the model, 0 to 1.
    """

    profile: Profile
    summands: Floats
    dots: Mapping[str, Dot]
    walk: Scores
    walk_weight: float
    averse: NDArray[np.float32] | None
    trust: float

    def parts(self, papers: Rows | Window) -> dict[str, Scores]:
        """Return the weighted parts of the score, ``(len(papers),)`` each; see `BlendRanker`."""
        window = papers if isinstance(papers, Window) else Window(papers)
        parts = {name: dot.score(window) for name, dot in self.dots.items()}
        if self.walk_weight > 0:
            parts["neighbours"] = np.float32(self.walk_weight) * _at(self.walk, window.papers)
        if self.averse is not None:
            parts[AVERSION] = np.nan_to_num(window.dots(self.dots["tfidf"].content, self.averse))
        return parts

    def score(self, papers: Rows | Window) -> Scores:
        """Return the sum of the parts."""
        window = papers if isinstance(papers, Window) else Window(papers)
        return total(self.parts(window), window.papers.size)


def _at(scores: Scores, papers: Rows) -> Scores:
    found = np.full(papers.size, np.nan, dtype=np.float32)
    exists = valid_rows(papers, scores.size)
    found[exists] = scores[papers[exists]]
    return found


def total(parts: Mapping[str, Scores], n_papers: int) -> Scores:
    """Return the sum of parts, NaN counted as nothing; NaN where every ranker's part is."""
    scored = np.zeros(n_papers, dtype=bool)
    summed = np.zeros(n_papers, dtype=np.float32)
    for name, part in parts.items():
        known = np.isfinite(part)
        scored |= known & (name != AVERSION)
        summed += np.where(known, part, np.float32(0))
    return np.where(scored, summed, np.float32(np.nan))
