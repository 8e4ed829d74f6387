"""Page after page, from where the last run stopped. Runs on fetch.

A source says how one page is requested; limits, resuming, damaged pages and hosts that
repeat a page are handled here, the same for all sources.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from recommender.errors import FetchError
from recommender.sources.parsing.adapter import PARSE_FAILURE, ParsedPage
from recommender.sources.protocol import FetchedPage, FetchState


@dataclass(frozen=True, slots=True)
class CursorPage:
    """One page and the cursor of the next, ``""`` after the last.

    `started` is the source's own time at the first page of a harvest, kept
    until the harvest is whole.
    """

    page: ParsedPage
    cursor: str = ""
    total: int | None = None
    started: str = ""


def fetch_pages(
    step: Callable[[str, int | None], CursorPage],
    state: FetchState,
    limit: int | None,
    name: str,
    *,
    resumes: bool = False,
) -> Iterator[FetchedPage]:
    """Yield pages until the last, or until `limit` records of this run were read.

    `step` is given the cursor (``""`` for the first page) and how many records
    are still wanted (None: all). A harvest that `resumes` stops at the end of
    the page that reached the limit, and the next run goes on there; a search is
    cut at the limit and starts again from the first page.

    Raises
    ------
    FetchError
        A page was cut off or came a second time; what was whole was yielded
        before, with the state from which to go on.
    """
    seen: set[tuple[object, ...]] = set()
    while True:
        left = None if limit is None else max(limit - state.read, 1)
        done = step(state.cursor, left)
        fault = done.page.metadata.get(PARSE_FAILURE)
        if fault is not None:
            yield _fetched(done, state)
            raise FetchError(f"{name} sent a damaged page: {fault}.")
        state, more = _after(state, done, limit, resumes)
        yield _fetched(done, state, None if resumes else left)
        if not more:
            return
        # Crossref gives one cursor for all pages, so the cursor alone is no sign of a circle.
        sign = (state.cursor, *(paper.title for paper in done.page.papers))
        if sign in seen:
            raise FetchError(f"{name} sends the same page again and again; it was asked no more.")
        seen.add(sign)


def _fetched(done: CursorPage, state: FetchState, left: int | None = None) -> FetchedPage:
    page = done.page
    return FetchedPage(page.papers[:left], page.refusals, state, done.total, page.withdrawn)


def _after(
    state: FetchState, done: CursorPage, limit: int | None, resumes: bool
) -> tuple[FetchState, bool]:
    """Return the state after a page, and whether this run goes on."""
    page = done.page
    started = state.started or done.started
    read = state.read + len(page.papers) + len(page.refusals) + len(page.withdrawn)
    if not done.cursor:
        return FetchState(since=started or state.since, validators=state.validators), False
    if limit is None or read < limit:
        return replace(state, cursor=done.cursor, read=read, started=started), True
    if resumes:
        return replace(state, cursor=done.cursor, read=0, started=started), False
    return FetchState(since=state.since, validators=state.validators), False


def single_page(
    page: ParsedPage, before: FetchState, after: FetchState, limit: int | None, name: str
) -> Iterator[FetchedPage]:
    """Yield the one page of a source that has no others; `after` holds its new validators.

    They are kept only if the page was whole and all of it was taken, since a
    host that is shown them will not send the rest.

    Raises
    ------
    FetchError
        The page was cut off; what was whole was yielded before.
    """
    fault = page.metadata.get(PARSE_FAILURE)
    papers = page.papers[:limit]
    taken = fault is None and len(papers) == len(page.papers)
    yield FetchedPage(papers, page.refusals, after if taken else before, len(page.papers))
    if fault is not None:
        raise FetchError(f"{name} sent a damaged page: {fault}.")
