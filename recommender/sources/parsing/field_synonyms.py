"""Records of named fields (a JSON object, a row of a table) as papers. Pure.

Names are matched without regard to case, spaces, hyphens and underscores, with
the synonyms of the exports in use. Fields of no meaning here are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache

from recommender.domain import NO_DETAILS, Details, Listing, Paper, StatusStatement
from recommender.domain.citation_keys import is_citation_key
from recommender.sources.bounds import why_too_long
from recommender.sources.file_format import Entry, Refusal, Unread, entry_or_refusal
from recommender.sources.parsing.author_names import plain_authors
from recommender.sources.parsing.clean_text import plain_text, without_control
from recommender.sources.parsing.dates import PartialDate, parse_date, parse_part_of_year
from recommender.sources.parsing.identifier_fields import (
    identifier_in_url,
    known_identifiers,
    parse_identifier,
    scheme_identifier,
    web_address,
)
from recommender.sources.parsing.latex import unescape_latex
from recommender.sources.parsing.reference_record import LINES, page_range, unread_date
from recommender.sources.parsing.status_fields import stated, type_statements

DAILY_PAPERS = "hf-daily-papers"
"""Name of the source whose days stand in ``daily`` and on the saved pages."""

SYNONYMS = {
    "title": "title, paper title, article title, document title, primary title, ti",
    "abstract": "abstract, abstract note, notes abstract, summary, ab",
    "authors": "authors, author, author names, author full names, first authors, creators, au",
    "published": "published, published at, publication date, date published, date",
    "year": "year, publication year, published year, py",
    "daily": "daily, featured, listed at",
    "upvotes": "upvotes",
    "citations": "citations, citation count, citationcount, n citation, cited by, cited by count, "
    "times cited, cites, is referenced by count",
    "venue": "venue, journal, journal title, publication title, source title, container title, "
    "booktitle, book title, conference, proceedings, so",
    "url": "url, link",
    "id": "id, paper id, identifier",
    "doi": "doi, di",
    "arxiv": "arxiv, arxiv id, eprint",
    "acl": "acl, acl id, anthology id",
    "openreview": "openreview, openreview id",
    "pmid": "pmid, pubmed id, pm",
    "openalex": "openalex, openalex id",
    "s2": "s2, s2 id",
    "identifiers": "identifiers",
    "kind": "kind",
    "listings": "listings",
    "version": "version",
    "versions": "versions",
    "summarised": "abstract is summary",
    "status": "status, publication status, publication stage",
    "record type": "record type, document type, publication type, dt",
    "statements": "statements",
    "notice": "notice",
    "citation_key": "citation key, citekey, bibtex key",
    "month": "month",
    "volume": "volume, vol",
    "number": "number, issue",
    "pages": "pages, page range",
    "publisher": "publisher",
    "place": "place, publisher place, place published",
    "series": "series, series title",
    "edition": "edition",
    "genre": "genre",
    "issn": "issn",
    "isbn": "isbn",
    "keywords": "keywords, author keywords",
    "source_note": "source note",
    "files": "files, file attachments",
}
"""Our name of a field to the names by which it goes, the likeliest first."""

_OURS = {name: ours for ours, names in SYNONYMS.items() for name in names.split(", ")}
_DETAILED = frozenset((*LINES, "month", "keywords", "source_note", "files"))
_STATED = frozenset(("statements", "status", "record type", "notice"))
_SCHEMES = ("doi", "arxiv", "acl", "openreview", "pmid", "openalex", "s2")
_MAX_CHARACTERS = 400
_GAPS = re.compile(r"[\s_-]+")
_VERSION = re.compile(r"v?([1-9]\d?)")
_KIND = re.compile(r"[a-z][a-z_-]{0,40}")


@lru_cache(maxsize=1_000)
def field_of(name: str) -> str:
    """Return our name of a field called `name`, or ``""``."""
    return _OURS.get(_GAPS.sub(" ", name.strip().strip("\ufeff\"'")).strip().lower(), "")


MAX_VERSIONS = 100
"""Versions read of one record."""


def entry_from(line: int, record: Mapping[str, object]) -> Entry | Refusal:
    """Return the paper that a record describes, or why it describes none.

    A field that cannot be understood (a year of letters, a negative number of
    votes) is left out; a title or abstract that is not text refuses the record.
    """
    fields = _named(record)
    if why := why_too_long(fields):
        return Refusal(line, why)
    for name in ("title", "abstract"):
        if not isinstance(fields.get(name, ""), str):
            return Refusal(line, f"its {name} is not text")
    authors = plain_authors(fields.get("authors"))
    if authors is None:
        return Refusal(line, "its authors are neither text nor a list of names")
    time = _time(fields)
    key = _text(fields, "citation_key").strip()
    paper = Paper(
        title=_prose(fields, "title"),
        abstract=_prose(fields, "abstract"),
        authors=authors,
        year=time.year,
        published_at=time.at,
        venue=_prose(fields, "venue")[:_MAX_CHARACTERS],
        url=web_address(_text(fields, "url")),
        kind=_kind(_text(fields, "kind")),
        identifiers=known_identifiers(_identifiers(fields)),
        listings=tuple(_listings(fields)),
        abstract_is_summary=fields.get("summarised") in (True, "true"),
        version=_version(_text(fields, "version")),
        versions=_versions(line, fields.get("versions")),
        statements=_statements(fields),
        citation_key=key if is_citation_key(key) else "",
        details=_details(fields, time),
        citations=_count(fields.get("citations")),
    )
    unread = [*unread_date(_text(fields, "published") or _text(fields, "year"), time)]
    if key and not paper.citation_key:
        unread.append(Unread("key", key))
    if (address := _text(fields, "url").strip()) and not paper.url:
        unread.append(Unread("address", address))
    return entry_or_refusal(line, paper, tuple(unread))


def _details(fields: Mapping[str, object], time: PartialDate) -> Details:
    month = "" if time.at else time.month or _prose(fields, "month")[:_MAX_CHARACTERS]
    if not month and _DETAILED.isdisjoint(fields):
        return NO_DETAILS
    lines = {x: _prose(fields, x)[:_MAX_CHARACTERS] for x in LINES if x in fields}
    if "pages" in lines:
        lines["pages"] = page_range(lines["pages"])
    return Details(
        **{**lines, "month": month},
        keywords=tuple(dict.fromkeys(_several(fields, "keywords"))),
        note=_prose(fields, "source_note"),
        files=tuple(_several(fields, "files")),
    )


def _several(fields: Mapping[str, object], name: str) -> Iterator[str]:
    """Yield the values of a list, or of a text with ``;`` between them."""
    given = fields.get(name)
    if isinstance(given, str):
        separator = ";" if ";" in given or name == "files" else ","
        given = given.split(separator)
    for one in given if isinstance(given, list) else ():
        if isinstance(one, str) and (text := plain_text(one)):
            yield text


def _version(text: str) -> int | None:
    found = _VERSION.fullmatch(text.strip())
    return int(found.group(1)) if found else None


def _versions(line: int, given: object) -> tuple[Paper, ...]:
    """Return the versions that our own export wrote; what is none is left out."""
    records = given if isinstance(given, list) else []
    plain = (
        {k: v for k, v in x.items() if k != "versions"}
        for x in records[:MAX_VERSIONS]
        if isinstance(x, Mapping)
    )
    entries = (entry_from(line, x) for x in plain)
    return tuple(x.paper for x in entries if isinstance(x, Entry))


def _named(record: Mapping[str, object]) -> dict[str, object]:
    """Return the record under our names; of several synonyms the first that is filled."""
    fields: dict[str, object] = {}
    for name, value in record.items():
        ours = field_of(name)
        if ours and value not in (None, "", [], {}) and ours not in fields:
            fields[ours] = value
    return fields


def _statements(fields: Mapping[str, object]) -> tuple[StatusStatement, ...]:
    """Return our own statements, else the words of our tables, else a type of document."""
    if _STATED.isdisjoint(fields):
        return ()
    record_type, notice = _text(fields, "record type"), web_address(_text(fields, "notice"))
    own = tuple(stated(fields.get("statements"), _text(fields, "status"), record_type, notice))
    return own or tuple(type_statements(record_type.split(";"), "file"))


def _text(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name)
    if value is None or isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return without_control(str(value))


def _prose(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name, "")
    if isinstance(value, str) and "\\" not in value:
        return plain_text(value)
    return plain_text(unescape_latex(_text(fields, name)))


def _kind(text: str) -> str:
    return text if _KIND.fullmatch(text) else ""


def _time(fields: Mapping[str, object]) -> PartialDate:
    published, year = parse_date(_text(fields, "published")), parse_date(_text(fields, "year"))
    if published.year is None or (year.year not in (None, published.year)):
        published = PartialDate(year.year or published.year, published.at, year.month, year.partial)
    if published.at is None and published.year is not None:
        named = parse_part_of_year(published.year, _prose(fields, "month")[:_MAX_CHARACTERS])
        if named.at is not None and not named.partial:  # "05 August" beside the year
            return named
    return published


def _identifiers(fields: Mapping[str, object]) -> Iterator[str]:
    yield parse_identifier(_text(fields, "id"))
    if "url" in fields:
        yield identifier_in_url(_text(fields, "url"))
    for scheme in _SCHEMES:
        if scheme in fields:
            yield scheme_identifier(scheme, _text(fields, scheme))
    several = fields.get("identifiers")
    if isinstance(several, str):
        several = several.split()
    for one in several if isinstance(several, list) else ():
        yield parse_identifier(without_control(one)) if isinstance(one, str) else ""


def _listings(fields: Mapping[str, object]) -> Iterator[Listing]:
    if day := parse_date(_text(fields, "daily")).at:
        yield Listing(DAILY_PAPERS, day, upvotes=_count(fields.get("upvotes")))
    several = fields.get("listings")
    for one in several if isinstance(several, list) else ():
        if isinstance(one, Mapping) and _prose(one, "source"):
            yield _listing(one)


def _listing(one: Mapping[str, object]) -> Listing:
    day: datetime | None = parse_date(_text(one, "listed_at") or _text(one, "listed")).at
    return Listing(
        source=_prose(one, "source")[:_MAX_CHARACTERS],
        listed_at=day,
        byline=_prose(one, "byline")[:_MAX_CHARACTERS],
        origin=_prose(one, "origin")[:_MAX_CHARACTERS],
        upvotes=_count(one.get("upvotes")),
    )


def _count(value: object) -> int | None:
    text = str(value).strip() if isinstance(value, str | int) else ""
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None
