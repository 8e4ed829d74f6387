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

from recommender.domain import Author, StatusStatement
from recommender.domain.identifiers import normalise_arxiv, normalise_doi
from recommender.domain.status import OTHER
from recommender.errors import FetchError
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
    as_texts,
    author_from_parts,
    collect_page,
    failure_items,
    nonempty_authors,
    saved_answer,
)
from recommender.sources.parsing.dates import PartialDate, parse_date
from recommender.sources.parsing.jats import jats_abstract
from recommender.sources.parsing.json_stream import JsonItem, JsonStream, begins_json
from recommender.sources.parsing.reference_record import (
    Reference,
    corporate_author,
    join_title,
    reference_entry,
)
from recommender.sources.parsing.status_fields import (
    MAX_STATEMENTS,
    relation_statements,
    type_statements,
    update_to,
    updated_by,
)
from recommender.sources.parsing.version_relations import related_versions, typed_identifier
from recommender.sources.protocol import Endpoint, SourceQuery
from recommender.sources.rate_limit import RateLimit

FIELDS = (
    "DOI,URL,title,subtitle,author,container-title,group-title,event,issued,published-online,"
    "published-print,abstract,type,relation,update-to,is-referenced-by-count"
)
"""The fields asked for in a search; the lists of references are the most of a work.

``updated-by``, which says that a work is retracted, cannot be among them: a look-up by
identifier asks for whole works, and they have it.
"""

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
_NO_WORKS = frozenset(
    {"component", "journal", "journal-issue", "journal-volume", "book-series", "report-series"}
    | {"proceedings-series"}
)
_DAYS = ("issued", "published-online", "published-print")
_EXPIRED = (400, 404, 410)


def read_works(content: bytes | Iterable[bytes]) -> Iterator[ParsedItem]:
    """Yield the works of an answer, and the metadata total and cursor."""
    answer = JsonStream(content, ("items",), ("message",))
    for one in answer:
        if isinstance(one, JsonItem):
            yield _work(one.line, as_mapping(one.value))
        else:
            yield from failure_items(one)
    yield MetadataField("total", as_text(answer.meta.get("total-results")))
    yield MetadataField("cursor", as_text(answer.meta.get("next-cursor")))


def _work(line: int, value: Mapping[str, object]) -> Entry | Refusal:
    """Return the work of a list, or that of an answer about one; or what Crossref says instead."""
    if value.get("status") == "failed":
        messages = [as_text(x.get("message")) for x in as_mappings(value.get("message"))]
        return Refusal(line, f"Crossref says: {' '.join(messages)[:200] or 'it failed'}")
    work = as_mapping(value["message"]) if "message" in value else value
    reference = Reference(
        title=join_title(*as_texts(work.get("title"))[:1], *_subtitle(work)),
        abstract=jats_abstract(as_text(work.get("abstract"))),
        authors=nonempty_authors(map(_author, as_mappings(work.get("author")))),
        time=_time(work),
        venue=_venue(work),
        url=as_text(work.get("URL")),
        kind=_KINDS.get(as_text(work.get("type")), ""),
        doi=as_text(work.get("DOI")),
        identifiers=tuple(_preprints(work)),
        related=tuple(related_versions(_relations(work))),
        statements=tuple(_statements(work)),
        citations=as_count(work.get("is-referenced-by-count")),
    )
    return reference_entry(line, reference)


def _subtitle(work: Mapping[str, object]) -> list[str]:
    """Return the subtitle, unless the title already ends in it."""
    title, subtitle = (as_texts(work.get(x))[:1] for x in ("title", "subtitle"))
    repeated = bool(title and subtitle) and title[0].lower().endswith(subtitle[0].lower().strip())
    return [] if repeated else subtitle


def _author(one: Mapping[str, object]) -> Author:
    if not one.get("family"):
        return corporate_author(as_text(one.get("name")) or as_text(one.get("given")))
    return author_from_parts(
        as_text(one.get("family")), as_text(one.get("given")), as_text(one.get("suffix"))
    )


def _time(work: Mapping[str, object]) -> PartialDate:
    """Return the day of issue; where only its year is known, another day of that year."""
    days = [parse_date(_date(as_mapping(work.get(name)))) for name in _DAYS]
    known = [x for x in days if x.year is not None]
    if not known:
        return PartialDate()
    return next((x for x in known if x.at is not None and x.year == known[0].year), known[0])


def _date(value: Mapping[str, object]) -> str:
    outer = value.get("date-parts")
    inner = outer[0] if isinstance(outer, list) and outer and isinstance(outer[0], list) else []
    numbers = [as_text(x) for x in inner[:3]]
    if not all(x.isdecimal() for x in numbers):
        return ""
    return "-".join(x.zfill(2) for x in numbers)


