"""arXiv's search API, which answers in Atom.

Format and terms: arXiv API User's Manual (info.arxiv.org/help/api). One
request in three seconds, slices of at most 2,000, metadata is CC0.

By hand and not through arxiv 4.0.2: it waits on the real clock, knows neither
Retry-After nor a time-out, cannot be given a transport, reads no saved answer
by its public names, passes over the error entry in which arXiv says what is
wrong (recorded: ``id_abc``), and brings requests and lxml.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from xml.etree.ElementTree import Element

from recommender.domain.identifiers import normalise_arxiv
from recommender.errors import FetchError, SourceError
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
    named,
    page_of,
)
from recommender.sources.parsing.dates import When, when
from recommender.sources.parsing.reference_record import Reference, entry_of, prose
from recommender.sources.parsing.xml_format import root_of
from recommender.sources.parsing.xml_stream import Broken, text_of, xml_records
from recommender.sources.protocol import Fetched, FetchState, Place, SourceQuery, must_suit
from recommender.sources.rate_limit import ARXIV
from recommender.sources.text_file import Document

PAGE = 100
"""Records asked for at once; arXiv asks for small slices."""

_TRIES_OF_AN_EMPTY_PAGE = 3
_FIELD = re.compile(r"\b(?:ti|au|abs|co|jr|cat|rn|all|submittedDate):")
_WORD = re.compile(r'"[^"]+"|[^\s"]+')
_CATEGORY = re.compile(r"[a-z][a-z-]*(?:\.[A-Za-z-]+)?")


def read_atom(pieces: Iterable[bytes]) -> Iterator[Found]:
    """Yield the papers of an answer of the search API, and the mark ``total``."""
    for one in xml_records(pieces, ("entry", "totalResults"), ("feed",)):
        if isinstance(one, Broken):
            yield from broken(one)
        elif one.element.tag == "totalResults":
            yield Mark("total", text_of(one.element).strip())
        else:
            yield _entry(one.line, one.element)


def _entry(line: int, entry: Element) -> Entry | Refusal:
    address = text_of(entry.find("id")).strip()
    if "/api/errors" in address:
        return Refusal(line, f"arXiv says: {prose(text_of(entry.find('summary')))[:300]}")
    arxiv_id = normalise_arxiv(address)
    if not arxiv_id:
        return Refusal(line, "it has no arXiv id")
    time = when(text_of(entry.find("published")))
    reference = Reference(
        title=text_of(entry.find("title")),
        abstract=text_of(entry.find("summary")),
        authors=named(author(text_of(x.find("name"))) for x in entry.findall("author")),
        time=When(time.year or year_of(arxiv_id), time.at),
        venue=text_of(entry.find("journal_ref")),
        url=address_of(arxiv_id),
        kind="article",
        doi=text_of(entry.find("doi")),
    )
    return entry_of(line, reference)


def address_of(arxiv_id: str) -> str:
    """Return the address of a paper's page, without a version."""
    return "https://arxiv.org/abs/" + arxiv_id.removeprefix("arxiv:")


def year_of(arxiv_id: str) -> int | None:
    """Return the year in which arXiv gave out an id (1991 to 2090), or None."""
    digits = re.search(r"(?:^|:|/)(\d\d)\d\d", arxiv_id)
    if digits is None:
        return None
    two = int(digits.group(1))
    return 1900 + two if two > 90 else 2000 + two


class ArxivAtom:
    """Reads a saved answer of the search API."""

    name = "arxiv-atom"
    suffixes: tuple[str, ...] = ()

    def matches(self, head: str) -> bool:
        """Say whether it is an Atom feed of arXiv's search."""
        ours = re.search(r"arxiv\.org/(?:schemas/atom|api/(?:query|errors))|/arxiv\.org/api/", head)
        return root_of(head)[0] == "feed" and ours is not None

    def read(self, document: Document, now: datetime) -> Iterator[Entry | Refusal]:
        """Yield an entry a paper; see `FileFormat.read`."""
        yield from entries_of(read_atom(document.pieces()))


class ArxivSearch:
    """Asks the search API by words, categories, authors, days or ids."""

    name = "arxiv"
    accepts = frozenset({"text", "ids", "categories", "authors", "since", "until"})
    default = Place("https://export.arxiv.org", ARXIV)

    def __init__(self, place: Place = default) -> None:
        self.place = place

    def fetch(
        self, query: SourceQuery, client: PoliteClient, state: FetchState
    ) -> Iterator[Fetched]:
        """Yield pages of results; see `NetworkSource.fetch`."""
        must_suit(query, self.accepts)
        ids, asked = asked_ids(query, ("arxiv",)), search_query(query)
        if not ids and not asked:
            raise SourceError("arxiv needs words, categories, authors or ids to search for.")

        def named_ones(some: tuple[str, ...]) -> Page:
            bare = ",".join(x.removeprefix("arxiv:") for x in some)
            return self._page(client, {"id_list": bare, "max_results": str(PAGE)})

        def found_ones(cursor: str, left: int | None) -> Step:
            start = int(cursor) if cursor.isdigit() else 0
            return self._by_query(client, asked, query.sort, start, min(left or PAGE, PAGE))

        step = by_ids(named_ones, ids, PAGE, self.name) if ids else found_ones
        yield from paged(step, state, None if ids else query.limit, self.name)

    def _by_query(self, client: PoliteClient, asked: str, sort: str, start: int, size: int) -> Step:
        order = "relevance" if sort == "relevance" else "submittedDate"
        params = {
            "search_query": asked,
            "start": str(start),
            "max_results": str(size),
            "sortBy": order,
            "sortOrder": "descending",
        }
        for _ in range(_TRIES_OF_AN_EMPTY_PAGE):
            page = self._page(client, params)
            total, found = page.number("total"), len(page.papers) + len(page.refusals)
            if found or not total or start >= total:
                after = start + found
                return Step(page, str(after) if found and total and after < total else "", total)
        raise FetchError(
            f"arxiv sends no results from {start} on, though it says there are {total}."
        )

    def _page(self, client: PoliteClient, params: dict[str, str]) -> Page:
        answer = client.get(f"{self.place.url}/api/query", self.place.pace, params=params)
        return page_of(read_atom([answer.content]))


def search_query(query: SourceQuery) -> str:
    """Return the query in arXiv's syntax; text that already uses it is taken as it is."""
    text = query.text.strip()
    if text and not _FIELD.search(text):
        text = " AND ".join(f"all:{word}" for word in _WORD.findall(text))
    groups = [
        f"({text})" if text else "",
        _any("cat", [category(x) for x in query.categories]),
        _any("au", ['"' + x.replace('"', " ").strip() + '"' for x in query.authors]),
    ]
    if query.since or query.until:
        first, last = query.since or date(1991, 1, 1), query.until or date(2999, 12, 31)
        groups.append(f"submittedDate:[{first:%Y%m%d}0000 TO {last:%Y%m%d}2359]")
    return " AND ".join(x for x in groups if x)


def category(name: str) -> str:
    """Return a category such as ``cs.IR``; raises SourceError for anything else."""
    if not _CATEGORY.fullmatch(name.strip()):
        raise SourceError(f"{name!r} is no category of arXiv; they look like cs.IR or math.")
    return name.strip()


def _any(prefix: str, values: list[str]) -> str:
    joined = " OR ".join(f"{prefix}:{value}" for value in values)
    return f"({joined})" if joined else ""
