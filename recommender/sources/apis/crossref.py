"""Crossref's REST API: works by words, names, days or DOIs, abstracts in JATS.

Format: api.crossref.org/swagger-ui. One request a second without and with a
contact, which the User-Agent carries. By hand and not through habanero 2.9: it
cannot be given a transport, opens a connection a request, asks neither again
nor later, and gives pages in one piece at the end of a cursor, so that nothing
can be resumed; of a saved answer it reads nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from recommender.domain import Author
from recommender.domain.identifiers import normalise_arxiv, normalise_doi
from recommender.errors import FetchError, SourceError
from recommender.sources.client import PoliteClient
from recommender.sources.file_format import Entry, Refusal
from recommender.sources.id_lookup import asked_ids, by_ids
from recommender.sources.pagination import Step, paged
from recommender.sources.parsing.adapter import (
    Found,
    Mark,
    Page,
    broken,
    entries_of,
    mapping,
    mappings,
    named,
    page_of,
    parts,
    text,
    texts,
)
from recommender.sources.parsing.dates import When, when
from recommender.sources.parsing.jats import jats_abstract
from recommender.sources.parsing.json_stream import Item, JsonAnswer
from recommender.sources.parsing.reference_record import Reference, body, entry_of, title_of
from recommender.sources.protocol import Fetched, FetchState, Place, SourceQuery, must_suit
from recommender.sources.rate_limit import Pace
from recommender.sources.text_file import Document

PAGE = 100
"""Works asked for at once; up to 1,000 are given, but take long."""

BATCH = 20
"""DOIs asked for at once."""

FIELDS = (
    "DOI,URL,title,subtitle,author,container-title,group-title,event,issued,published-online,"
    "published-print,abstract,type,relation"
)
"""The fields asked for; the lists of references are the most of a work."""

_KINDS = {
    "journal-article": "article-journal",
    "proceedings-article": "paper-conference",
    "posted-content": "article",
    "book-chapter": "chapter",
    "book-section": "chapter",
    "book-part": "chapter",
    "book": "book",
    "monograph": "book",
    "edited-book": "book",
    "reference-book": "book",
    "proceedings": "book",
    "dissertation": "thesis",
    "report": "report",
    "dataset": "dataset",
    "standard": "standard",
    "peer-review": "review",
    "reference-entry": "entry-encyclopedia",
    "journal-issue": "periodical",
    "journal": "periodical",
}
_DAYS = ("issued", "published-online", "published-print")
_EXPIRED = (400, 404, 410)


def read_works(content: bytes | Iterable[bytes]) -> Iterator[Found]:
    """Yield the works of an answer, and the marks total and cursor."""
    answer = JsonAnswer(content, ("items",), ("message",))
    for one in answer:
        if isinstance(one, Item):
            yield _work(one.line, mapping(one.value))
        else:
            yield from broken(one)
    yield Mark("total", text(answer.meta.get("total-results")))
    yield Mark("cursor", text(answer.meta.get("next-cursor")))


def _work(line: int, value: Mapping[str, object]) -> Entry | Refusal:
    """Return the work of a list, or that of an answer about one; or what Crossref says instead."""
    if value.get("status") == "failed":
        said = [text(x.get("message")) for x in mappings(value.get("message"))]
        return Refusal(line, f"Crossref says: {' '.join(said)[:200] or 'it failed'}")
    work = mapping(value["message"]) if "message" in value else value
    reference = Reference(
        title=title_of(*texts(work.get("title"))[:1], *_subtitle(work)),
        abstract=jats_abstract(text(work.get("abstract"))),
        authors=named(map(_author, mappings(work.get("author")))),
        time=_time(work),
        venue=_venue(work),
        url=text(work.get("URL")),
        kind=_KINDS.get(text(work.get("type")), ""),
        doi=text(work.get("DOI")),
        identifiers=tuple(_preprints(work)),
    )
    return entry_of(line, reference)


def _subtitle(work: Mapping[str, object]) -> list[str]:
    """Return the subtitle, unless the title already ends in it."""
    title, subtitle = (texts(work.get(x))[:1] for x in ("title", "subtitle"))
    told = bool(title and subtitle) and title[0].lower().endswith(subtitle[0].lower().strip())
    return [] if told else subtitle


def _author(one: Mapping[str, object]) -> Author:
    if not one.get("family"):
        return body(text(one.get("name")) or text(one.get("given")))
    return parts(text(one.get("family")), text(one.get("given")), text(one.get("suffix")))


def _time(work: Mapping[str, object]) -> When:
    """Return the day of issue; where only its year is known, a day of that year beside it."""
    days = [when(_date(mapping(work.get(name)))) for name in _DAYS]
    known = [x for x in days if x.year is not None]
    if not known:
        return When()
    return next((x for x in known if x.at is not None and x.year == known[0].year), known[0])


def _date(value: Mapping[str, object]) -> str:
    outer = value.get("date-parts")
    inner = outer[0] if isinstance(outer, list) and outer and isinstance(outer[0], list) else []
    numbers = [text(x) for x in inner[:3]]
    if not all(x.isdecimal() for x in numbers):
        return ""
    return "-".join(x.zfill(2) for x in numbers)


def _venue(work: Mapping[str, object]) -> str:
    venues = texts(work.get("container-title")) + texts(work.get("group-title"))
    return next((x for x in venues if x.strip()), text(mapping(work.get("event")).get("name")))


def _preprints(work: Mapping[str, object]) -> Iterator[str]:
    """Yield the arXiv ids under which the same work stands as a preprint."""
    for one in mappings(mapping(work.get("relation")).get("has-preprint")):
        name = text(one.get("id"))
        found = normalise_arxiv(name) or normalise_doi(name)
        if found.startswith("arxiv:"):
            yield found


class CrossrefFile:
    """Reads a saved answer about one work or a list of them."""

    name = "crossref"
    suffixes: tuple[str, ...] = ()

    def matches(self, head: str) -> bool:
        """Say whether it begins like an answer of the API."""
        begins = re.match(r"\ufeff?\s*[\[{]", head) is not None
        return (
            begins
            and re.search(r'"message-type"\s*:|"status"\s*:\s*"(?:ok|failed)"', head) is not None
        )

    def read(self, document: Document, now: datetime) -> Iterator[Entry | Refusal]:
        """Yield an entry a work; see `FileFormat.read`."""
        yield from entries_of(read_works(document.pieces()))


class Crossref:
    """Asks for works by words, names, days or DOIs."""

    name = "crossref"
    accepts = frozenset({"text", "ids", "authors", "since", "until"})
    default = Place("https://api.crossref.org", Pace("crossref", 1.0))

    def __init__(self, place: Place = default) -> None:
        self.place = place

    def fetch(
        self, query: SourceQuery, client: PoliteClient, state: FetchState
    ) -> Iterator[Fetched]:
        """Yield pages of works; see `NetworkSource.fetch`."""
        must_suit(query, self.accepts)
        ids, asked = asked_ids(query, ("doi",)), _asked(query)
        if not ids and not asked:
            raise SourceError("crossref needs words, authors, days or DOIs to search for.")

        def named_ones(some: tuple[str, ...]) -> Page:
            dois = ",".join(x for x in some if "," not in x)
            return self._page(client, {"filter": dois, "rows": str(BATCH)})

        def found_ones(cursor: str, left: int | None) -> Step:
            size = min(left or PAGE, PAGE)
            params = asked | {"rows": str(size)}
            try:
                page = self._page(client, params | {"cursor": cursor or "*"})
            except FetchError as error:
                if not cursor or error.status not in _EXPIRED:
                    raise
                # Cursors live for minutes; a run resumed later reads the first pages again.
                page = self._page(client, params | {"cursor": "*"})
            full = len(page.papers) + len(page.refusals) >= size
            return Step(page, page.marks.get("cursor", "") if full else "", page.number("total"))

        step = by_ids(named_ones, ids, BATCH, self.name) if ids else found_ones
        yield from paged(step, state, None if ids else query.limit, self.name)

    def _page(self, client: PoliteClient, params: dict[str, str]) -> Page:
        headers = {"Crossref-Plus-API-Token": f"Bearer {self.place.key}"} if self.place.key else {}
        url, fields = f"{self.place.url}/works", {"select": FIELDS}
        answer = client.get(url, self.place.pace, params=params | fields, headers=headers)
        return page_of(read_works(answer.content))


def _asked(query: SourceQuery) -> dict[str, str]:
    filters = {
        "from-pub-date": query.since.isoformat() if query.since else "",
        "until-pub-date": query.until.isoformat() if query.until else "",
    }
    asked = {
        "query": query.text.strip(),
        "query.author": " ".join(query.authors).strip(),
        "filter": ",".join(f"{name}:{value}" for name, value in filters.items() if value),
    }
    asked = {name: value for name, value in asked.items() if value}
    newest = {"sort": "published", "order": "desc"} if query.sort == "newest" else {}
    return asked | newest if asked else {}
