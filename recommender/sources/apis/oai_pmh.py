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
from datetime import date, datetime
from xml.etree.ElementTree import Element

from recommender.errors import FetchError, SourceError
from recommender.sources.apis.oai_records import arxiv_raw_record, arxiv_record, dublin_core_record
from recommender.sources.client import PoliteClient
from recommender.sources.file_format import Entry, Refusal
from recommender.sources.files.crossref_xml import work_of as crossref_work_of
from recommender.sources.files.datacite_xml import work_of as datacite_work_of
from recommender.sources.files.marc_xml import marc_record
from recommender.sources.pagination import Step, paged
from recommender.sources.parsing.adapter import (
    Found,
    Mark,
    Page,
    Withdrawn,
    broken,
    entries_of,
    page_of,
)
from recommender.sources.parsing.reference_record import entry_of, prose
from recommender.sources.parsing.xml_stream import Broken, text_of, xml_records
from recommender.sources.protocol import Fetched, FetchState, Place, SourceQuery, must_suit
from recommender.sources.rate_limit import ARXIV, Pace, host_pace
from recommender.sources.text_file import Document


def _crossref(line: int, element: Element, identifier: str) -> Entry | Refusal:
    inner = element if element.tag == "crossref" else next(element.iter("crossref"), element)
    return entry_of(line, crossref_work_of(inner))


def _datacite(line: int, element: Element, identifier: str) -> Entry | Refusal:
    return entry_of(line, datacite_work_of(next(element.iter("resource"), element)))


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


def read_oai(pieces: Iterable[bytes]) -> Iterator[Found]:
    """Yield the records of one answer, and the marks token, total, error and responseDate."""
    for one in xml_records(pieces, _WANTED, ("OAI-PMH", "record")):
        if isinstance(one, Broken):
            yield from broken(one)
        elif one.element.tag == "record":
            yield _record(one.line, one.element)
        else:
            yield from _said(one.line, one.element)


def _said(line: int, element: Element) -> Iterator[Found]:
    words = text_of(element).strip()
    if element.tag == "error":
        code = element.get("code", "") or "an error"
        yield Mark("error", code)
        yield Refusal(
            line, f"the repository says {code}" + (f": {prose(words)[:200]}" if words else "")
        )
    elif element.tag == "resumptionToken":
        yield Mark("token", words)
        yield Mark("total", element.get("completeListSize", ""))
    else:
        yield Mark(element.tag, words)


def _record(line: int, record: Element) -> Found:
    header = record.find("header")
    identifier = text_of(header.find("identifier")).strip() if header is not None else ""
    if header is not None and header.get("status") == "deleted":
        return Withdrawn(line, identifier[:200])
    metadata = record.find("metadata")
    inner = next(iter(metadata), None) if metadata is not None else None
    if inner is None:
        return Refusal(line, "it has no metadata")
    if inner.tag not in FORMS:
        return Refusal(line, f"its metadata is <{inner.tag[:40]}>, which is not read; oai_dc is")
    return FORMS[inner.tag](line, inner, identifier)


class OaiFile:
    """Reads a saved answer of a repository, or one record of it."""

    name = "oai-pmh"
    suffixes: tuple[str, ...] = ()

    def matches(self, head: str) -> bool:
        """Say whether it is an answer of OAI-PMH or a record with its header."""
        return (
            re.search(r"<(?:\w+:)?OAI-PMH\b|<(?:\w+:)?record\b[^>]*>\s*<(?:\w+:)?header\b", head)
            is not None
        )

    def read(self, document: Document, now: datetime) -> Iterator[Entry | Refusal]:
        """Yield an entry a record; see `FileFormat.read`."""
        yield from entries_of(read_oai(document.pieces()))


class OaiPmh:
    """Harvests a repository: all of it, some sets, or what has changed since the last time."""

    name = "oai"
    accepts = frozenset({"categories", "since", "until", "url"})
    default = Place("https://oaipmh.arxiv.org/oai", ARXIV)

    def __init__(self, place: Place = default) -> None:
        self.place = place

    def fetch(
        self, query: SourceQuery, client: PoliteClient, state: FetchState
    ) -> Iterator[Fetched]:
        """Yield pages of records; the cursor is ``<number of the set>|<token>``."""
        must_suit(query, self.accepts)
        url, pace, prefix = self._where(query.url)
        sets = tuple(oai_set(x) for x in query.categories) or ("",)

        def step(cursor: str, left: int | None) -> Step:
            number, _, token = cursor.partition("|")
            place = int(number) if number.isdigit() and int(number) < len(sets) else 0
            first = _first(prefix, sets[place], query, state.since)
            page = _page(client, url, pace, {"resumptionToken": token} if token else first)
            if token and page.marks.get("error") == "badResumptionToken":
                # Tokens grow old; what was read before is read again, which changes nothing.
                page = _page(client, url, pace, first)
            return _step(page, place, len(sets), url)

        yield from paged(step, state, query.limit, self.name, resumes=True)

    def _where(self, url: str) -> tuple[str, Pace, str]:
        if not url:
            return self.place.url, self.place.pace, "arXiv"
        return url.partition("?")[0], host_pace(url, _SECONDS), "oai_dc"


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


def _page(client: PoliteClient, url: str, pace: Pace, params: dict[str, str]) -> Page:
    answer = client.get(url, pace, params={"verb": "ListRecords"} | params)
    return page_of(read_oai([answer.content]))


def _step(page: Page, place: int, sets: int, url: str) -> Step:
    error = page.marks.get("error", "")
    if error == "noRecordsMatch":
        page = Page((), (), page.marks)
    elif error:
        raise FetchError(f"{url.partition('?')[0]}: {page.refusals[-1].why}.")
    token = page.marks.get("token", "")
    following = f"{place}|{token}" if token else f"{place + 1}|" if place + 1 < sets else ""
    return Step(page, following, page.number("total"), page.marks.get("responseDate", ""))
