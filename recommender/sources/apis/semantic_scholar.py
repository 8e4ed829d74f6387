"""Semantic Scholar's Academic Graph API: papers by words or identifiers.

Format: api.semanticscholar.org/api-docs. Without a key the host shares one
allowance among everybody, so one request in three seconds; with one (from the
settings, sent as a header) one a second. By hand and not through
semanticscholar 0.12: it stands on httpx, which is dormant beside httpx2, opens
its own client for every request, takes a 429 for a refused connection and
waits on the real clock without looking at Retry-After.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from recommender.errors import SourceError
from recommender.sources.client import PoliteClient
from recommender.sources.file_format import Entry, Refusal
from recommender.sources.http_exchange import Answer
from recommender.sources.id_lookup import asked_ids, by_ids
from recommender.sources.pagination import Step, paged
from recommender.sources.parsing.adapter import (
    Found,
    Mark,
    Page,
    author,
    broken,
    entries_of,
    mapping,
    mappings,
    named,
    page_of,
    text,
    texts,
)
from recommender.sources.parsing.dates import When, when
from recommender.sources.parsing.identifier_fields import of_scheme
from recommender.sources.parsing.json_stream import Item, JsonAnswer
from recommender.sources.parsing.reference_record import Reference, entry_of
from recommender.sources.protocol import Fetched, FetchState, Place, SourceQuery, must_suit
from recommender.sources.rate_limit import Pace
from recommender.sources.text_file import Document

PAGE = 100
"""Papers asked for at once by relevance."""

MOST = 1_000
"""Papers a search by relevance gives at most."""

BATCH = 200
"""Identifiers asked for at once; up to 500 are taken."""

FIELDS = (
    "paperId,externalIds,url,title,abstract,venue,publicationVenue,year,publicationDate,"
    "publicationTypes,journal,authors"
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


def read_papers(content: bytes | Iterable[bytes]) -> Iterator[Found]:
    """Yield the papers of an answer, and the marks total, next and token.

    In a batch, null stands where an identifier is not known: it is passed over
    here, and whoever asked for it knows by which name.
    """
    answer = JsonAnswer(content, _LISTS)
    for one in answer:
        if not isinstance(one, Item):
            yield from broken(one)
        elif one.value is not None:
            yield _entry(one.line, mapping(one.value))
    for name in ("total", "next", "token"):
        yield Mark(name, text(answer.meta.get(name)))


def _entry(line: int, value: Mapping[str, object]) -> Entry | Refusal:
    paper = next((mapping(value[x]) for x in _INNER if x in value), value)
    if "paperId" not in paper:
        said = text(value.get("error")) or text(value.get("message"))
        why = f"Semantic Scholar says: {said[:200]}" if said else "it is no paper"
        return Refusal(line, why)
    external, journal = mapping(paper.get("externalIds")), mapping(paper.get("journal"))
    venue = text(mapping(paper.get("publicationVenue")).get("name"))
    time = when(text(paper.get("publicationDate")))
    kinds = [_KINDS[x] for x in texts(paper.get("publicationTypes")) if x in _KINDS]
    reference = Reference(
        title=text(paper.get("title")),
        abstract=text(paper.get("abstract")),
        authors=named(author(text(x.get("name"))) for x in mappings(paper.get("authors"))),
        time=When(when(text(paper.get("year"))).year or time.year, time.at),
        venue=venue or text(paper.get("venue")) or text(journal.get("name")),
        url=text(paper.get("url")),
        # A journal's article presented at a conference has both; the proceedings are the place.
        kind="paper-conference" if "paper-conference" in kinds else next(iter(kinds), ""),
        doi=text(external.get("DOI")),
        pmid=text(external.get("PubMed")),
        arxiv=text(external.get("ArXiv")),
        identifiers=(
            of_scheme("acl", text(external.get("ACL"))),
            of_scheme("s2", text(paper.get("paperId"))),
        ),
    )
    return entry_of(line, reference)


class SemanticScholarFile:
    """Reads a saved answer: a search, a batch, citations, or one paper."""

    name = "semantic-scholar"
    suffixes: tuple[str, ...] = ()

    def matches(self, head: str) -> bool:
        """Say whether it begins like an answer about papers."""
        begins = re.match(r"\ufeff?\s*[\[{]", head) is not None
        return begins and re.search(r'"paperId"\s*:\s*(?:"[0-9a-f]{40}"|null)', head) is not None

    def read(self, document: Document, now: datetime) -> Iterator[Entry | Refusal]:
        """Yield an entry a paper; see `FileFormat.read`."""
        yield from entries_of(read_papers(document.pieces()))


class SemanticScholar:
    """Asks for papers by words (newest first or by relevance) or by identifiers."""

    name = "semantic-scholar"
    accepts = frozenset({"text", "ids", "since", "until"})
    default = Place("https://api.semanticscholar.org", Pace("semantic-scholar", 3.0))

    def __init__(self, place: Place = default) -> None:
        self.place = place
        with_key = place.key and place.pace == self.default.pace
        self._pace = Pace(place.pace.name, _SECONDS_WITH_KEY) if with_key else place.pace
        self._headers = {"x-api-key": place.key} if place.key else {}

    def fetch(
        self, query: SourceQuery, client: PoliteClient, state: FetchState
    ) -> Iterator[Fetched]:
        """Yield pages of papers; see `NetworkSource.fetch`."""
        must_suit(query, self.accepts)
        ids, words = asked_ids(query, _NAMES), query.text.strip()
        if not ids and not words:
            raise SourceError("semantic-scholar needs words or ids to search for.")

        def named_ones(some: tuple[str, ...]) -> Page:
            return self._batch(client, some)

        def found_ones(cursor: str, left: int | None) -> Step:
            if query.sort == "newest":
                return self._newest(client, query, cursor)
            return self._relevant(client, query, cursor, min(left or PAGE, PAGE))

        step = by_ids(named_ones, ids, BATCH, self.name) if ids else found_ones
        yield from paged(step, state, None if ids else query.limit, self.name)

    def _batch(self, client: PoliteClient, ids: tuple[str, ...]) -> Page:
        asked = [_NAMES[x.partition(":")[0]] + ":" + x.partition(":")[2] for x in ids]
        answer = client.post(
            f"{self.place.url}/graph/v1/paper/batch",
            self._pace,
            {"ids": [x.removeprefix(":") for x in asked]},
            params={"fields": FIELDS},
            headers=self._headers,
        )
        return page_of(read_papers(answer.content))

    def _newest(self, client: PoliteClient, query: SourceQuery, cursor: str) -> Step:
        params = _asked(query) | {"sort": "publicationDate:desc"}
        answer = self._get(client, "search/bulk", params | ({"token": cursor} if cursor else {}))
        page = page_of(read_papers(answer.content))
        return Step(page, page.marks.get("token", ""), page.number("total"))

    def _relevant(self, client: PoliteClient, query: SourceQuery, cursor: str, size: int) -> Step:
        offset = int(cursor) if cursor.isdigit() else 0
        size = min(size, MOST - offset)
        paging = {"offset": str(offset), "limit": str(size)}
        page = page_of(read_papers(self._get(client, "search", _asked(query) | paging).content))
        following = page.number("next")
        goes_on = following is not None and offset < following < MOST
        return Step(page, str(following) if goes_on else "", page.number("total"))

    def _get(self, client: PoliteClient, path: str, params: dict[str, str]) -> Answer:
        return client.get(
            f"{self.place.url}/graph/v1/paper/{path}",
            self._pace,
            params=params | {"fields": FIELDS},
            headers=self._headers,
        )


def _asked(query: SourceQuery) -> dict[str, str]:
    days = [x.isoformat() if x else "" for x in (query.since, query.until)]
    asked = {"query": query.text.strip()}
    return asked | ({"publicationDateOrYear": ":".join(days)} if any(days) else {})
