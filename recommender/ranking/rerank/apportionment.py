"""One line out of those of several interests, each in its share. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from recommender.domain import Candidate
from recommender.ranking.rerank.diversity import NearDuplicateFilter


def apportion(
    lines: Mapping[str, Sequence[Candidate]],
    shares: Mapping[str, float],
    near_duplicates: NearDuplicateFilter,
    n: int,
) -> list[Candidate]:
    """Return one line of up to `n`, by Sainte-Laguë's rule, near-duplicates kept apart.

    Parameters
    ----------
    lines
        Candidates of each interest, best first.
    shares
        What each interest may have relative to the others, above 0.
    """
    waiting = {interest: _apart(line, near_duplicates) for interest, line in lines.items()}
    n_kept = dict.fromkeys(lines, 0)
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


def _apart(line: Sequence[Candidate], near_duplicates: NearDuplicateFilter) -> Iterator[Candidate]:
    """Yield candidates in order; near-duplicates wait until they no longer matter."""
    refused: list[Candidate] = []
    for candidate in line:
        if near_duplicates.full:
            yield from (x for x in refused if near_duplicates.take(x.paper_index))
            refused.clear()
        if near_duplicates.take(candidate.paper_index):
            yield candidate
        else:
            refused.append(candidate)
