"""One ranking out of those of several interests, each in its share. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from recommender.domain import Candidate
from recommender.ranking.rerank.diversity import NearDuplicateFilter


def apportion(
    rankings: Mapping[str, Iterable[Candidate]],
    shares: Mapping[str, float],
    near_duplicates: NearDuplicateFilter,
    n: int,
) -> list[Candidate]:
    """Return one ranking of up to `n`, by Sainte-Laguë's rule, near-duplicates kept apart.

    Parameters
    ----------
    rankings
        Candidates of each interest, best first.
    shares
        What each interest may have relative to the others, above 0.
    """
    waiting = {interest: _apart(ranking, near_duplicates) for interest, ranking in rankings.items()}
    n_kept = dict.fromkeys(rankings, 0)
    merged: list[Candidate] = []
    while len(merged) < n and waiting:
        turn = max(waiting, key=lambda i: shares[i] / (2 * n_kept[i] + 1))
        chosen = next(waiting[turn], None)
        if chosen is None:
            del waiting[turn]
            continue
        n_kept[turn] += 1
        merged.append(chosen)
    return merged


def _apart(
    ranking: Iterable[Candidate], near_duplicates: NearDuplicateFilter
) -> Iterator[Candidate]:
    """Yield candidates in order; near-duplicates wait until they no longer matter."""
    refused: list[Candidate] = []
    for candidate in ranking:
        if near_duplicates.full:
            yield from (x for x in refused if near_duplicates.take(x.paper_index))
            refused.clear()
        if near_duplicates.take(candidate.paper_index):
            yield candidate
        else:
            refused.append(candidate)
