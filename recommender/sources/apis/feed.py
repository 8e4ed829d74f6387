"""Any RSS or Atom feed: journals, blogs, laboratories.

feedparser reads them, broken ones too. What it is given is made harmless
first, since it falls back to a parser of its own that knows no limits: text is
decoded and cleaned as for `xml_stream`, documents with entities of their own
are refused, and so are sizes that no feed has.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from time import struct_time

import feedparser

from recommender.domain import Author, Listing
from recommender.errors import SourceError
from recommender.sources.apis.base import ApiSource
from recommender.sources.client import PoliteClient
from recommender.sources.file_format import Entry, Refusal
from recommender.sources.pagination import single_page
from recommender.sources.parsing.adapter import (
    MAX_LISTED,
    MetadataField,
    ParsedItem,
    as_mappings,
    as_text,
    collect_page,
    failure_items,
    nonempty_authors,
    parse_author,
    saved_answer,
)
from recommender.sources.parsing.author_names import plain_authors
from recommender.sources.parsing.clean_text import plain_text
from recommender.sources.parsing.dates import PartialDate
from recommender.sources.parsing.identifier_fields import (
    identifier_in_url,
    parse_identifier,
    scheme_identifier,
)
from recommender.sources.parsing.reference_record import Reference, clean_prose, reference_entry
from recommender.sources.parsing.xml_format import root_element
from recommender.sources.parsing.xml_stream import ParseFailure, decode_xml
from recommender.sources.protocol import Endpoint, FetchedPage, FetchState, SourceQuery
from recommender.sources.rate_limit import RateLimit, host_rate_limit

FEEDS = "feed"
"""Name of the source whose days stand in the listings made here."""

MAX_FEED = 4_000_000
"""Most characters of a feed."""

MAX_ENTRIES = 5_000
MAX_SIGNS = 300_000
"""Most tags and entities of a feed, which is what reading it takes time for."""

_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")
_ENTRY = re.compile(r"<(?:\w+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_DOI_IN_PATH = re.compile(r"/doi/(?:\w+/)?(10\.\d{4,9}/[^?#\s]+)")
_MAIL = re.compile(r"(?<!\S)[^\s@]++@\S++")
_TITLE_PREFIX = re.compile(r"^[^:]{1,200}, (?:Vol|Volume)\.? [^:]{1,60}: ")


def read_feed(pieces: Iterable[bytes]) -> Iterator[ParsedItem]:
    """Yield the entries of a feed, and the metadata title and note (what is not well-formed)."""
    content = _harmless(pieces)
    if isinstance(content, ParseFailure):
        yield from failure_items(content)
        return
    lines = _lines_of_entries(content)
    try:
        parsed = feedparser.parse(io.BytesIO(content.encode("utf-8", "replace")))
    except ValueError:  # the standard library splits names at any blank, also in a namespace
        yield from failure_items(ParseFailure(1, "a namespace in it is no web address"))
        return
    if not parsed.entries and not parsed.version:
        yield from failure_items(ParseFailure(1, "it is neither RSS nor Atom"))
        return
    title = plain_text(as_text(parsed.feed.get("title")))[:MAX_LISTED]
    yield MetadataField("title", title)
    if parsed.bozo:
        yield MetadataField(
            "note", f"The feed is not well-formed ({str(parsed.bozo_exception)[:150]})."
        )
    placed = lines if len(lines) == len(parsed.entries) else [0] * len(parsed.entries)
    for line, entry in zip(placed, parsed.entries, strict=True):
        yield _entry(line, entry, title)


def _harmless(pieces: Iterable[bytes]) -> str | ParseFailure:
    held, size = [], 0
    for piece in decode_xml(pieces):
        size += len(piece)
        if size > MAX_FEED:
            return ParseFailure(1, f"it has more than {MAX_FEED:,} characters; no feed is so long")
        held.append(piece)
    content = "".join(held).replace("\r\n", "\n").replace("\r", "\n")
    if not content.strip():
        return ParseFailure(1, "it is empty")
    if content.count("<") + content.count("&") > MAX_SIGNS:
        return ParseFailure(1, f"it has more than {MAX_SIGNS:,} tags; no feed is so long")
    start = re.search(r"<\w", content)
    if "<!ENTITY" in content[: start.start() if start else None].upper():
        return ParseFailure(1, "it declares entities of its own, which data never needs")
    return _DECLARATION.sub("", content)


def _lines_of_entries(content: str) -> list[int]:
    line, last, lines = 1, 0, []
    for number, match in enumerate(_ENTRY.finditer(content)):
        if number >= MAX_ENTRIES:
            break
        line += content.count("\n", last, match.start())
        last = match.start()
        lines.append(line)
    return lines


def _entry(line: int, entry: Mapping[str, object], feed: str) -> Entry | Refusal:
    link, name = as_text(entry.get("link")), as_text(entry.get("id"))
    title = clean_prose(as_text(entry.get("title")))
    abstract, listed_authors = _abstract(entry)
    identifiers = _identifiers(entry, link, name)
    day = _time(entry)
    reference = Reference(
        title=_TITLE_PREFIX.sub("", title) if entry.get("prism_volume") else title,
        abstract=abstract,
        authors=_authors(entry) or listed_authors,
        time=PartialDate(day.year, day) if day else PartialDate(),
        venue=as_text(entry.get("prism_publicationname")),
        url=link or (name if "://" in name else ""),
        kind=_kind(identifiers),
        identifiers=identifiers,
    )
    found = reference_entry(line, reference)
    if isinstance(found, Refusal):
        return found
    at = day and datetime(day.year, day.month, day.day, tzinfo=UTC)
    return Entry(line, replace(found.paper, listings=(Listing(FEEDS, at, origin=feed),)))


def _abstract(entry: Mapping[str, object]) -> tuple[str, tuple[Author, ...]]:
    """Return the longest of the texts, and the authors that some publishers put into it."""
    contents = [as_text(x.get("value")) for x in as_mappings(entry.get("content"))]
    found = max(
        (clean_prose(x) for x in [as_text(entry.get("summary")), *contents]), key=len, default=""
    )
    _, mark, listed = found.partition("Author(s):")
    if mark and found.startswith("Publication date:"):
        return "", plain_authors(listed.strip()[:2_000]) or ()
    return ("" if found.lower() == "abstract" else found), ()


def _authors(entry: Mapping[str, object]) -> tuple[Author, ...]:
    """Return the authors: one an element, or all of them in the text of one."""
    names = [
        _MAIL.sub("", as_text(x.get("name"))).strip(" ()")
        for x in as_mappings(entry.get("authors"))
    ]
    names = [x for x in names if x]
    if len(names) == 1 and re.search(r"[;,]|\band\b", names[0]):
        return nonempty_authors(plain_authors(names[0]) or ())
    return nonempty_authors(map(parse_author, names))


def _identifiers(entry: Mapping[str, object], link: str, name: str) -> tuple[str, ...]:
    doi = _DOI_IN_PATH.search(link)
    found = (
        scheme_identifier("doi", as_text(entry.get("prism_doi"))),
        parse_identifier(re.sub(r"^doi:\s*", "", as_text(entry.get("dc_identifier")))),
        scheme_identifier("doi", doi.group(1)) if doi else "",
        identifier_in_url(link),
        parse_identifier(re.sub(r"^oai:arXiv\.org:", "arXiv:", name)),
    )
    # One a scheme: an entry about a paper may name others further on.
    first: dict[str, str] = {}
    for one in found:
        first.setdefault(one.partition(":")[0], one)
    return tuple(first.values())


def _kind(identifiers: tuple[str, ...]) -> str:
    schemes = {x.partition(":")[0] for x in identifiers}
    return "article" if "arxiv" in schemes else "article-journal" if "doi" in schemes else ""


def _time(entry: Mapping[str, object]) -> datetime | None:
    for name in ("published_parsed", "updated_parsed"):
        # Asked for without need, feedparser answers with another date and a warning.
        if name in entry and isinstance(parsed := entry[name], struct_time):
            try:
                return datetime(*parsed[:6], tzinfo=UTC)
            except ValueError:
                continue
    return None


def _is_feed(head: str) -> bool:
    """Say whether the file's first element is that of a feed."""
    root, attributes = root_element(head)
    if root != "RDF":
        return root in ("rss", "feed")
    # Zotero's RDF names the namespace of RSS too, but holds no channel.
    return "purl.org/rss" in attributes and re.search(r"<(?:\w+:)?channel\b", head) is not None


SAVED_FEED = saved_answer("feed", _is_feed, read_feed, (".rss", ".atom"))
"""Reads a saved feed."""


class FeedSource(ApiSource):
    """Asks for a feed by its address, and only for what has changed since the last time."""

    name = "feed"
    accepts = frozenset({"url"})
    default = Endpoint("", RateLimit("", 2.0))

    def _fetch_pages(
        self, query: SourceQuery, client: PoliteClient, state: FetchState
    ) -> Iterator[FetchedPage]:
        if not query.url:
            raise SourceError("feed needs the address of a feed.")
        rate_limit = host_rate_limit(query.url, self.endpoint.rate_limit.seconds)
        answer = client.get(query.url, rate_limit, validators=state.validators_of(query.url))
        if answer.unchanged:
            yield FetchedPage((), (), state, 0, unchanged=True)
            return
        page = collect_page(read_feed([answer.content]))
        # Of a feed that is not well-formed the end may be missing: it is asked for again.
        whole = "note" not in page.metadata
        after = state.with_validators(query.url, answer.validators) if whole else state
        yield from single_page(page, state, after, query.limit, answer.url.partition("?")[0])
