"""Semantic Scholar's Academic Graph API: papers by words or identifiers.

Format: api.semanticscholar.org/api-docs. Without a key the host shares one
allowance among everybody, so one request in three seconds; with one (from the
settings, sent as a header) one a second. By hand and not through
semanticscholar 0.12: it stands on httpx, which is dormant since httpx2, opens
its own client for every request, takes a 429 for a refused connection and
waits on the real clock without looking at Retry-After.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from recommender.sources.apis.base import SearchApi
from recommender.sources.client import PoliteClient
from recommender.sources.file_format import Entry, Refusal
from recommender.sources.http_exchange import Response
from recommender.sources.pagination import CursorPage
from recommender.sources.parsing.adapter import (
    MetadataField,
    ParsedItem,
    ParsedPage,
    as_count,
    as_mapping,
    as_mappings,
    as_text,
    as_texts,
    collect_page,
    failure_items,
    nonempty_authors,
    parse_author,
    saved_answer,
)
from recommender.sources.parsing.dates import PartialDate, parse_date
from recommender.sources.parsing.identifier_fields import scheme_identifier
from recommender.sources.parsing.json_stream import JsonItem, JsonStream, begins_json
from recommender.sources.parsing.reference_record import Reference, reference_entry
from recommender.sources.parsing.status_fields import type_statements
from recommender.sources.protocol import Endpoint, SourceQuery
from recommender.sources.rate_limit import RateLimit

MAX_RELEVANT = 1_000
"""Papers a search by relevance gives at most."""

FIELDS = (
    "paperId,externalIds,url,title,abstract,venue,publicationVenue,year,publicationDate,"
    "publicationTypes,journal,authors,citationCount"
)
_SECONDS_WITH_KEY = 1.0
_NAMES = {"doi": "DOI", "arxiv": "ARXIV", "pmid": "PMID", "acl": "ACL", "s2": ""}
_KINDS = {
    "JournalArticle": "article-journal",
    "Conference": "paper-conference",
    "Review": "article-journal",
    "Book": "book",
    "BookSection": "chapter",
    "Dataset": "dataset",
}
_LISTS = ("data", "recommendedPapers", "papers")
_INNER = ("citingPaper", "citedPaper", "paper")


def read_papers(content: bytes | Iterable[bytes]) -> Iterator[ParsedItem]:
    """Yield the papers of an answer, and the metadata total, next and token.

    In a batch, null stands where an identifier is not known: it is passed over
    here, `id_lookup` names the identifiers that are missing.
    """
    answer = JsonStream(content, _LISTS)
    for one in answer:
        if not isinstance(one, JsonItem):
            yield from failure_items(one)
        elif one.value is not None:
            yield _entry(one.line, as_mapping(one.value))
    for name in ("total", "next", "token"):
        yield MetadataField(name, as_text(answer.meta.get(name)))


def _entry(line: int, value: Mapping[str, object]) -> Entry | Refusal:
    paper = next((as_mapping(value[x]) for x in _INNER if x in value), value)
    if "paperId" not in paper:
        message = as_text(value.get("error")) or as_text(value.get("message"))
        why = f"Semantic Scholar says: {message[:200]}" if message else "it is no paper"
        return Refusal(line, why)
    external, journal = as_mapping(paper.get("externalIds")), as_mapping(paper.get("journal"))
    venue = as_text(as_mapping(paper.get("publicationVenue")).get("name"))
    time = parse_date(as_text(paper.get("publicationDate")))
    types = as_texts(paper.get("publicationTypes"))
    kinds = [_KINDS[x] for x in types if x in _KINDS]
    reference = Reference(
        title=as_text(paper.get("title")),
        abstract=as_text(paper.get("abstract")),
        authors=nonempty_authors(
            parse_author(as_text(x.get("name"))) for x in as_mappings(paper.get("authors"))
        ),
        time=PartialDate(parse_date(as_text(paper.get("year"))).year or time.year, time.at),
        venue=venue or as_text(paper.get("venue")) or as_text(journal.get("name")),
        url=as_text(paper.get("url")),
        # A journal's article presented at a conference has both; the proceedings are the place.
        kind="paper-conference" if "paper-conference" in kinds else next(iter(kinds), ""),
        doi=as_text(external.get("DOI")),
        pmid=as_text(external.get("PubMed")),
        arxiv=as_text(external.get("ArXiv")),
        identifiers=(
            scheme_identifier("acl", as_text(external.get("ACL"))),
            scheme_identifier("s2", as_text(paper.get("paperId"))),
        ),
        # Its types are guessed in part: an editorial that is an article too is an article.
        statements=() if kinds else tuple(type_statements(types, "semantic-scholar")),
        citations=as_count(paper.get("citationCount")),
    )
    return reference_entry(line, reference)


def _is_semantic_scholar(head: str) -> bool:
    """Say whether it begins like an answer about papers."""
    named = re.search(r'"paperId"\s*:\s*(?:"[0-9a-f]{40}"|null)', head)
    return named is not None and begins_json(head)


SAVED_PAPERS = saved_answer("semantic-scholar", _is_semantic_scholar, read_papers)
"""Reads a saved answer: a search, a batch, citations, or one paper."""


class SemanticScholar(SearchApi):
    """Asks for papers by words (newest first or by relevance) or by identifiers."""

    name = "semantic-scholar"
    accepts = frozenset({"text", "ids", "since", "until"})
    default = Endpoint("https://api.semanticscholar.org", RateLimit("semantic-scholar", 3.0))

    id_schemes = tuple(_NAMES)
    batch_size = 200
    requires = "words or ids"

    def __init__(self, endpoint: Endpoint | None = None) -> None:
        super().__init__(endpoint)
        key, rate_limit = self.endpoint.key, self.endpoint.rate_limit
        with_key = key and rate_limit == self.default.rate_limit
        self._rate_limit = RateLimit(rate_limit.name, _SECONDS_WITH_KEY) if with_key else rate_limit
        self._headers = {"x-api-key": key} if key else {}

    def _has_search(self, query: SourceQuery) -> bool:
        return bool(query.text.strip())

    def _look_up(self, client: PoliteClient, ids: tuple[str, ...]) -> ParsedPage:
        named = [_NAMES[x.partition(":")[0]] + ":" + x.partition(":")[2] for x in ids]
        answer = client.post(
            f"{self.endpoint.url}/graph/v1/paper/batch",
            self._rate_limit,
            {"ids": [x.removeprefix(":") for x in named]},
            params={"fields": FIELDS},
            headers=self._headers,
        )
        return collect_page(read_papers(answer.content))

    def _search(
        self, client: PoliteClient, query: SourceQuery, cursor: str, size: int
    ) -> CursorPage:
        if query.sort == "newest":
            return self._newest(client, query, cursor)
        return self._most_relevant(client, query, cursor, size)

    def _newest(self, client: PoliteClient, query: SourceQuery, cursor: str) -> CursorPage:
        params = _search_params(query) | {"sort": "publicationDate:desc"}
        answer = self._get(client, "search/bulk", params | ({"token": cursor} if cursor else {}))
        page = collect_page(read_papers(answer.content))
        return CursorPage(page, page.metadata.get("token", ""), page.number("total"))

    def _most_relevant(
        self, client: PoliteClient, query: SourceQuery, cursor: str, size: int
    ) -> CursorPage:
        offset = int(cursor) if cursor.isdigit() else 0
        paging = {"offset": str(offset), "limit": str(min(size, MAX_RELEVANT - offset))}
        answer = self._get(client, "search", _search_params(query) | paging)
        page = collect_page(read_papers(answer.content))
        following = page.number("next")
        more = following is not None and offset < following < MAX_RELEVANT
        return CursorPage(page, str(following) if more else "", page.number("total"))

    def _get(self, client: PoliteClient, path: str, params: dict[str, str]) -> Response:
        return client.get(
            f"{self.endpoint.url}/graph/v1/paper/{path}",
            self._rate_limit,
            params=params | {"fields": FIELDS},
            headers=self._headers,
        )


def _search_params(query: SourceQuery) -> dict[str, str]:
    days = [x.isoformat() if x else "" for x in (query.since, query.until)]
    asked = {"query": query.text.strip()}
    return asked | ({"publicationDateOrYear": ":".join(days)} if any(days) else {})
