"""arXiv's daily announcements of a category, as RSS 2.0 and, before 2024, RSS 1.0.

Format: info.arxiv.org/help/rss_specifications.html. By hand although feedparser
reads RSS: it cuts the authors' one line differently from release to release and
cleans formulas away as if they were markup (``$a<b$``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from xml.etree.ElementTree import Element

from recommender.domain import Author, Listing
from recommender.domain.identifiers import normalise_arxiv
from recommender.errors import SourceError
from recommender.sources.apis.arxiv import address_of, category, year_of
from recommender.sources.client import PoliteClient
from recommender.sources.file_format import Entry, Refusal
from recommender.sources.pagination import single
from recommender.sources.parsing.adapter import (
    MAX_LISTED,
    Found,
    author,
    broken,
    day_of,
    entries_of,
    named,
    page_of,
)
from recommender.sources.parsing.dates import When
from recommender.sources.parsing.reference_record import Reference, entry_of, prose
from recommender.sources.parsing.xml_format import root_of
from recommender.sources.parsing.xml_stream import Broken, text_of, xml_records
from recommender.sources.protocol import Fetched, FetchState, Place, SourceQuery, must_suit
from recommender.sources.rate_limit import ARXIV
from recommender.sources.text_file import Document

ARXIV_ANNOUNCEMENTS = "arxiv"
"""Name of the source whose days stand in the listings made here."""

_PREAMBLE = re.compile(r"\s*arXiv:\S+\s+Announce Type:\s*(\S+)\s+(?:Abstract:\s*)?", re.IGNORECASE)
_OLD_TITLE = re.compile(r"\s*\(arXiv:[^()]{1,80}\)\s*$")
_AFFILIATION = re.compile(r"\s*\([^()]*\)")
_NEW = ("new", "cross")


def read_rss(pieces: Iterable[bytes]) -> Iterator[Found]:
    """Yield the papers of one announcement; a replaced version is no listing of its day."""
    for one in xml_records(pieces, ("item",), ("rss", "RDF")):
        if isinstance(one, Broken):
            yield from broken(one)
        else:
            yield _entry(one.line, one.element)


def _entry(line: int, item: Element) -> Entry | Refusal:
    said = {x.tag: text_of(x) for x in reversed(item)}
    arxiv_id = normalise_arxiv(said.get("link", "")) or _in_guid(said.get("guid", ""))
    if not arxiv_id:
        return Refusal(line, "it has no arXiv id")
    preamble = _PREAMBLE.match(said.get("description", ""))
    kind = (said.get("announce_type") or (preamble.group(1) if preamble else "new")).strip()
    day = day_of(said.get("pubDate") or said.get("date", ""))
    reference = Reference(
        title=_OLD_TITLE.sub("", said.get("title", "")),
        abstract=said.get("description", "")[preamble.end() if preamble else 0 :],
        authors=_authors(said.get("creator") or said.get("author", "")),
        time=When(year_of(arxiv_id), day.at if kind == "new" else None),
        venue=said.get("journal_reference", ""),
        url=address_of(arxiv_id),
        kind="article",
        doi=said.get("DOI", ""),
    )
    found = entry_of(line, reference)
    if isinstance(found, Refusal) or day.at is None or kind not in _NEW:
        return found
    listing = Listing(
        ARXIV_ANNOUNCEMENTS, day.at, origin=prose(said.get("category", ""))[:MAX_LISTED]
    )
    return Entry(line, replace(found.paper, listings=(listing,)))


def _in_guid(guid: str) -> str:
    return normalise_arxiv(re.sub(r"^oai:arXiv\.org:", "", guid.strip(), flags=re.IGNORECASE))


def _authors(line: str) -> tuple[Author, ...]:
    """Return the names of one line; commas are between them and never inside."""
    plain = _AFFILIATION.sub("", prose(line))
    return named(author(x) for x in plain.split(",") if x.strip())


class ArxivRssFile:
    """Reads a saved announcement of arXiv."""

    name = "arxiv-rss"
    suffixes: tuple[str, ...] = ()

    def matches(self, head: str) -> bool:
        """Say whether it is an RSS feed of arXiv's own."""
        ours = re.search(r"<link>\s*https?://(?:(?:www|rss|export)\.)?arxiv\.org/", head)
        return root_of(head)[0] in ("rss", "RDF") and ours is not None

    def read(self, document: Document, now: datetime) -> Iterator[Entry | Refusal]:
        """Yield an entry a paper; see `FileFormat.read`."""
        yield from entries_of(read_rss(document.pieces()))


class ArxivRss:
    """Asks for the newest announcement of one or more categories, one page of up to 2,000."""

    name = "arxiv-rss"
    accepts = frozenset({"categories"})
    default = Place("https://rss.arxiv.org", ARXIV)

    def __init__(self, place: Place = default) -> None:
        self.place = place

    def fetch(
        self, query: SourceQuery, client: PoliteClient, state: FetchState
    ) -> Iterator[Fetched]:
        """Yield the announcement, or that it is unchanged; see `NetworkSource.fetch`."""
        must_suit(query, self.accepts)
        if not query.categories:
            raise SourceError("arxiv-rss needs a category, such as cs.IR.")
        url = f"{self.place.url}/rss/{'+'.join(category(x) for x in query.categories)}"
        answer = client.get(url, self.place.pace, validators=state.of(url))
        if answer.unchanged:
            yield Fetched((), (), state, 0, unchanged=True)
            return
        page = page_of(read_rss([answer.content]))
        after = state.with_validators(url, answer.validators)
        yield from single(page, state, after, query.limit, self.name)
