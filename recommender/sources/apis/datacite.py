"""DataCite's REST API: preprints, theses and reports whose DOIs Crossref does not have.

Format: support.datacite.org/docs/api (JSON:API). Data sets and software, the
most of what is registered there, are not asked for. No kept client reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

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
    broken,
    entries_of,
    mapping,
    mappings,
    named,
    page_of,
    parts,
    text,
)
from recommender.sources.parsing.dates import When, when
from recommender.sources.parsing.jats import jats_abstract
from recommender.sources.parsing.json_stream import Item, JsonAnswer
from recommender.sources.parsing.reference_record import (
    Reference,
    body,
    entry_of,
    sorted_name,
    title_of,
)
from recommender.sources.protocol import Fetched, FetchState, Place, SourceQuery, must_suit
from recommender.sources.rate_limit import Pace
from recommender.sources.text_file import Document

PAGE = 100
BATCH = 40
_TYPES = (
    "Text OR Preprint OR JournalArticle OR ConferencePaper OR ConferenceProceeding OR Report"
    " OR Dissertation OR Book OR BookChapter"
)
_KINDS = {
    "journalarticle": "article-journal",
    "conferencepaper": "paper-conference",
    "conferenceproceeding": "paper-conference",
    "preprint": "article",
    "book": "book",
    "bookchapter": "chapter",
    "dissertation": "thesis",
    "report": "report",
    "dataset": "dataset",
    "software": "software",
    "standard": "standard",
    "peerreview": "review",
}
_FIRST = ("Issued", "Available", "Created", "Submitted")


def read_dois(content: bytes | Iterable[bytes]) -> Iterator[Found]:
    """Yield the works of an answer, and the marks total and cursor."""
    answer = JsonAnswer(content, ("data", "errors"))
    for one in answer:
        if isinstance(one, Item):
            value = mapping(one.value)
            yield _entry(one.line, mapping(value.get("data")) or value)
        else:
            yield from broken(one)
    following = text(mapping(answer.meta.get("links")).get("next"))
    yield Mark("total", text(mapping(answer.meta.get("meta")).get("total")))
    yield Mark("cursor", _cursor(following))


def _cursor(address: str) -> str:
    try:
        return parse_qs(urlsplit(address).query).get("page[cursor]", [""])[0]
    except ValueError:
        return ""


def _entry(line: int, value: Mapping[str, object]) -> Entry | Refusal:
    work = mapping(value.get("attributes"))
    if not work:
        said = text(value.get("title")) or text(value.get("detail"))
        return Refusal(line, f"DataCite says: {said[:200]}" if said else "it is no work")
    abstracts = [x for x in mappings(work.get("descriptions")) if _type(x) == "Abstract"]
    general = text(mapping(work.get("types")).get("resourceTypeGeneral"))
    reference = Reference(
        title=_title(work),
        abstract=jats_abstract(text(abstracts[0].get("description")) if abstracts else ""),
        authors=named(map(_author, mappings(work.get("creators")))),
        time=_time(work),
        venue=text(mapping(work.get("container")).get("title")) or _publisher(work),
        url=text(work.get("url")),
        kind=_KINDS.get(general.lower(), ""),
        doi=text(work.get("doi")),
    )
    return entry_of(line, reference)


def _type(description: Mapping[str, object]) -> str:
    return text(description.get("descriptionType"))


def _title(work: Mapping[str, object]) -> str:
    titles = mappings(work.get("titles"))
    proper = [text(x.get("title")) for x in titles if not x.get("titleType")]
    subtitles = [text(x.get("title")) for x in titles if x.get("titleType") == "Subtitle"]
    return title_of(*proper[:1], *subtitles[:1]) or text(next(iter(titles), {}).get("title"))


def _author(creator: Mapping[str, object]) -> Author:
    name, family = text(creator.get("name")), text(creator.get("familyName"))
    if creator.get("nameType") == "Organizational":
        return body(name)
    return parts(family, text(creator.get("givenName"))) if family else sorted_name(name)


def _time(work: Mapping[str, object]) -> When:
    """Return the day the work appeared, in the year that DataCite calls its own."""
    year = when(text(work.get("publicationYear")))
    dates = {text(x.get("dateType")): text(x.get("date")) for x in mappings(work.get("dates"))}
    for kind in _FIRST:
        day = when(dates.get(kind, "").partition("/")[0])
        if day.at is not None and year.year in (None, day.year):
            return day
    return year


def _publisher(work: Mapping[str, object]) -> str:
    publisher = work.get("publisher")
    return text(publisher) or text(mapping(publisher).get("name"))


class DataCiteFile:
    """Reads a saved answer about one DOI or a list of them."""

    name = "datacite"
    suffixes: tuple[str, ...] = ()

    def matches(self, head: str) -> bool:
        """Say whether it begins like an answer of the API."""
        begins = re.match(r'\ufeff?\s*\{\s*"data"\s*:', head) is not None
        return begins and re.search(r'"type"\s*:\s*"dois"', head) is not None

    def read(self, document: Document, now: datetime) -> Iterator[Entry | Refusal]:
        """Yield an entry a work; see `FileFormat.read`."""
        yield from entries_of(read_dois(document.pieces()))


class DataCite:
    """Asks for works by words, names, years or DOIs."""

    name = "datacite"
    accepts = frozenset({"text", "ids", "authors", "since", "until"})
    default = Place("https://api.datacite.org", Pace("datacite", 1.0))

    def __init__(self, place: Place = default) -> None:
        self.place = place

    def fetch(
        self, query: SourceQuery, client: PoliteClient, state: FetchState
    ) -> Iterator[Fetched]:
        """Yield pages of works; see `NetworkSource.fetch`."""
        must_suit(query, self.accepts)
        ids, asked = asked_ids(query, ("doi", "arxiv")), _asked(query)
        if not ids and not asked:
            raise SourceError("datacite needs words, authors, years or DOIs to search for.")

        def named_ones(some: tuple[str, ...]) -> Page:
            quoted = " OR ".join(f'"{_doi(x)}"' for x in some if '"' not in x)
            return self._page(client, {"query": f"doi:({quoted})", "page[size]": str(BATCH)})

        def found_ones(cursor: str, left: int | None) -> Step:
            size = {"page[size]": str(min(left or PAGE, PAGE)), "page[cursor]": cursor or "1"}
            page = self._page(client, {"query": asked} | size)
            going_on = page.marks.get("cursor", "") if page.papers or page.refusals else ""
            return Step(page, going_on, page.number("total"))

        step = by_ids(named_ones, ids, BATCH, self.name) if ids else found_ones
        yield from paged(step, state, None if ids else query.limit, self.name)

    def _page(self, client: PoliteClient, params: dict[str, str]) -> Page:
        answer = client.get(f"{self.place.url}/dois", self.place.pace, params=params)
        return page_of(read_dois(answer.content))


def _doi(identifier: str) -> str:
    scheme, _, bare = identifier.partition(":")
    return f"10.48550/arxiv.{bare}" if scheme == "arxiv" else bare


def _asked(query: SourceQuery) -> str:
    """Return the query in the host's syntax, words of the reader's quoted out of harm's way."""
    clauses = [f"({words})"] if (words := _plain(query.text)) else []
    names = [f'"{name}"' for x in query.authors if (name := _plain(x))]
    clauses += [f"creators.name:({' OR '.join(names)})"] if names else []
    if query.since or query.until:
        first = query.since.year if query.since else "*"
        clauses.append(f"publicationYear:[{first} TO {query.until.year if query.until else '*'}]")
    if not clauses:
        return ""
    return " AND ".join([*clauses, f"types.resourceTypeGeneral:({_TYPES})"])


def _plain(words: str) -> str:
    return " ".join(re.sub(r'[+\-=&|><!(){}\[\]^"~*?:\\/]', " ", words).split())
