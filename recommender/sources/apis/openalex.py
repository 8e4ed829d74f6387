"""OpenAlex: works by words, names, days or identifiers, the abstract as an inverted index.

Format: developers.openalex.org. A key is optional (from the settings, sent as
a header); without one the host gives a small daily allowance. By hand and not
through pyalex 0.21: it keeps its settings in one global, opens its own
sessions, has no time-out, retries on https only and so not on a local server;
what is left of it is the three lines that turn the index round.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from recommender.domain import Author, StatusStatement
from recommender.domain.identifiers import normalise_doi
from recommender.domain.status import NOTICES, PARATEXT, RETRACTED
from recommender.sources.apis.base import PAGE_SIZE, SearchApi
from recommender.sources.client import PoliteClient
from recommender.sources.file_format import Entry, Refusal
from recommender.sources.pagination import CursorPage
from recommender.sources.parsing.adapter import (
    MetadataField,
    ParsedItem,
    ParsedPage,
    as_count,
    as_mapping,
    as_mappings,
    as_text,
    collect_page,
    failure_items,
    merge_pages,
    nonempty_authors,
    parse_author,
    saved_answer,
)
from recommender.sources.parsing.dates import PartialDate, parse_date
from recommender.sources.parsing.identifier_fields import identifier_in_url
from recommender.sources.parsing.json_stream import JsonItem, JsonStream, begins_json
from recommender.sources.parsing.reference_record import Reference, reference_entry
from recommender.sources.parsing.status_fields import type_statements
from recommender.sources.parsing.version_relations import MAX_RELATED
from recommender.sources.protocol import Endpoint, SourceQuery
from recommender.sources.rate_limit import RateLimit

MAX_WORDS = 30_000
"""Most words of an abstract."""

FIELDS = (
    "id,doi,ids,title,display_name,publication_year,publication_date,type,authorships,"
    "primary_location,locations,abstract_inverted_index,is_retracted,is_paratext,cited_by_count"
)
"""The fields asked for; the whole work is ten times as large."""

_KINDS = {
    "article": "article-journal",
    "review": "article-journal",
    "letter": "article-journal",
    "editorial": "article-journal",
    "preprint": "article",
    "book": "book",
    "book-chapter": "chapter",
    "dissertation": "thesis",
    "report": "report",
    "dataset": "dataset",
    "standard": "standard",
    "peer-review": "review",
    "reference-entry": "entry-encyclopedia",
    "proceedings-article": "paper-conference",
}
_KINDS_OF_PLACES = {"conference": "paper-conference", "repository": "article"}
_FILTERS = {"doi": "doi", "arxiv": "doi", "openalex": "openalex", "pmid": "pmid"}
_HEADING = re.compile(r"abstract\s*[:.]\s+|ABSTRACT\s+", re.IGNORECASE)


def read_works(content: bytes | Iterable[bytes]) -> Iterator[ParsedItem]:
    """Yield the works of an answer, and the metadata total and cursor."""
    answer = JsonStream(content, ("results",))
    for one in answer:
        if isinstance(one, JsonItem):
            yield _entry(one.line, as_mapping(one.value))
        else:
            yield from failure_items(one)
    meta = as_mapping(answer.meta.get("meta"))
    yield MetadataField("total", as_text(meta.get("count")))
    yield MetadataField("cursor", as_text(meta.get("next_cursor")))


def _entry(line: int, work: Mapping[str, object]) -> Entry | Refusal:
    if "error" in work and "id" not in work:
        message = as_text(work.get("message")) or as_text(work.get("error"))
        return Refusal(line, f"OpenAlex says: {message[:200]}")
    ids, place = as_mapping(work.get("ids")), as_mapping(work.get("primary_location"))
    venue = as_mapping(place.get("source"))
    time = parse_date(as_text(work.get("publication_date")))
    title = as_text(work.get("title")) or as_text(work.get("display_name"))
    reference = Reference(
        title=title,
        abstract=_HEADING.sub("", abstract_of(work.get("abstract_inverted_index")), count=1),
        authors=nonempty_authors(map(_author, as_mappings(work.get("authorships")))),
        time=PartialDate(
            parse_date(as_text(work.get("publication_year"))).year or time.year, time.at
        ),
        venue="" if venue.get("type") == "repository" else as_text(venue.get("display_name")),
        url=as_text(place.get("landing_page_url"))
        or as_text(work.get("doi"))
        or as_text(work.get("id")),
        kind=_kind(as_text(work.get("type")), as_text(venue.get("type"))),
        doi=as_text(work.get("doi")) or as_text(ids.get("doi")),
        pmid=as_text(ids.get("pmid")).rpartition("/")[2],
        arxiv=_arxiv(work),
        identifiers=(identifier_in_url(as_text(work.get("id")) or as_text(ids.get("openalex"))),),
        statements=tuple(_statements(work)),
        related=tuple(_other_versions(work)),
        citations=as_count(work.get("cited_by_count")),
    )
    return reference_entry(line, reference)


def _statements(work: Mapping[str, object]) -> Iterator[StatusStatement]:
    """Yield what OpenAlex says; a notice of retraction that it calls retracted is a notice."""
    kinds = [as_text(work.get("type")), as_text(work.get("type_crossref"))]
    if work.get("is_paratext") is True:
        kinds.append(PARATEXT)
    of_type = tuple(type_statements(kinds, "openalex"))
    yield from of_type
    if work.get("is_retracted") is True and not any(x.says in NOTICES for x in of_type):
        yield StatusStatement(RETRACTED, "openalex")


def abstract_of(index: object) -> str:
    """Return an abstract from its words and their places; places that are none are left out."""
    placed = [
        (place, word)
        for word, places in as_mapping(index).items()
        for place in (places if isinstance(places, list) else [])
        if isinstance(place, int) and place >= 0
    ]
    return " ".join(word for _, word in sorted(placed)[:MAX_WORDS])


def _author(authorship: Mapping[str, object]) -> Author:
    return parse_author(
        as_text(as_mapping(authorship.get("author")).get("display_name"))
        or as_text(authorship.get("raw_author_name"))
    )


def _kind(kind: str, place: str) -> str:
    found = _KINDS.get(kind, "")
    return _KINDS_OF_PLACES.get(place, found) if found == "article-journal" else found


def _arxiv(work: Mapping[str, object]) -> str:
    """Return the arXiv id of the places where the work lies, or ``""``."""
    places = [as_mapping(work.get("primary_location")), *as_mappings(work.get("locations"))]
    addresses = (as_text(x.get("landing_page_url")) for x in places)
    found = (identifier_in_url(x) for x in addresses if "arxiv" in x.lower())
    return next((x for x in found if x.startswith("arxiv:")), "")


def _other_versions(work: Mapping[str, object]) -> Iterator[str]:
    """Yield the DOIs under which the work lies at other places."""
    places = as_mappings(work.get("locations"))[:MAX_RELATED]
    own = normalise_doi(as_text(work.get("doi")))
    named = (identifier_in_url(as_text(x.get("landing_page_url"))) for x in places)
    yield from dict.fromkeys(x for x in named if x.startswith("doi:") and x != own)


def _is_openalex(head: str) -> bool:
    """Say whether it begins like an answer about works."""
    # As an identifier, not as the address of some reference: other lists have those.
    named = re.search(
        r'"(?:id|openalex)"\s{0,9}:\s{0,9}"https?://(?:api\.)?openalex\.org/W\d', head
    )
    return named is not None and begins_json(head)


SAVED_WORKS = saved_answer("openalex", _is_openalex, read_works)
"""Reads a saved answer: a list, one work, or a work a line."""


class OpenAlex(SearchApi):
    """Asks for works by words, names, days or identifiers."""

    name = "openalex"
    accepts = frozenset({"text", "ids", "authors", "since", "until"})
    default = Endpoint("https://api.openalex.org", RateLimit("openalex", 0.2))

    id_schemes = tuple(_FILTERS)
    batch_size = 50
    requires = "words, authors, days or ids"

    def _look_up(self, client: PoliteClient, ids: tuple[str, ...]) -> ParsedPage:
        size = {"per_page": str(PAGE_SIZE)}
        return merge_pages([self._page(client, {"filter": x} | size) for x in _filters_of(ids)])

    def _search(
        self, client: PoliteClient, query: SourceQuery, cursor: str, size: int
    ) -> CursorPage:
        params = _search_params(query, client.clock.now().date())
        page = self._page(client, params | {"per_page": str(size), "cursor": cursor or "*"})
        following = page.metadata.get("cursor", "") if page.papers or page.refusals else ""
        return CursorPage(page, following, page.number("total"))

    def _page(self, client: PoliteClient, params: dict[str, str]) -> ParsedPage:
        headers = {"Authorization": f"Bearer {self.endpoint.key}"} if self.endpoint.key else {}
        url, fields = f"{self.endpoint.url}/works", {"select": FIELDS}
        answer = client.get(url, self.endpoint.rate_limit, params=params | fields, headers=headers)
        return collect_page(read_works(answer.content))


def _search_params(query: SourceQuery, today: date) -> dict[str, str]:
    newest = query.sort == "newest" or not query.text.strip()
    # Works of years to come stand first among the newest; they are misprints.
    until = query.until or (today if newest else None)
    filters = {
        "from_publication_date": query.since.isoformat() if query.since else "",
        "to_publication_date": until.isoformat() if until else "",
        "raw_author_name.search": "|".join(re.sub(r"[,|\"]", " ", x) for x in query.authors),
    }
    asked = {
        "search": query.text.strip(),
        "filter": ",".join(f"{name}:{value}" for name, value in filters.items() if value),
        "sort": "publication_date:desc" if newest else "",
    }
    return {name: value for name, value in asked.items() if value}


def _filters_of(ids: tuple[str, ...]) -> list[str]:
    """Return one filter for each kind of identifier among them."""
    values: dict[str, list[str]] = {}
    for one in ids:
        scheme, _, bare = one.partition(":")
        value = f"10.48550/arxiv.{bare}" if scheme == "arxiv" else bare
        if not re.search(r"[,|]", value):
            values.setdefault(_FILTERS[scheme], []).append(value)
    return [f"{name}:{'|'.join(several)}" for name, several in values.items()]