def _venue(work: Mapping[str, object]) -> str:
    venues = as_texts(work.get("container-title")) + as_texts(work.get("group-title"))
    return next(
        (x for x in venues if x.strip()), as_text(as_mapping(work.get("event")).get("name"))
    )


def _relations(work: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield each relation and update of the work, and the identifier at its other end."""
    for kind, others in as_mapping(work.get("relation")).items():
        yield from ((kind, _other(one)) for one in as_mappings(others))
    for name in ("update-to", "updated-by"):
        yield from map(_update, as_mappings(work.get(name)))


def _other(one: Mapping[str, object]) -> str:
    """Return the identifier at the other end of a relation."""
    return typed_identifier(as_text(one.get("id-type")), as_text(one.get("id")))


def _preprints(work: Mapping[str, object]) -> Iterator[str]:
    """Yield the arXiv ids under which the same work stands as a preprint."""
    for one in as_mappings(as_mapping(work.get("relation")).get("has-preprint")):
        name = as_text(one.get("id"))
        found = normalise_arxiv(name) or normalise_doi(name)
        if found.startswith("arxiv:"):
            yield found


def _statements(work: Mapping[str, object]) -> Iterator[StatusStatement]:
    """Yield what the work's updates, relations and type say of it and of others."""
    own = as_text(work.get("DOI"))
    kind = as_text(work.get("type"))
    yield from type_statements([kind], "crossref")
    if kind in _NO_WORKS:
        yield StatusStatement(OTHER, "crossref")
    for one in as_mappings(work.get("updated-by"))[:MAX_STATEMENTS]:
        kind, notice = _update(one)
        said = updated_by(kind, notice, "crossref", _day(one))
        if said is not None:
            yield said
    for one in as_mappings(work.get("update-to"))[:MAX_STATEMENTS]:
        kind, other = _update(one)
        yield from update_to(kind, other, own, "crossref", _day(one))
    for name, others in as_mapping(work.get("relation")).items():
        for one in as_mappings(others)[:MAX_STATEMENTS]:
            yield from relation_statements(name, _other(one), own, "crossref")


def _update(one: Mapping[str, object]) -> tuple[str, str]:
    """Return the kind of an update, and the DOI at its other end."""
    return as_text(one.get("type")) or as_text(one.get("label")), as_text(one.get("DOI"))


def _day(update: Mapping[str, object]) -> datetime | None:
    """Return the day of an update."""
    updated = as_mapping(update.get("updated"))
    return parse_date(_date(updated) or as_text(updated.get("date-time"))).at


def _is_crossref(head: str) -> bool:
    """Say whether it begins like an answer of the API."""
    named = re.search(r'"message-type"\s*:|"status"\s*:\s*"(?:ok|failed)"', head)
    return named is not None and begins_json(head)


SAVED_WORKS = saved_answer("crossref", _is_crossref, read_works)
"""Reads a saved answer about one work or a list of them."""


class Crossref(SearchApi):
    """Asks for works by words, names, days or DOIs."""

    name = "crossref"
    accepts = frozenset({"text", "ids", "authors", "since", "until"})
    default = Endpoint("https://api.crossref.org", RateLimit("crossref", 1.0))

    id_schemes = ("doi",)
    batch_size = 20
    requires = "words, authors, days or DOIs"

    def _look_up(self, client: PoliteClient, ids: tuple[str, ...]) -> ParsedPage:
        dois = ",".join(x for x in ids if "," not in x)
        return self._page(client, {"filter": dois, "rows": str(self.batch_size)}, whole=True)

    def _search(
        self, client: PoliteClient, query: SourceQuery, cursor: str, size: int
    ) -> CursorPage:
        params = _search_params(query) | {"rows": str(size)}
        try:
            page = self._page(client, params | {"cursor": cursor or "*"})
        except FetchError as error:
            if not cursor or error.status not in _EXPIRED:
                raise
            # Cursors expire within minutes; a run resumed later starts from the first page.
            page = self._page(client, params | {"cursor": "*"})
        full = len(page.papers) + len(page.refusals) >= size
        following = page.metadata.get("cursor", "") if full else ""
        return CursorPage(page, following, page.number("total"))

    def _page(
        self, client: PoliteClient, params: dict[str, str], *, whole: bool = False
    ) -> ParsedPage:
        headers = (
            {"Crossref-Plus-API-Token": f"Bearer {self.endpoint.key}"} if self.endpoint.key else {}
        )
        url, fields = f"{self.endpoint.url}/works", {} if whole else {"select": FIELDS}
        answer = client.get(url, self.endpoint.rate_limit, params=params | fields, headers=headers)
        return collect_page(read_works(answer.content))


def _search_params(query: SourceQuery) -> dict[str, str]:
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
