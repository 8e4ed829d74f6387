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
from datetime import date
from xml.etree.ElementTree import Element

from recommender.domain.identifiers import normalise_arxiv
from recommender.errors import FetchError, SourceError
from recommender.sources.apis.base import PAGE_SIZE, SearchApi
from recommender.sources.client import PoliteClient
from recommender.sources.file_format import Entry, Refusal
from recommender.sources.pagination import CursorPage
from recommender.sources.parsing.adapter import (
    MetadataField,
    ParsedItem,
    ParsedPage,
    collect_page,
    failure_items,
    nonempty_authors,
    parse_author,
    saved_answer,
)
from recommender.sources.parsing.dates import PartialDate, parse_date
from recommender.sources.parsing.reference_record import Reference, clean_prose, reference_entry
from recommender.sources.parsing.status_fields import remark_statements
from recommender.sources.parsing.xml_format import root_element
from recommender.sources.parsing.xml_stream import ParseFailure, inner_text, xml_records
from recommender.sources.protocol import Endpoint, SourceQuery
from recommender.sources.rate_limit import ARXIV_RATE

_EMPTY_PAGE_ATTEMPTS = 3
_FIELD = re.compile(r"\b(?:ti|au|abs|co|jr|cat|rn|all|submittedDate):")
_WORD = re.compile(r'"[^"]+"|[^\s"]+')
_CATEGORY = re.compile(r"[a-z][a-z-]*(?:\.[A-Za-z-]+)?")


def read_atom(pieces: Iterable[bytes]) -> Iterator[ParsedItem]:
    """Yield the papers of an answer of the search API, and the mark ``total``."""
    for one in xml_records(pieces, ("entry", "totalResults"), ("feed",)):
        if isinstance(one, ParseFailure):
            yield from failure_items(one)
        elif one.element.tag == "totalResults":
            yield MetadataField("total", inner_text(one.element).strip())
        else:
            yield _entry(one.line, one.element)


def _entry(line: int, entry: Element) -> Entry | Refusal:
    address = inner_text(entry.find("id")).strip()
    if "/api/errors" in address:
        return Refusal(line, f"arXiv says: {clean_prose(inner_text(entry.find('summary')))[:300]}")
    arxiv_id = normalise_arxiv(address)
    if not arxiv_id:
        return Refusal(line, "it has no arXiv id")
    time = parse_date(inner_text(entry.find("published")))
    reference = Reference(
        title=inner_text(entry.find("title")),
        abstract=inner_text(entry.find("summary")),
        authors=nonempty_authors(
            parse_author(inner_text(x.find("name"))) for x in entry.findall("author")
        ),
        time=PartialDate(time.year or id_year(arxiv_id), time.at),
        venue=inner_text(entry.find("journal_ref")),
        url=paper_url(arxiv_id),
        kind="article",
        doi=inner_text(entry.find("doi")),
        statements=tuple(remark_statements(inner_text(entry.find("comment")), "arxiv")),
        version=version_in(address),
    )
    return reference_entry(line, reference)


def version_in(text: str) -> int | None:
    """Return the version that an id or address of arXiv ends in (2 for ``v2``), or None."""
    found = re.search(r"\dv([1-9]\d{0,2})$", text.strip()[-20:])
    return int(found.group(1)) if found else None


def paper_url(arxiv_id: str) -> str:
    """Return the address of a paper's page, without a version."""
    return "https://arxiv.org/abs/" + arxiv_id.removeprefix("arxiv:")


def id_year(arxiv_id: str) -> int | None:
    """Return the year in which arXiv gave out an id (1991 to 2090), or None."""
    digits = re.search(r"(?:^|:|/)(\d\d)\d\d", arxiv_id)
    if digits is None:
        return None
    two = int(digits.group(1))
    return 1900 + two if two > 90 else 2000 + two


def _is_arxiv_atom(head: str) -> bool:
    """Say whether it is an Atom feed of arXiv's search."""
    ours = re.search(r"arxiv\.org/(?:schemas/atom|api/(?:query|errors))|/arxiv\.org/api/", head)
    return root_element(head)[0] == "feed" and ours is not None


SAVED_ATOM = saved_answer("arxiv-atom", _is_arxiv_atom, read_atom)
"""Reads a saved answer of the search API."""


class ArxivSearch(SearchApi):
    """Asks the search API by words, categories, authors, days or ids."""

    name = "arxiv"
    accepts = frozenset({"text", "ids", "categories", "authors", "since", "until"})
    default = Endpoint("https://export.arxiv.org", ARXIV_RATE)

    id_schemes = ("arxiv",)
    batch_size = PAGE_SIZE
    requires = "words, categories, authors or ids"

    def _has_search(self, query: SourceQuery) -> bool:
        return bool(search_query(query))

    def _look_up(self, client: PoliteClient, ids: tuple[str, ...]) -> ParsedPage:
        bare = ",".join(x.removeprefix("arxiv:") for x in ids)
        return self._page(client, {"id_list": bare, "max_results": str(PAGE_SIZE)})

    def _search(
        self, client: PoliteClient, query: SourceQuery, cursor: str, size: int
    ) -> CursorPage:
        start = int(cursor) if cursor.isdigit() else 0
        params = {
            "search_query": search_query(query),
            "start": str(start),
            "max_results": str(size),
            "sortBy": "relevance" if query.sort == "relevance" else "submittedDate",
            "sortOrder": "descending",
        }
        for _ in range(_EMPTY_PAGE_ATTEMPTS):
            page = self._page(client, params)
            total, n_items = page.number("total"), len(page.papers) + len(page.refusals)
            if n_items or not total or start >= total:
                after = start + n_items
                more = n_items and total and after < total
                return CursorPage(page, str(after) if more else "", total)
        raise FetchError(
            f"arxiv sends no results from {start} on, though it says there are {total}."
        )

    def _page(self, client: PoliteClient, params: dict[str, str]) -> ParsedPage:
        answer = client.get(
            f"{self.endpoint.url}/api/query", self.endpoint.rate_limit, params=params
        )
        return collect_page(read_atom([answer.content]))


def search_query(query: SourceQuery) -> str:
    """Return the query in arXiv's syntax; text that already uses it is taken as it is."""
    text = query.text.strip()
    if text and not _FIELD.search(text):
        text = " AND ".join(f"all:{word}" for word in _WORD.findall(text))
    groups = [
        f"({text})" if text else "",
        _any("cat", [check_category(x) for x in query.categories]),
        _any("au", ['"' + x.replace('"', " ").strip() + '"' for x in query.authors]),
    ]
    if query.since or query.until:
        first, last = query.since or date(1991, 1, 1), query.until or date(2999, 12, 31)
        groups.append(f"submittedDate:[{first:%Y%m%d}0000 TO {last:%Y%m%d}2359]")
    return " AND ".join(x for x in groups if x)


def check_category(name: str) -> str:
    """Return a category such as ``cs.IR``; raises SourceError for anything else."""
    if not _CATEGORY.fullmatch(name.strip()):
        raise SourceError(f"{name!r} is no category of arXiv; they look like cs.IR or math.")
    return name.strip()


def _any(prefix: str, values: list[str]) -> str:
    joined = " OR ".join(f"{prefix}:{value}" for value in values)
    return f"({joined})" if joined else ""
