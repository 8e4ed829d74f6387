"""Who wrote the papers, as sparse rows. Runs on fit, and for every new paper; pure.

A name counts by family name and initial, which is all that many files hold, and
once more with the given name where that is written out, which tells people
apart. Names are weighed as words are (see `text`): the rarer, the more.
"""

from __future__ import annotations

import re
from collections import Counter

from recommender.domain import Author, Paper
from recommender.features.text import TextFeatures, unaccented

MOST_AUTHORS = 100
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


def _parts(name: str) -> list[str]:
    return [x for x in _LETTERS.findall(unaccented(name).lower()) if x not in _SUFFIXES]


class AuthorFeatures(TextFeatures):
    """Which names count and how much; `terms_` are names, of which every one is learned."""

    __slots__ = ()

    @staticmethod
    def counted(paper: Paper) -> Counter[str]:
        """Return the names of a paper, each once."""
        return Counter({name for x in paper.authors[:MOST_AUTHORS] for name in names_of(x)})

    @staticmethod
    def is_usable(term: str, n_papers_with: int) -> bool:
        """Every name is: the next paper may be by somebody who wrote one so far."""
        return True
