"""The page of an article saved as HTML: what its ``citation_*`` and Dublin Core tags say.

Publishers, arXiv, the ACL Anthology and repositories put them into the head for
indexes to read. Tags are found by pattern and not by `html.parser`, whose time
grows with the square of a malformed page.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from recommender.domain import Author
from recommender.errors import SourceError
from recommender.sources.file_format import Entry, Refusal
from recommender.sources.parsing.author_names import plain_author
from recommender.sources.parsing.dates import parse_date
from recommender.sources.parsing.reference_record import (
    Reference,
    parse_sorted_name,
    reference_entry,
)
from recommender.sources.text_file import Document

MAX_PAGE = 20_000_000
"""Most characters of a saved page."""

_META = re.compile(
    r"<meta\s((?:[^<>\"']++|\"[^\"]{0,20000}+\"|'[^']{0,20000}+'){1,80}+)>", re.IGNORECASE
)
_ATTRIBUTE = re.compile(
    r"(?<![\w:-])([\w:-]{1,60}+)\s*+=\s*+(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))"
)
_KNOWN = re.compile(r"(?:citation_|dcterms\.|dc\.|dc:|prism\.|eprints\.)(\w{1,60})", re.IGNORECASE)
_RECOGNISED = re.compile(
    r"<meta\s[^<>]{0,200}\b(?:name|property)\s*=\s*[\"']?(?:citation_title|dc\.title|eprints\.title)\b",
    re.IGNORECASE,
)
_VENUES = ("journal_title", "conference_title", "conference", "inbook_title", "publicationname")
_VENUES_OF_OTHERS = ("dissertation_institution", "technical_report_institution", "publisher")
_DATES = ("publication_date", "date", "online_date", "cover_date", "issued", "year")


class WebPage:
    """Reads the one article that a page is about."""

    name = "web-page"
    suffixes = (".html", ".htm", ".xhtml")

    def matches(self, head: str) -> bool:
        """Say whether the page names the title of an article for indexes."""
        return _RECOGNISED.search(head) is not None

    def read(self, document: Document, now: datetime) -> Iterator[Entry | Refusal]:
        """Yield the article, on the line of its first tag; see `FileFormat.read`."""
        page = page_text(document)
        tags, first = _tags(page)
        if tags:
            yield reference_entry(page.count("\n", 0, first) + 1, reference_of_tags(tags))


def page_text(document: Document) -> str:
    """Return a page as text; raises SourceError where it is too long to be one."""
    kept, size = [], 0
    for _, line in document.lines():
        size += len(line) + 1
        if size > MAX_PAGE:
            raise SourceError(f"{document.path} is too long for a page ({MAX_PAGE:,} characters).")
        kept.append(line)
    return "\n".join(kept)


def attributes_of(tag: str) -> dict[str, str]:
    """Return a tag's attributes, names in lower case, entities resolved."""
    found = (match.groups() for match in _ATTRIBUTE.finditer(tag))
    return {
        name.lower(): html.unescape(double or single or bare or "")
        for name, double, single, bare in found
    }


def _tags(page: str) -> tuple[Mapping[str, list[str]], int]:
    """Return the values of the known tags by name, and the place of the first."""
    pairs, first = [], -1
    for meta in _META.finditer(page):
        attributes = attributes_of(meta.group(1))
        name = attributes.get("name") or attributes.get("property", "")
        value = attributes.get("content", "")
        if _KNOWN.fullmatch(name) and value.strip():
            first = meta.start() if first < 0 else first
            pairs.append((name, value))
    return known_tags(pairs), first


def known_tags(pairs: Iterable[tuple[str, str]]) -> Mapping[str, list[str]]:
    """Return the values of the tags for indexes by their names without ``citation_`` or ``dc.``."""
    tags: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in pairs:
        known = _KNOWN.fullmatch(name)
        if known and value.strip():
            tags[known.group(1).lower()].append(value.strip())
    return tags


def reference_of_tags(tags: Mapping[str, list[str]]) -> Reference:
    """Return what the tags of a page say of the article that it is about."""

    def one(*names: str) -> str:
        return next((tags[name][0] for name in names if tags.get(name)), "")

    dois = (x for x in (*tags.get("doi", ()), *tags.get("identifier", ())) if "10." in x)
    addresses = [x for x in tags.get("identifier", ()) if x.startswith("http")]
    journal = one("journal_title", "publicationname")
    return Reference(
        title=one("title"),
        abstract=one("abstract", "description"),
        authors=tuple(
            _authors(tags.get("author") or tags.get("authors") or tags.get("creator") or ())
        ),
        time=parse_date(one(*_DATES)),
        venue=one(*_VENUES) or one(*_VENUES_OF_OTHERS),
        url=one("abstract_html_url", "public_url", "fulltext_html_url") or one("pdf_url"),
        addresses=tuple(addresses),
        kind="article-journal" if journal else ("paper-conference" if one(*_VENUES) else ""),
        doi=next(dois, ""),
        pmid=one("pmid"),
        arxiv=one("arxiv_id"),
    )


def _authors(names: Iterable[str]) -> Iterator[Author]:
    """Yield the authors; either part may stand first, several may share one tag."""
    for name in (x for several in names for x in several.split(";")):
        if name.strip():
            yield parse_sorted_name(name) if "," in name else plain_author(name)
