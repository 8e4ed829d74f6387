"""Weights of the score parts, by size and density of the library. Pure.

The parts are z-scores, so a weight of 1 is the weight of the implicit-feedback model. The
rules are smooth in what they depend on:

- words: 0.5 without other readers, 0.25 where shared likes are dense, since
  shared language then sits in the factorisation already; less of them where texts are short;
- authors: as much as words, on their scale: a paper by the same people counts as one in
  the same words; and as much more as the embedding takes over from words in short texts;
- embedding: where texts are short, as titles are, words seldom meet and what keeps company
  with them says more; in a small catalogue too, where single words are too rare. A sentence
  encoder understands short texts better and counts half as much again there;
- ridge: twice as much as words, as far as a reader has turned papers down (`content.ridge`);
- neighbours: 0.2 as libraries overlap; where they do not, they reach nothing.

Words, authors and embedding count less where shared likes are dense, but not for a paper that
no reader can have liked yet, about which nothing else is known; see `weights_of_new`.

Chosen on splits of the training parts; see docs/experiments.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from recommender.ranking.als.term_rows import brevity, likes_per_paper, reader_weight
from recommender.ranking.base import Features, Rows, Scores, SparseRows

UNLIKED_COLDNESS = 0.5
"""Coldness of a paper that was in the fit and that no reader liked."""
RIDGE_AS_WORDS = 2.0
"""How many times the weight of words `ridge` has, for a reader with enough rejected papers."""
MIN_WEIGHT = 0.1
"""Taken off what the embedding counts, and what authors gain from short texts: so little changes
no order worth its time."""


@dataclass(frozen=True, slots=True)
class CorpusStats:
    """What a model was fitted on.

    `reader_weight` is what other readers count, 0 to 1 (`als.term_rows.reader_weight`);
    `encoded` is 1 where the embedding is a sentence encoder's; `terms_per_paper` is a median.
    """

    n_papers: float = 0.0
    reader_weight: float = 0.0
    likes_per_paper: float = 0.0
    encoded: float = 0.0
    terms_per_paper: float = 0.0

    @classmethod
    def of(cls, features: Features, reader_papers: SparseRows) -> Self:
        """Count papers, terms and likes, and weigh the readers."""
        return cls(
            reader_papers.shape[1],
            reader_weight(reader_papers),
            likes_per_paper(reader_papers),
            float(features.encoded),
            features.n_terms_median,
        )

    def as_array(self) -> NDArray[np.float64]:
        """Return the numbers in the order of the fields."""
        return np.array(astuple(self), dtype=np.float64)

    @classmethod
    def from_array(cls, numbers: NDArray[np.float64]) -> Self:
        """Rebuild what `as_array` gave."""
        return cls(*numbers.tolist())


@dataclass(frozen=True, slots=True)
class Weight:
    """How much a part counts for papers that readers have liked, and for new ones.

    `coldness` says which a paper is, ``(n_papers,)``: 0 liked, 1 new; see `coldness_of`.
    """

    liked: float
    new: float
    coldness: NDArray[np.float32]

    def of(self, papers: Rows | None = None) -> Scores:
        """Return the weight for some papers, None: all; rows that do not exist have one too."""
        coldness = self.coldness if papers is None else self.coldness.take(papers, mode="clip")
        return np.float32(self.liked) + coldness * np.float32(self.new - self.liked)

    def __mul__(self, factor: float) -> Weight:
        """Return so many times as much."""
        return Weight(self.liked * factor, self.new * factor, self.coldness)

    def with_deviation(self, deviation: float) -> Weight:
        """Return so much more, never below 0; a weight of 0 stays."""
        liked, new = (max(x + deviation, 0.0) if x else 0.0 for x in (self.liked, self.new))
        return Weight(liked, new, self.coldness)

    def __bool__(self) -> bool:
        """Return whether the part counts for any paper."""
        return self.liked > 0 or (self.new > 0 and bool(self.coldness.any()))


def coldness_of(likes: NDArray[np.float64], n_papers: int) -> NDArray[np.float32]:
    """Return the coldness of each paper, ``(n_papers,)``.

    A paper of the fit without likes is half cold: readers may have passed it over.

    Parameters
    ----------
    likes
        ``(n_fitted,)``, as readers count.
    """
    coldness = np.ones(n_papers, dtype=np.float32)
    coldness[: likes.size] = np.where(likes > 0, 0.0, UNLIKED_COLDNESS)
    return coldness


def weights_by_part(corpus_stats: CorpusStats, coldness: NDArray[np.float32]) -> dict[str, Weight]:
    """Return the weight of each ranker, for all papers, by its name."""
    liked, new = weights_for(corpus_stats), weights_of_new(corpus_stats)
    return {name: Weight(liked[name], new[name], coldness) for name in liked}


def weights_for(corpus_stats: CorpusStats) -> dict[str, float]:
    """Return the weight of each ranker by its name, for papers that readers have liked."""
    like_density = 1.0 + 2.0 * corpus_stats.likes_per_paper * corpus_stats.reader_weight
    short = brevity(corpus_stats.terms_per_paper) / like_density
    small_catalogue = 1.0 / (1.0 + (corpus_stats.n_papers / 2000.0) ** 1.5) / like_density
    short_text_gain = short * (1.0 + 0.5 * corpus_stats.encoded)
    embedding = max(short_text_gain + 0.5 * small_catalogue - MIN_WEIGHT, 0.0)
    words = 0.25 + 0.25 / like_density
    return {
        "als": 1.0,
        "tfidf": words - 0.25 * short,
        "authors": words + max(short - MIN_WEIGHT, 0.0),
        "embedding": embedding,
        "neighbours": 0.2 * corpus_stats.reader_weight,
    }


def weights_of_new(corpus_stats: CorpusStats) -> dict[str, float]:
    """Return the weights for papers that no reader can have liked yet.

    As in a catalogue without likes; the embedding half-way there, since such a paper's factors
    come of its words as well.
    """
    liked, alone = (
        weights_for(corpus_stats),
        weights_for(replace(corpus_stats, likes_per_paper=0.0)),
    )
    return alone | {"embedding": (liked["embedding"] + alone["embedding"]) / 2.0}
