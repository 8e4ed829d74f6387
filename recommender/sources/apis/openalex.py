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
from datetime import date, datetime

from recommender.domain import Author
from recommender.errors import SourceError
from recommender.sources.client import PoliteClient
from recommender.sources.file_format import Entry, Refusal
from recommender.sources.id_lookup import asked_ids, by_ids
from recommender.sources.pagination import Step, paged
from recommender.sources.parsing.adapter import (
    Found,
    Mark,
    Page,
    author,
    broken,
    entries_of,
    joined,
    mapping,
    mappings,
    named,
    page_of,
    text,
)
from recommender.sources.parsing.dates import When, when
from recommender.sources.parsing.identifier_fields import in_address
from recommender.sources.parsing.json_stream import Item, JsonAnswer
from recommender.sources.parsing.reference_record import Reference, entry_of
from recommender.sources.protocol import Fetched, FetchState, Place, SourceQuery, must_suit
from recommender.sources.rate_limit import Pace
from recommender.sources.text_file import Document

PAGE = 100
"""Works asked for at once, the most the API gives."""

BATCH = 50
"""Identifiers asked for at once, the most one filter takes."""

MAX_WORDS = 30_000
"""Most words of an abstract."""

FIELDS = (
    "id,doi,ids,title,display_name,publication_year,publication_date,type,authorships,"
    "primary_location,locations,abstract_inverted_index"
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


def read_works(content: bytes | Iterable[bytes]) -> Iterator[Found]:
    """Yield the works of an answer, and the marks total and cursor."""
    answer = JsonAnswer(content, ("results",))
    for one in answer:
        if isinstance(one, Item):
            yield _entry(one.line, mapping(one.value))
        else:
            yield from broken(one)
    meta = mapping(answer.meta.get("meta"))
    yield Mark("total", text(meta.get("count")))
    yield Mark("cursor", text(meta.get("next_cursor")))


def _entry(line: int, work: Mapping[str, object]) -> Entry | Refusal:
    if "error" in work and "id" not in work:
        said = text(work.get("message")) or text(work.get("error"))
        return Refusal(line, f"OpenAlex says: {said[:200]}")
    ids, place = mapping(work.get("ids")), mapping(work.get("primary_location"))
    venue = mapping(place.get("source"))
    time = when(text(work.get("publication_date")))
    title = text(work.get("title")) or text(work.get("display_name"))
    reference = Reference(
        title=title,
        abstract=_HEADING.sub("", abstract_of(work.get("abstract_inverted_index")), count=1),
        authors=named(map(_author, mappings(work.get("authorships")))),
        time=When(when(text(work.get("publication_year"))).year or time.year, time.at),
        venue="" if venue.get("type") == "repository" else text(venue.get("display_name")),
        url=text(place.get("landing_page_url")) or text(work.get("doi")) or text(work.get("id")),
        kind=_kind(text(work.get("type")), text(venue.get("type"))),
        doi=text(work.get("doi")) or text(ids.get("doi")),
        pmid=text(ids.get("pmid")).rpartition("/")[2],
        arxiv=_arxiv(work),
        identifiers=(in_address(text(work.get("id")) or text(ids.get("openalex"))),),
    )
    return entry_of(line, reference)


def abstract_of(index: object) -> str:
    """Return an abstract from its words and their places; places that are none are left out."""
    placed = [
        (place, word)
        for word, places in mapping(index).items()
        for place in (places if isinstance(places, list) else [])
        if isinstance(place, int) and place >= 0
    ]
    return " ".join(word for _, word in sorted(placed)[:MAX_WORDS])


def _author(authorship: Mapping[str, object]) -> Author:
    return author(
        text(mapping(authorship.get("author")).get("display_name"))
        or text(authorship.get("raw_author_name"))
    )


def _kind(kind: str, place: str) -> str:
    found = _KINDS.get(kind, "")
    return _KINDS_OF_PLACES.get(place, found) if found == "article-journal" else found


def _arxiv(work: Mapping[str, object]) -> str:
    """Return the arXiv id of the places where the work lies, or ``""``."""
    places = [mapping(work.get("primary_location")), *mappings(work.get("locations"))]
    addresses = (text(x.get("landing_page_url")) for x in places)
    found = (in_address(x) for x in addresses if "arxiv" in x.lower())
    return next((x for x in found if x.startswith("arxiv:")), "")


class OpenAlexFile:
    """Reads a saved answer: a list, one work, or a work a line."""

    name = "openalex"
    suffixes: tuple[str, ...] = ()

    def matches(self, head: str) -> bool:
        """Say whether it begins like an answer about works."""
        begins = re.match(r"\ufeff?\s*[\[{]", head) is not None
        return begins and re.search(r'"https?://(?:api\.)?openalex\.org/W\d', head) is not None

    def read(self, document: Document, now: datetime) -> Iterator[Entry | Refusal]:
        """Yield an entry a work; see `FileFormat.read`."""
        yield from entries_of(read_works(document.pieces()))


class OpenAlex:
    """Asks for works by words, names, days or identifiers."""

    name = "openalex"
    accepts = frozenset({"text", "ids", "authors", "since", "until"})
    default = Place("https://api.openalex.org", Pace("openalex", 0.2))

    def __init__(self, place: Place = default) -> None:
        self.place = place

    def fetch(
        self, query: SourceQuery, client: PoliteClient, state: FetchState
    ) -> Iterator[Fetched]:
        """Yield pages of works; see `NetworkSource.fetch`."""
        must_suit(query, self.accepts)
        ids = asked_ids(query, _FILTERS)
        if not (ids or query.text.strip() or query.authors or query.since or query.until):
            raise SourceError("openalex needs words, authors, days or ids to search for.")

        def named_ones(some: tuple[str, ...]) -> Page:
            filters = _filters_of(some)
            size = {"per_page": str(PAGE)}
            return joined([self._page(client, {"filter": x} | size) for x in filters])

        asked = _asked(query, client.clock.now().date())

        def found_ones(cursor: str, left: int | None) -> Step:
            size = str(min(left or PAGE, PAGE))
            page = self._page(client, asked | {"per_page": size, "cursor": cursor or "*"})
            going_on = page.marks.get("cursor", "") if page.papers or page.refusals else ""
            return Step(page, going_on, page.number("total"))

        step = by_ids(named_ones, ids, BATCH, self.name) if ids else found_ones
        yield from paged(step, state, None if ids else query.limit, self.name)

    def _page(self, client: PoliteClient, params: dict[str, str]) -> Page:
        headers = {"Authorization": f"Bearer {self.place.key}"} if self.place.key else {}
        url, fields = f"{self.place.url}/works", {"select": FIELDS}
        answer = client.get(url, self.place.pace, params=params | fields, headers=headers)
        return page_of(read_works(answer.content))


def _asked(query: SourceQuery, today: date) -> dict[str, str]:
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
