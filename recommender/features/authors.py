"""Who wrote the papers, as sparse rows. Runs on fit, and for every new paper; pure.

A name counts by family name and initial, which is all that many files hold, and
once more with the given name where that is written out, which tells people
apart. The weight of a name is its inverse document frequency (see `tfidf`) as a part of the
highest one, over the root of the number of names: two papers by the same people
come to 1 at most, and to little where half the catalogue is by them.
"""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
from scipy.sparse import csr_matrix

from recommender.domain import Author, Paper
from recommender.features.interactions import SparseRows
from recommender.features.tfidf import TextFeatures, unaccented

MAX_AUTHORS = 100
"""Of one paper; those behind them stand in a list of thousands."""
_LETTERS = re.compile(r"[^\W\d_]+")
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})


def names_of(author: Author) -> tuple[str, ...]:
    """Return what a person is known by: ``("lovelace a", "lovelace ada")``; may be empty.

    Of a family name of several words the last one counts: files do not agree on the others.
    """
    family, given = author.family, author.given
    if not family:
        last, comma, first = author.literal.partition(",")
        family, given = (last, first) if comma else ("", author.literal)
    families, givens = _parts(family), _parts(given)
    if not families and givens:
        families, givens = givens, givens[:-1]
    if not families:
        return ()
    initials = f"{families[-1]} {givens[0][0]}" if givens else families[-1]
    full = f"{families[-1]} {givens[0]}" if givens else initials
    return tuple(dict.fromkeys((initials, full)))


def may_be_one(author: Author, other: Author) -> bool:
    """Whether two names may be one person's: given names that are written out are the same."""
    own, others = names_of(author), names_of(other)
    if not own or not others or own[0] != others[0]:
        return False
    return own[-1] == others[-1] or len(own) == 1 or len(others) == 1


def _parts(name: str) -> list[str]:
    return [x for x in _LETTERS.findall(unaccented(name).lower()) if x not in _SUFFIXES]


class AuthorFeatures(TextFeatures):
    """Which names count and how much; `terms_` are names, of which every one is learned."""

    __slots__ = ()

    @staticmethod
    def counted(paper: Paper) -> Counter[str]:
        """Return the names of a paper, each once."""
        return Counter({name for x in paper.authors[:MAX_AUTHORS] for name in names_of(x)})

    @staticmethod
    def is_usable(term: str, n_papers_with: int) -> bool:
        """Every name is: the next paper may be by somebody who wrote one so far."""
        return True

    def transform_counts(self, counts: SparseRows) -> SparseRows:
        """Weigh names, ``(n_papers, n_names)``; rows have a length of at most 1."""
        n_names = np.diff(counts.indptr)
        values = self.idf_[counts.indices] / self.idf_.max(initial=1.0)
        values /= np.sqrt(np.repeat(n_names, n_names))
        weighted = values.astype(np.float32)
        return csr_matrix((weighted, counts.indices, counts.indptr), shape=counts.shape)
