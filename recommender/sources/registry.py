"""The network sources by name, and the interface each of them has.

To add one: a module with a class like those of `NetworkSource`, a line in
`SOURCES`, and recorded answers for its tests. Its adapter turns bytes into
entries and is pure; its fetcher asks through the polite client and yields page
after page, each with the state from which a later run goes on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Protocol, runtime_checkable

from recommender.errors import SourceError
from recommender.sources.client import PoliteClient
from recommender.sources.protocol import Endpoint, FetchedPage, FetchState, SourceQuery
from recommender.sources.rate_limit import RateLimit

__all__ = [
    "SOURCES",
    "FetchState",
    "FetchedPage",
    "NetworkSource",
    "SourceQuery",
    "SourceSettings",
    "open_source",
]

SOURCES = {
    "arxiv": "recommender.sources.apis.arxiv:ArxivSearch",
    "arxiv-rss": "recommender.sources.apis.arxiv_rss:ArxivRss",
    "oai": "recommender.sources.apis.oai_pmh:OaiPmh",
    "hf-daily": "recommender.sources.apis.hf_daily:HfDaily",
    "openalex": "recommender.sources.apis.openalex:OpenAlex",
    "semantic-scholar": "recommender.sources.apis.semantic_scholar:SemanticScholar",
    "crossref": "recommender.sources.apis.crossref:Crossref",
    "datacite": "recommender.sources.apis.datacite:DataCite",
    "feed": "recommender.sources.apis.feed:FeedSource",
    "opml": "recommender.sources.apis.opml:OpmlSource",
}
"""Name after ``paperloop fetch`` to ``module:Class``."""


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """What the settings say of sources; keys never show in a repr.

    `base_urls` and `pauses` (seconds between requests) are by source name, for
    mirrors; a pause shorter than the source's own counts on a mirror only.
    """

    contact: str = ""
    base_urls: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    pauses: Mapping[str, float] = field(default_factory=dict)


@runtime_checkable
class NetworkSource(Protocol):
    """A source on the network: one file in this package and one line in `SOURCES`."""

    name: str
    """The name in `SOURCES`."""

    accepts: frozenset[str]
    """The fields of `SourceQuery` it accepts, besides `limit`."""

    default: Endpoint
    """The real host and what it asks of those who ask it."""

    def __init__(self, endpoint: Endpoint) -> None: ...

    def fetch(
        self, query: SourceQuery, client: PoliteClient, state: FetchState
    ) -> Iterator[FetchedPage]:
        """Yield page after page from where the state stands.

        Raises
        ------
        SourceError
            The query makes no sense to this source.
        FetchError
            The host does not answer as agreed; the pages before it are good,
            and a later run with the last state goes on from there.
        """
        ...


def open_source(name: str, settings: SourceSettings) -> NetworkSource:
    """Return a source as the settings want it.

    Raises
    ------
    SourceError
        No source has this name; the message lists those that are there.
    """
    if name not in SOURCES:
        raise SourceError(f"There is no source {name!r}; there are {', '.join(sorted(SOURCES))}.")
    module, _, attribute = SOURCES[name].partition(":")
    kind: type[NetworkSource] = getattr(import_module(module), attribute)
    return kind(_endpoint(name, kind.default, settings))


def _endpoint(name: str, default: Endpoint, settings: SourceSettings) -> Endpoint:
    url = settings.base_urls.get(name, default.url).rstrip("/")
    seconds = settings.pauses.get(name, default.rate_limit.seconds)
    if url == default.url:
        seconds = max(seconds, default.rate_limit.seconds)
    return Endpoint(url, RateLimit(default.rate_limit.name, seconds), settings.keys.get(name, ""))
