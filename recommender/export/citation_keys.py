"""The citation keys of one export: those of the papers, told apart where two are equal. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from recommender.domain import Paper
from recommender.domain.citation_keys import citation_key, mark


def citation_keys(papers: Sequence[Paper]) -> list[str]:
    """Return one key a paper, in order; keys differ even without regard to case.

    The keys of a library differ already, see `domain.citation_keys`. Papers that no library
    holds may come with equal ones; these get a mark from their ids, all of them.
    """
    keys = [citation_key(paper) for paper in papers]
    taken = Counter(key.casefold() for key in keys)
    marked = (
        key if taken[key.casefold()] == 1 else f"{key}-{mark(paper)}"
        for key, paper in zip(keys, papers, strict=True)
    )
    return _numbered(marked)


def _numbered(keys: Iterable[str]) -> list[str]:
    met: set[str] = set()
    unique: list[str] = []
    for key in keys:
        candidate, n = key, 2
        while candidate.casefold() in met:
            candidate, n = f"{key}-{n}", n + 1
        met.add(candidate.casefold())
        unique.append(candidate)
    return unique
