"""arXiv's daily announcements of a category, as RSS 2.0 and, before 2024, RSS 1.0.

Format: info.arxiv.org/help/rss_specifications.html. By hand although feedparser
reads RSS: it cuts the authors' one line differently from release to release and
cleans formulas away as if they were markup (``$a<b$``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from xml.etree.ElementTree import Element

from recommender.domain import Author, Listing
from recommender.domain.identifiers import normalise_arxiv
from recommender.errors import SourceError
from recommender.sources.apis.arxiv import check_category, id_year, paper_url, version_in
from recommender.sources.apis.base import ApiSource
from recommender.sources.client import PoliteClient
from recommender.sources.file_format import Entry, Refusal
from recommender.sources.pagination import single_page
from recommender.sources.parsing.adapter import (
    MAX_LISTED,
    ParsedItem,
    collect_page,
    failure_items,
    nonempty_authors,
    parse_author,
    parse_listing_day,
    saved_answer,
)
from recommender.sources.parsing.dates import PartialDate
from recommender.sources.parsing.reference_record import Reference, clean_prose, reference_entry
from recommender.sources.parsing.xml_format import root_element
from recommender.sources.parsing.xml_stream import ParseFailure, inner_text, xml_records
from recommender.sources.protocol import Endpoint, FetchedPage, FetchState, SourceQuery
from recommender.sources.rate_limit import ARXIV_RATE

ARXIV_ANNOUNCEMENTS = "arxiv"
"""Name of the source whose days stand in the listings made here."""

_PREAMBLE = re.compile(r"\s*arXiv:\S+\s+Announce Type:\s*(\S+)\s+(?:Abstract:\s*)?", re.IGNORECASE)
_OLD_TITLE = re.compile(r"(?<!\s)\s*+\(arXiv:[^()]{1,80}\)\s*+$")
_AFFILIATION = re.compile(r"(?<!\s)\s*+\([^()]*+\)")
_NEW = ("new", "cross")


def read_rss(pieces: Iterable[bytes]) -> Iterator[ParsedItem]:
    """Yield the papers of one announcement; a replaced version is no listing of its day."""
    for one in xml_records(pieces, ("item",), ("rss", "RDF")):
        if isinstance(one, ParseFailure):
            yield from failure_items(one)
        else:
            yield _entry(one.line, one.element)


def _entry(line: int, item: Element) -> Entry | Refusal:
    fields = {x.tag: inner_text(x) for x in reversed(item)}
    arxiv_id = normalise_arxiv(fields.get("link", "")) or _in_guid(fields.get("guid", ""))
    if not arxiv_id:
        return Refusal(line, "it has no arXiv id")
    preamble = _PREAMBLE.match(fields.get("description", ""))
    kind = (fields.get("announce_type") or (preamble.group(1) if preamble else "new")).strip()
    day = parse_listing_day(fields.get("pubDate") or fields.get("date", ""))
    reference = Reference(
        title=_OLD_TITLE.sub("", fields.get("title", "")),
        abstract=fields.get("description", "")[preamble.end() if preamble else 0 :],
        authors=_authors(fields.get("creator") or fields.get("author", "")),
        time=PartialDate(id_year(arxiv_id), day.at if kind == "new" else None),
        venue=fields.get("journal_reference", ""),
        url=paper_url(arxiv_id),
        kind="article",
        doi=fields.get("DOI", ""),
        version=version_in(fields.get("guid", "")),
    )
    found = reference_entry(line, reference)
    if isinstance(found, Refusal) or day.at is None or kind not in _NEW:
        return found
    listing = Listing(
        ARXIV_ANNOUNCEMENTS, day.at, origin=clean_prose(fields.get("category", ""))[:MAX_LISTED]
    )
    return Entry(line, replace(found.paper, listings=(listing,)))


def _in_guid(guid: str) -> str:
    return normalise_arxiv(re.sub(r"^oai:arXiv\.org:", "", guid.strip(), flags=re.IGNORECASE))


def _authors(line: str) -> tuple[Author, ...]:
    """Return the names of one line; commas are between them and never inside."""
    plain = _AFFILIATION.sub("", clean_prose(line))
    return nonempty_authors(parse_author(x) for x in plain.split(",") if x.strip())


def _is_arxiv_rss(head: str) -> bool:
    """Say whether it is an RSS feed of arXiv's own."""
    ours = re.search(r"<link>\s*https?://(?:(?:www|rss|export)\.)?arxiv\.org/", head)
    return root_element(head)[0] in ("rss", "RDF") and ours is not None


SAVED_RSS = saved_answer("arxiv-rss", _is_arxiv_rss, read_rss)
"""Reads a saved announcement of arXiv."""


class ArxivRss(ApiSource):
    """Asks for the newest announcement of one or more categories, one page of up to 2,000."""

    name = "arxiv-rss"
    accepts = frozenset({"categories"})
    default = Endpoint("https://rss.arxiv.org", ARXIV_RATE)

    def _fetch_pages(
        self, query: SourceQuery, client: PoliteClient, state: FetchState
    ) -> Iterator[FetchedPage]:
        if not query.categories:
            raise SourceError("arxiv-rss needs a category, such as cs.IR.")
        url = f"{self.endpoint.url}/rss/{'+'.join(check_category(x) for x in query.categories)}"
        answer = client.get(url, self.endpoint.rate_limit, validators=state.validators_of(url))
        if answer.unchanged:
            yield FetchedPage((), (), state, 0, unchanged=True)
            return
        page = collect_page(read_rss([answer.content]))
        after = state.with_validators(url, answer.validators)
        yield from single_page(page, state, after, query.limit, self.name)
