"""Who wrote the papers, as sparse rows. Runs on fit, and for every new paper; pure.

A name counts by family name and initial, which is all that many files hold, and
once more with the given name where that is written out, which tells people
apart. The weight of a name is its inverse document frequency (see `tfidf`) as a part of the
highest one, over the root of the number of names: two papers by the same people
come to 1 at most, and to little where half the catalogue is by them.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix

from recommender.domain import Author, Paper
from recommender.features.interactions import SparseRows
from recommender.features.tfidf import TextFeatures, unaccented

MAX_NAMESAKES = 5
"""Given names with one family name and initial, above which each of them is a common name."""
MAX_PAPERS_OF_INITIALS = 10
"""Papers by one family name and initial, above which initials may be of several people."""
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


def surely_one(
    author: Author,
    authors: Sequence[Author],
    coauthors: Sequence[Author],
    known: AuthorFeatures,
) -> bool:
    """Whether an author of one paper is surely among the `authors` of another.

    Given names written out must be the same, and the name must not be a common one: of at most
    `MAX_NAMESAKES` people with this family name and initial in the library. Initials alone must be
    of one person there, with few papers. A name written out is the same person in any case where
    the two papers share a second name.

    Parameters
    ----------
    coauthors
        Everybody on the author's own paper, with the author.
    """
    found = [x for x in authors if may_be_one(author, x)]
    if not found:
        return False
    own = names_of(author)
    written_out = any(len(own) == 2 and names_of(x) == own for x in found)
    n_people = known.namesakes(own[0])
    if not written_out:
        return n_people <= 1 and known.n_papers_with(own[0]) <= MAX_PAPERS_OF_INITIALS
    others = [x for x in coauthors if x != author]
    return n_people <= MAX_NAMESAKES or any(may_be_one(x, y) for x in others for y in authors)


def _parts(name: str) -> list[str]:
    return [x for x in _LETTERS.findall(unaccented(name).lower()) if x not in _SUFFIXES]


class AuthorFeatures(TextFeatures):
    """Which names count and how much; `terms_` are names, of which every one is learned."""

    __slots__ = ()

    def n_papers_with(self, name: str) -> int:
        """Return how many papers have a name, 0 if none; the rarest name is taken to have one."""
        column = self._index.get(name)
        if column is None:
            return 0
        return round(2.0 * math.exp(float(self.idf_.max() - self.idf_[column])) - 1.0)

    def namesakes(self, initials: str) -> int:
        """Return how many given names written out belong to a family name and initial."""
        start = bisect_left(self.terms_, initials)
        end = bisect_left(self.terms_, initials + "\uffff")
        return sum(x != initials for x in self.terms_[start:end])

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
