"""OPML: a list of feeds, as feed readers give out and take in.

Format: opml.org/spec2.opml, and the habits of readers (``url`` for ``xmlUrl``,
its capitals, ``type="pie"``). listparser reads it as well, but takes no bytes
that it has not decoded itself and has no limits. A list holds feeds and not
papers: an import of one reports how many feeds it names, a fetch follows them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname
from xml.etree.ElementTree import Element

from recommender.errors import FetchError, SourceError
from recommender.sources.apis.base import ApiSource
from recommender.sources.apis.feed import FeedSource
from recommender.sources.client import PoliteClient
from recommender.sources.error_pages import is_web_address
from recommender.sources.file_format import Refusal
from recommender.sources.parsing.adapter import MetadataField, ParsedItem, saved_answer
from recommender.sources.parsing.clean_text import plain_text
from recommender.sources.parsing.xml_format import root_element
from recommender.sources.parsing.xml_stream import ParseFailure, xml_records
from recommender.sources.protocol import Endpoint, FetchedPage, FetchState, SourceQuery
from recommender.sources.rate_limit import RateLimit, host_rate_limit
from recommender.sources.text_file import Document

MAX_FEEDS = 2_000
"""Most feeds of a list."""

MAX_OUTLINES = 50_000
"""Most outlines of a list that are looked at."""

_LISTS = ("include", "source")
_FEEDS = ("rss", "atom", "pie", "feed")


@dataclass(frozen=True, slots=True)
class FeedLink:
    """One feed of a list: its address, what the list calls it, and the folders it lies in."""

    url: str
    title: str = ""
    folders: tuple[str, ...] = ()


def read_opml(pieces: Iterable[bytes]) -> Iterator[FeedLink | Refusal]:
    """Yield each feed once, in the order of the list; lists inside it are refused by name."""
    seen: set[str] = set()
    outlines = 0
    for one in xml_records(pieces, ("outline",), ("opml",)):
        if isinstance(one, ParseFailure):
            yield Refusal(one.line, one.why)
            return
        outlines += 1
        if len(seen) >= MAX_FEEDS or outlines > MAX_OUTLINES:
            yield Refusal(one.line, f"more than {MAX_FEEDS:,} feeds are not followed")
            return
        for link in _links(one.line, one.element, ()):
            if isinstance(link, FeedLink) and (link.url in seen or len(seen) >= MAX_FEEDS):
                continue
            if isinstance(link, FeedLink):
                seen.add(link.url)
            yield link


def _links(line: int, outline: Element, folders: tuple[str, ...]) -> Iterator[FeedLink | Refusal]:
    attributes = {name.lower(): value.strip() for name, value in outline.attrib.items()}
    kind, url = attributes.get("type", "").lower(), attributes.get("xmlurl", "")
    title = plain_text(attributes.get("text") or attributes.get("title") or "")[:500]
    other = attributes.get("url", "")
    is_list = kind in _LISTS or (kind == "link" and not url and other.lower().endswith(".opml"))
    url = url or (other if is_list or kind in _FEEDS else "")
    if url and is_list:
        yield Refusal(line, f"{title or url} is another list ({url[:300]}); fetch it by itself")
    elif url and not is_web_address(url):
        yield Refusal(line, f"{url[:300]!r} is no web address")
    elif url:
        yield FeedLink(url, title, folders)
    for inner in outline:
        yield from _links(line, inner, (*folders, title) if title and not url else folders)


def _is_opml(head: str) -> bool:
    """Say whether the file's first element is that of a list."""
    return root_element(head)[0].lower() == "opml"


def _read_saved_list(pieces: Iterable[bytes]) -> Iterator[ParsedItem]:
    """Yield the refusals of a saved list, and a note with the number of its feeds."""
    n_feeds = 0
    for item in read_opml(pieces):
        if isinstance(item, Refusal):
            yield item
        else:
            n_feeds += 1
    yield MetadataField(
        "note", f"It is a list of {n_feeds} feeds; `paperloop fetch opml` reads them."
    )


SAVED_OPML = saved_answer("opml", _is_opml, _read_saved_list, (".opml",))
"""Says how many feeds a saved list names; papers it has none."""


class OpmlSource(ApiSource):
    """Follows a list of feeds, by address or on this disk; if one fails, the others go on."""

    name = "opml"
    accepts = frozenset({"url"})
    default = Endpoint("", RateLimit("", 2.0))

    def _fetch_pages(
        self, query: SourceQuery, client: PoliteClient, state: FetchState
    ) -> Iterator[FetchedPage]:
        if not query.url:
            raise SourceError("opml needs the address of a list of feeds.")
        found = list(read_opml(self._list(query.url, client)))
        refusals = tuple(x for x in found if isinstance(x, Refusal))
        links = [x for x in found if isinstance(x, FeedLink)]
        yield from self.follow(links, query, client, state, refusals)

    def _list(self, url: str, client: PoliteClient) -> Iterable[bytes]:
        """Return the list's bytes, from its host or from a file on this disk."""
        if url.startswith("file:"):
            return Document(Path(url2pathname(urlsplit(url).path))).pieces()
        return [client.get(url, host_rate_limit(url, self.endpoint.rate_limit.seconds)).content]

    def follow(
        self,
        links: list[FeedLink],
        query: SourceQuery,
        client: PoliteClient,
        state: FetchState,
        refusals: tuple[Refusal, ...] = (),
    ) -> Iterator[FetchedPage]:
        """Yield a page a feed, for a list that is already here; `refusals` go with the first."""
        start = int(state.cursor) if state.cursor.isdigit() else 0
        if refusals and not start:
            yield FetchedPage((), refusals, state, len(links))
        for number in range(start, len(links)):
            asked = replace(query, source=FeedSource.name, url=links[number].url)
            for page in self._one(asked, client, state):
                following = str(number + 1) if number + 1 < len(links) else ""
                state = replace(page.next_state, cursor=following)
                yield replace(page, next_state=state, total=len(links))

    def _one(
        self, asked: SourceQuery, client: PoliteClient, state: FetchState
    ) -> Iterator[FetchedPage]:
        try:
            yield from FeedSource(self.endpoint).fetch(asked, client, state)
        except FetchError as error:
            yield FetchedPage((), (Refusal(0, str(error).rstrip(".")),), state)
