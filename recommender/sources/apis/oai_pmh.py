"""OAI-PMH 2.0, for harvests: arXiv's repository, and any other that gives Dublin Core.

Format: openarchives.org/OAI/openarchivesprotocol.html; arXiv's at
info.arxiv.org/help/oa. By hand and not through oaipmh-scythe 0.16: its parser
repairs what it gets, so a page cut off in transit has no token, and the harvest
ends as if it were whole (tried); a web page with status 200 is an empty
harvest; a Retry-After that is a date raises ValueError; it sleeps by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from xml.etree.ElementTree import Element

from recommender.errors import FetchError, SourceError
from recommender.sources.apis.base import ApiSource
from recommender.sources.apis.oai_records import arxiv_raw_record, arxiv_record, dublin_core_record
from recommender.sources.client import PoliteClient
from recommender.sources.file_format import Entry, Refusal
from recommender.sources.files.long_tail.crossref_xml import work_of as crossref_work_of
from recommender.sources.files.long_tail.datacite_xml import work_of as datacite_work_of
from recommender.sources.files.long_tail.marc_xml import marc_record
from recommender.sources.pagination import CursorPage, fetch_pages
from recommender.sources.parsing.adapter import (
    DeletedRecord,
    MetadataField,
    ParsedItem,
    ParsedPage,
    collect_page,
    failure_items,
    saved_answer,
)
from recommender.sources.parsing.reference_record import clean_prose, reference_entry
from recommender.sources.parsing.xml_stream import ParseFailure, inner_text, xml_records
from recommender.sources.protocol import Endpoint, FetchedPage, FetchState, SourceQuery
from recommender.sources.rate_limit import ARXIV_RATE, RateLimit, host_rate_limit


def _crossref(line: int, element: Element, identifier: str) -> Entry | Refusal:
    inner = element if element.tag == "crossref" else next(element.iter("crossref"), element)
    return reference_entry(line, crossref_work_of(inner))


def _datacite(line: int, element: Element, identifier: str) -> Entry | Refusal:
    return reference_entry(line, datacite_work_of(next(element.iter("resource"), element)))


FORMS: dict[str, Callable[[int, Element, str], Entry | Refusal]] = {
    "arXiv": arxiv_record,
    "arXivRaw": arxiv_raw_record,
    "dc": dublin_core_record,
    "record": marc_record,
    "crossref": _crossref,
    "doi_records": _crossref,
    "oai_datacite": _datacite,
    "resource": _datacite,
}
"""Name of the element inside ``<metadata>`` to what reads it (line, element, identifier)."""

_SECONDS = 3.0
_SET = re.compile(r"[\w.:+-]{1,100}")
_WANTED = ("record", "resumptionToken", "error", "responseDate")


def read_oai(pieces: Iterable[bytes]) -> Iterator[ParsedItem]:
    """Yield the records of one answer, and the metadata token, total, error and responseDate."""
    for one in xml_records(pieces, _WANTED, ("OAI-PMH", "record")):
        if isinstance(one, ParseFailure):
            yield from failure_items(one)
        elif one.element.tag == "record":
            yield _record(one.line, one.element)
        else:
            yield from _metadata_items(one.line, one.element)


def _metadata_items(line: int, element: Element) -> Iterator[ParsedItem]:
    words = inner_text(element).strip()
    if element.tag == "error":
        code = element.get("code", "") or "an error"
        yield MetadataField("error", code)
        yield Refusal(
            line, f"the repository says {code}" + (f": {clean_prose(words)[:200]}" if words else "")
        )
    elif element.tag == "resumptionToken":
        yield MetadataField("token", words)
        yield MetadataField("total", element.get("completeListSize", ""))
    else:
        yield MetadataField(element.tag, words)


def _record(line: int, record: Element) -> ParsedItem:
    header = record.find("header")
    identifier = inner_text(header.find("identifier")).strip() if header is not None else ""
    if header is not None and header.get("status") == "deleted":
        return DeletedRecord(line, identifier[:200])
    metadata = record.find("metadata")
    inner = next(iter(metadata), None) if metadata is not None else None
    if inner is None:
        return Refusal(line, "it has no metadata")
    if inner.tag not in FORMS:
        return Refusal(line, f"its metadata is <{inner.tag[:40]}>, which is not read; oai_dc is")
    return FORMS[inner.tag](line, inner, identifier)


def _is_oai(head: str) -> bool:
    """Say whether it is an answer of OAI-PMH or a record with its header."""
    return (
        re.search(r"<(?:\w+:)?OAI-PMH\b|<(?:\w+:)?record\b[^<>]*+>\s*+<(?:\w+:)?header\b", head)
        is not None
    )


SAVED_OAI = saved_answer("oai-pmh", _is_oai, read_oai)
"""Reads a saved answer of a repository, or one record of it."""


class OaiPmh(ApiSource):
    """Harvests a repository: all of it, some sets, or what has changed since the last time."""

    name = "oai"
    accepts = frozenset({"categories", "since", "until", "url"})
    default = Endpoint("https://oaipmh.arxiv.org/oai", ARXIV_RATE)

    def _fetch_pages(
        self, query: SourceQuery, client: PoliteClient, state: FetchState
    ) -> Iterator[FetchedPage]:
        url, rate_limit, prefix = self._where(query.url)
        sets = tuple(oai_set(x) for x in query.categories) or ("",)

        def step(cursor: str, left: int | None) -> CursorPage:
            number, _, token = cursor.partition("|")
            place = int(number) if number.isdigit() and int(number) < len(sets) else 0
            first = _first(prefix, sets[place], query, state.since)
            page = _page(client, url, rate_limit, {"resumptionToken": token} if token else first)
            if token and page.metadata.get("error") == "badResumptionToken":
                # Tokens grow old; what was read before is read again, which changes nothing.
                page = _page(client, url, rate_limit, first)
            return _step(page, place, len(sets), url)

        yield from fetch_pages(step, state, query.limit, self.name, resumes=True)

    def _where(self, url: str) -> tuple[str, RateLimit, str]:
        if not url:
            return self.endpoint.url, self.endpoint.rate_limit, "arXiv"
        return url.partition("?")[0], host_rate_limit(url, _SECONDS), "oai_dc"


def oai_set(name: str) -> str:
    """Return a set by arXiv's category (``cs.IR`` is ``cs:cs:IR``) or by its own name.

    Raises SourceError for what can be neither.
    """
    name = name.strip()
    if not _SET.fullmatch(name):
        raise SourceError(
            f"{name!r} is no set of a repository; they look like cs or physics:hep-th."
        )
    archive, dot, subject = name.partition(".")
    return f"{archive}:{archive}:{subject}" if dot and ":" not in name else name


def _first(prefix: str, name: str, query: SourceQuery, since: str) -> dict[str, str]:
    begin = query.since.isoformat() if query.since else since[:10]
    try:
        begin = date.fromisoformat(begin).isoformat()
    except ValueError:
        begin = ""
    given = {
        "metadataPrefix": prefix,
        "set": name,
        "from": begin,
        "until": query.until.isoformat() if query.until else "",
    }
    return {key: value for key, value in given.items() if value}


def _page(
    client: PoliteClient, url: str, rate_limit: RateLimit, params: dict[str, str]
) -> ParsedPage:
    answer = client.get(url, rate_limit, params={"verb": "ListRecords"} | params)
    return collect_page(read_oai([answer.content]))


def _step(page: ParsedPage, place: int, sets: int, url: str) -> CursorPage:
    error = page.metadata.get("error", "")
    if error == "noRecordsMatch":
        page = ParsedPage((), (), page.metadata)
    elif error:
        raise FetchError(f"{url.partition('?')[0]}: {page.refusals[-1].why}.")
    token = page.metadata.get("token", "")
    following = f"{place}|{token}" if token else f"{place + 1}|" if place + 1 < sets else ""
    return CursorPage(page, following, page.number("total"), page.metadata.get("responseDate", ""))
