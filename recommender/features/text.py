"""TF-IDF of titles and abstracts. Runs on fit, and for every new paper; pure.

A title counts twice. Terms are words and pairs of neighbouring words, English
stop words dropped. The weight of a term in a paper is
``(1 + ln tf) * (ln((1 + n) / (1 + df)) + 1)``, rows scaled to length 1
(Salton & Buckley 1988, "ltc" with smoothed idf).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from recommender.domain import Paper
from recommender.features.interactions import SparseRows

TITLE_WEIGHT = 2
_TEX = re.compile(r"\\[a-zA-Z]+\*?|[{}$~]")
_WORD = re.compile(r"[^\W_]+(?:\+\+|#)?")


def words(text: str) -> list[str]:
    """Return the words of a scientific text in lower case, in their order.

    Accents are folded, TeX commands dropped, hyphenated words split; single
    letters, bare numbers and English stop words are left out.
    """
    decomposed = unicodedata.normalize("NFKD", _TEX.sub(" ", text))
    plain = "".join(c for c in decomposed if not unicodedata.combining(c)).lower()
    return [w for w in _WORD.findall(plain) if _is_term(w)]


def _is_term(word: str) -> bool:
    return len(word) > 1 and not word.isdecimal() and word not in ENGLISH_STOP_WORDS


def _grams(text: str) -> Iterator[str]:
    singles = words(text)
    yield from singles
    yield from (f"{a} {b}" for a, b in pairwise(singles))


def count_terms(paper: Paper) -> Counter[str]:
    """Return how often each word and word pair occurs, the title counted twice."""
    counts = Counter(_grams(paper.abstract))
    for term in _grams(paper.title):
        counts[term] += TITLE_WEIGHT
    return counts


@dataclass(frozen=True, slots=True)
class TextFeatures:
    """Which terms count and how much; fitted on one catalogue.

    Attributes
    ----------
    terms_
        The terms, column by column.
    idf_
        ``(n_terms,) float32`` inverse document frequencies, at least 1.
    """

    terms_: tuple[str, ...]
    idf_: NDArray[np.float32]

    @classmethod
    def fit(cls, papers: Sequence[Paper]) -> TextFeatures:
        """Learn terms and frequencies from a catalogue; may end up without terms."""
        raise NotImplementedError

    @classmethod
    def of_counts(cls, counts: SparseRows, terms: Sequence[str]) -> TextFeatures:
        """Learn frequencies from ready counts, ``(n_papers, n_terms)``."""
        raise NotImplementedError

    def transform(self, papers: Iterable[Paper]) -> SparseRows:
        """Return ``(n_papers, n_terms) float32``, rows of length 1, or empty without terms."""
        raise NotImplementedError

    def transform_counts(self, counts: SparseRows) -> SparseRows:
        """Weigh ready counts, ``(n_papers, n_terms)``; same result as `transform`."""
        raise NotImplementedError
