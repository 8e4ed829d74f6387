"""DataCite's REST API: preprints, theses and reports whose DOIs Crossref does not have.

Format: support.datacite.org/docs/api (JSON:API). Data sets and software, the
most of what is registered there, are not asked for. No kept client reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import parse_qs, urlsplit

from recommender.domain import Author, StatusStatement
from recommender.sources.apis.base import SearchApi
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
    author_from_parts,
    collect_page,
    failure_items,
    nonempty_authors,
    saved_answer,
)
from recommender.sources.parsing.dates import PartialDate, parse_date
from recommender.sources.parsing.jats import jats_abstract
from recommender.sources.parsing.json_stream import JsonItem, JsonStream
from recommender.sources.parsing.reference_record import (
    Reference,
    corporate_author,
    join_title,
    parse_sorted_name,
    reference_entry,
)
from recommender.sources.parsing.status_fields import datacite_statements
from recommender.sources.parsing.version_relations import related_versions, typed_identifier
from recommender.sources.protocol import Endpoint, SourceQuery
from recommender.sources.rate_limit import RateLimit

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


def read_dois(content: bytes | Iterable[bytes]) -> Iterator[ParsedItem]:
    """Yield the works of an answer, and the metadata total and cursor."""
    answer = JsonStream(content, ("data", "errors"))
    for one in answer:
        if isinstance(one, JsonItem):
            value = as_mapping(one.value)
            yield _entry(one.line, as_mapping(value.get("data")) or value)
        else:
            yield from failure_items(one)
    following = as_text(as_mapping(answer.meta.get("links")).get("next"))
    yield MetadataField("total", as_text(as_mapping(answer.meta.get("meta")).get("total")))
    yield MetadataField("cursor", _cursor(following))


def _cursor(address: str) -> str:
    try:
        return parse_qs(urlsplit(address).query).get("page[cursor]", [""])[0]
    except ValueError:
        return ""


def _entry(line: int, value: Mapping[str, object]) -> Entry | Refusal:
    work = as_mapping(value.get("attributes"))
    if not work:
        message = as_text(value.get("title")) or as_text(value.get("detail"))
        return Refusal(line, f"DataCite says: {message[:200]}" if message else "it is no work")
    abstracts = [x for x in as_mappings(work.get("descriptions")) if _type(x) == "Abstract"]
    general = as_text(as_mapping(work.get("types")).get("resourceTypeGeneral"))
    reference = Reference(
        title=_title(work),
        abstract=jats_abstract(as_text(abstracts[0].get("description")) if abstracts else ""),
        authors=nonempty_authors(map(_author, as_mappings(work.get("creators")))),
        time=_time(work),
        venue=as_text(as_mapping(work.get("container")).get("title")) or _publisher(work),
        url=as_text(work.get("url")),
        kind=_KINDS.get(general.lower(), ""),
        doi=as_text(work.get("doi")),
        statements=tuple(_statements(work)),
        related=tuple(related_versions(_relations(work))),
        citations=_citations(work),
    )
    return reference_entry(line, reference)


def _statements(work: Mapping[str, object]) -> Iterator[StatusStatement]:
    """Return what types, relations and the day of a withdrawal say."""
    types = as_mapping(work.get("types"))
    withdrawn = (
        as_text(x.get("date"))
        for x in as_mappings(work.get("dates"))
        if as_text(x.get("dateType")).lower() == "withdrawn"
    )
    return datacite_statements(
        as_text(types.get("resourceTypeGeneral")),
        as_text(types.get("resourceType")),
        withdrawn,
        _relations(work),
        as_text(work.get("doi")),
    )


def _relations(work: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield each relation of the work, and the identifier at its other end."""
    for one in as_mappings(work.get("relatedIdentifiers")):
        other = as_text(one.get("relatedIdentifier"))
        kind = as_text(one.get("relatedIdentifierType"))
        yield as_text(one.get("relationType")), typed_identifier(kind, other)


def _citations(work: Mapping[str, object]) -> int | None:
    """Return the count of citations; DataCite writes 0 of works about which it knows none."""
    return as_count(work.get("citationCount")) or None


def _type(description: Mapping[str, object]) -> str:
    return as_text(description.get("descriptionType"))


def _title(work: Mapping[str, object]) -> str:
    titles = as_mappings(work.get("titles"))
    proper = [as_text(x.get("title")) for x in titles if not x.get("titleType")]
    subtitles = [as_text(x.get("title")) for x in titles if x.get("titleType") == "Subtitle"]
    return join_title(*proper[:1], *subtitles[:1]) or as_text(next(iter(titles), {}).get("title"))


def _author(creator: Mapping[str, object]) -> Author:
    name, family = as_text(creator.get("name")), as_text(creator.get("familyName"))
    if creator.get("nameType") == "Organizational":
        return corporate_author(name)
    return (
        author_from_parts(family, as_text(creator.get("givenName")))
        if family
        else parse_sorted_name(name)
    )


def _time(work: Mapping[str, object]) -> PartialDate:
    """Return the day the work appeared, in the year that DataCite calls its own."""
    year = parse_date(as_text(work.get("publicationYear")))
    dates = {
        as_text(x.get("dateType")): as_text(x.get("date")) for x in as_mappings(work.get("dates"))
    }
    for kind in _FIRST:
        day = parse_date(dates.get(kind, "").partition("/")[0])
        if day.at is not None and year.year in (None, day.year):
            return day
    return year


def _publisher(work: Mapping[str, object]) -> str:
    publisher = work.get("publisher")
    return as_text(publisher) or as_text(as_mapping(publisher).get("name"))


def _is_datacite(head: str) -> bool:
    """Say whether it begins like an answer of the API."""
    begins = re.match(r'\ufeff?\s*\{\s*"data"\s*:', head) is not None
    return begins and re.search(r'"type"\s*:\s*"dois"', head) is not None


SAVED_DOIS = saved_answer("datacite", _is_datacite, read_dois)
"""Reads a saved answer about one DOI or a list of them."""


class DataCite(SearchApi):
    """Asks for works by words, names, years or DOIs."""

    name = "datacite"
    accepts = frozenset({"text", "ids", "authors", "since", "until"})
    default = Endpoint("https://api.datacite.org", RateLimit("datacite", 1.0))

    id_schemes = ("doi", "arxiv")
    batch_size = 40
    requires = "words, authors, years or DOIs"

    def _has_search(self, query: SourceQuery) -> bool:
        return bool(_search_text(query))

    def _look_up(self, client: PoliteClient, ids: tuple[str, ...]) -> ParsedPage:
        quoted = " OR ".join(f'"{_doi(x)}"' for x in ids if '"' not in x)
        size = str(self.batch_size)
        return self._page(client, {"query": f"doi:({quoted})", "page[size]": size})

    def _search(
        self, client: PoliteClient, query: SourceQuery, cursor: str, size: int
    ) -> CursorPage:
        paging = {"page[size]": str(size), "page[cursor]": cursor or "1"}
        page = self._page(client, {"query": _search_text(query)} | paging)
        following = page.metadata.get("cursor", "") if page.papers or page.refusals else ""
        return CursorPage(page, following, page.number("total"))

    def _page(self, client: PoliteClient, params: dict[str, str]) -> ParsedPage:
        answer = client.get(f"{self.endpoint.url}/dois", self.endpoint.rate_limit, params=params)
        return collect_page(read_dois(answer.content))


def _doi(identifier: str) -> str:
    scheme, _, bare = identifier.partition(":")
    return f"10.48550/arxiv.{bare}" if scheme == "arxiv" else bare


def _search_text(query: SourceQuery) -> str:
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
