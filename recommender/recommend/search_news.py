"""What is new in the searches that a reader keeps, and by the authors that a reader follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from recommender.domain import Author, Paper
from recommender.features.authors import may_be_one
from recommender.store import Store
from recommender.store.saved_searches import SavedSearch

_MOST_HITS = 2_000
"""Matches of a search that are looked through, the newest."""


@dataclass(frozen=True, slots=True)
class SearchHits:
    """A search, and which of some papers it finds, newest first."""

    search: SavedSearch
    papers: tuple[Paper, ...]


def hits_of_searches(store: Store, reader_id: str, papers: Mapping[str, Paper]) -> list[SearchHits]:
    """Return what the reader's searches find among these papers; searches without any left out.

    A search finds a paper only if it has all its words. An author is found under a name that
    may be the same person's: initials stand for a given name.
    """
    if not papers:
        return []
    found = [SearchHits(x, _found(store, x, papers)) for x in store.saved_searches.list(reader_id)]
    return [x for x in found if x.papers]


def _found(store: Store, search: SavedSearch, papers: Mapping[str, Paper]) -> tuple[Paper, ...]:
    if search.author:
        author = Author(literal=search.name)
        return _newest(x for x in papers.values() if _is_by(x, author))
    result = store.catalogue.find(search.query, _MOST_HITS, newest=True)
    if result.loosened:
        return ()
    return _newest(papers[x] for x, _ in result.hits if x in papers)


def _is_by(paper: Paper, author: Author) -> bool:
    return any(may_be_one(x, author) for x in paper.authors)


def _newest(papers: Iterable[Paper]) -> tuple[Paper, ...]:
    def day(paper: Paper) -> tuple[float, str]:
        return (-(paper.newest_at.timestamp() if paper.newest_at else 0.0), paper.paper_id)

    return tuple(sorted(papers, key=day))
