"""Records asked for by identifier, some at a time, and what a source did not know. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from recommender.errors import SourceError
from recommender.sources.file_format import Refusal
from recommender.sources.pagination import CursorPage
from recommender.sources.parsing.adapter import PARSE_FAILURE, ParsedPage
from recommender.sources.parsing.identifier_fields import parse_identifier
from recommender.sources.protocol import SourceQuery


def requested_ids(query: SourceQuery, schemes: Collection[str]) -> tuple[str, ...]:
    """Return the identifiers of a query in canonical form, once each, in their order.

    Raises
    ------
    SourceError
        One is no identifier, or of a scheme the source cannot be asked by.
    """
    found = []
    for given in query.ids:
        canonical = parse_identifier(given)
        if not canonical:
            raise SourceError(
                f"{given!r} is no identifier; write doi:10.1000/1 or arxiv:2401.01234."
            )
        if canonical.partition(":")[0] not in schemes:
            raise SourceError(f"{query.source} cannot be asked for {canonical}.")
        found.append(canonical)
    return tuple(dict.fromkeys(found))


def lookup_pages(
    ask: Callable[[tuple[str, ...]], ParsedPage], ids: tuple[str, ...], size: int, name: str
) -> Callable[[str, int | None], CursorPage]:
    """Return the step that asks for `size` identifiers at once; see `pagination`.

    What was asked for and did not come is refused by name, unless the answer
    itself says what was wrong.
    """

    def step(cursor: str, left: int | None) -> CursorPage:
        start = int(cursor) if cursor.isdigit() else 0
        some = ids[start : start + size]
        page = ask(some)
        if not page.refusals and PARSE_FAILURE not in page.metadata:
            came = {x for paper in page.papers for x in paper.identifiers}
            missing = tuple(Refusal(0, f"{name} knows no {x}") for x in some if x not in came)
            page = replace(page, refusals=missing)
        after = start + size
        return CursorPage(page, str(after) if after < len(ids) else "", len(ids))

    return step
