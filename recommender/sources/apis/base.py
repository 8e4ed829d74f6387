"""What the network sources share: their constructor, their checks, and search or look-up by page.

A source is one class below `ApiSource`. One that searches and looks up identifiers fills in
`SearchApi`; one that gives a single document or its own kind of pages implements `_fetch_pages`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from typing import ClassVar

from recommender.errors import SourceError
from recommender.sources.client import PoliteClient
from recommender.sources.id_lookup import lookup_pages, requested_ids
from recommender.sources.pagination import CursorPage, fetch_pages
from recommender.sources.parsing.adapter import ParsedPage
from recommender.sources.protocol import (
    Endpoint,
    FetchedPage,
    FetchState,
    SourceQuery,
    check_query,
)

PAGE_SIZE = 100
"""Records per request of a search."""


class ApiSource(ABC):
    """A `NetworkSource`: subclasses give its three constants and yield its pages."""

    name: ClassVar[str]
    accepts: ClassVar[frozenset[str]]
    default: ClassVar[Endpoint]

    def __init__(self, endpoint: Endpoint | None = None) -> None:
        self.endpoint = endpoint or self.default

    def fetch(
        self, query: SourceQuery, client: PoliteClient, state: FetchState
    ) -> Iterator[FetchedPage]:
        """Yield the pages of a query; see `NetworkSource.fetch`."""
        check_query(query, self.accepts)
        yield from self._fetch_pages(query, client, state)

    @abstractmethod
    def _fetch_pages(
        self, query: SourceQuery, client: PoliteClient, state: FetchState
    ) -> Iterator[FetchedPage]:
        """Yield the pages of a query that the source accepts."""


class SearchApi(ApiSource):
    """A source with two kinds of requests: a search, page by page, and look-up of identifiers."""

    id_schemes: ClassVar[Collection[str]]
    """Schemes of the identifiers that can be looked up."""

    batch_size: ClassVar[int]
    """Identifiers per request."""

    requires: ClassVar[str]
    """What a query must name, for the message that nothing was asked."""

    def _fetch_pages(
        self, query: SourceQuery, client: PoliteClient, state: FetchState
    ) -> Iterator[FetchedPage]:
        ids = requested_ids(query, self.id_schemes)
        if not ids and not self._has_search(query):
            raise SourceError(f"{self.name} needs {self.requires} to search for.")

        def look_up(some: tuple[str, ...]) -> ParsedPage:
            return self._look_up(client, some)

        def search(cursor: str, left: int | None) -> CursorPage:
            return self._search(client, query, cursor, min(left or PAGE_SIZE, PAGE_SIZE))

        next_page = lookup_pages(look_up, ids, self.batch_size, self.name) if ids else search
        yield from fetch_pages(next_page, state, None if ids else query.limit, self.name)

    def _has_search(self, query: SourceQuery) -> bool:
        """Say whether the query names anything to search for."""
        return bool(query.text.strip() or query.authors or query.since or query.until)

    @abstractmethod
    def _look_up(self, client: PoliteClient, ids: tuple[str, ...]) -> ParsedPage:
        """Return the records of at most `batch_size` canonical identifiers."""

    @abstractmethod
    def _search(
        self, client: PoliteClient, query: SourceQuery, cursor: str, size: int
    ) -> CursorPage:
        """Return at most `size` records from a cursor on; ``""`` is the first page."""
