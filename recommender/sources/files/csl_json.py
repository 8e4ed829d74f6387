"""CSL-JSON: what Zotero, Mendeley, citation processors and DOI services exchange.

Schema: citation-style-language/schema, csl-data.json 1.0.2. Read by hand: it is
plain JSON, and no styling is needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from recommender.domain import Author
from recommender.sources.file_format import Entry, Refusal
from recommender.sources.parsing.dates import When, when
from recommender.sources.parsing.identifier_fields import arxiv_in_note, identifier
from recommender.sources.parsing.json_format import (
    JsonObject,
    first_item,
    inner,
    json_entries,
    objects,
    text,
)
from recommender.sources.parsing.reference_record import Reference, body, entry_of, person, title_of
from recommender.sources.parsing.xml_format import date_of
from recommender.sources.text_file import Document

TYPES = re.compile(
    r"article(-journal|-magazine|-newspaper)?|bill|book|broadcast|chapter|classic|collection"
    r"|dataset|document|entry(-dictionary|-encyclopedia)?|event|figure|graphic|hearing|interview"
    r"|legal_case|legislation|manuscript|map|motion_picture|musical_score|pamphlet"
    r"|paper-conference|patent|performance|periodical|personal_communication|post(-weblog)?"
    r"|regulation|report|review(-book)?|software|song|speech|standard|thesis|treaty|webpage"
)
"""The schema's types of an item."""

_ALIASES = {"journal-article": "article-journal", "proceedings-article": "paper-conference"}
_NAMES = {"id", "issued", "container-title", "author", "editor", "title", "accessed", "note"}
_LISTS = ("items", "input")
_OF_OTHERS = {"itemType", "authorships", "publication_year", "paperId", "corpusId", "profile_id"}
_NOTED = re.compile(r"^\s*(PMID|DOI|arXiv|eprint)\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


class CslJson:
    """Reads an array of items, one item, or an object with the array in ``items``."""

    name = "csl-json"
    suffixes = (".csljson",)

    def matches(self, head: str) -> bool:
        """Say whether the first item has a type and fields as CSL names them."""
        item = first_item(head, _LISTS)
        if _OF_OTHERS & item.keys():
            return False
        if _kind(text(item, "type")):
            return bool(item.keys() & _NAMES)
        dated = isinstance(item.get("issued"), Mapping)
        # An object that fills a line may as well be the first of JSON Lines.
        first_line = head.lstrip("\ufeff \t\r\n").partition("\n")[0]
        is_line = first_line.startswith("{") and first_line.rstrip().endswith("}")
        return dated or (not is_line and {"id", "title"} <= item.keys() <= _NAMES)

    def read(self, document: Document, now: datetime) -> Iterator[Entry | Refusal]:
        """Yield the items by their first lines; see `FileFormat.read`."""
        return json_entries(document, _LISTS, _entry)


def _entry(line: int, item: JsonObject) -> Iterator[Entry | Refusal]:
    noted = {key.lower(): value for key, value in _NOTED.findall(text(item, "note"))}
    kept = inner(item, "custom").get("identifiers")
    identifiers = [x for x in kept if isinstance(x, str)] if isinstance(kept, list) else []
    is_arxiv = text(item, "archive", "publisher").lower() == "arxiv"
    reference = Reference(
        title=title_of(text(item, "title"), text(item, "subtitle")),
        abstract=text(item, "abstract"),
        authors=tuple(csl_name(x) for x in objects(item, "author")),
        time=csl_time(inner(item, "issued")),
        venue=text(item, "container-title") or text(item, "publisher"),
        url=text(item, "URL"),
        kind=_kind(text(item, "type")),
        doi=text(item, "DOI") or noted.get("doi", ""),
        pmid=text(item, "PMID") or noted.get("pmid", ""),
        arxiv=text(item, "archive_location") if is_arxiv else noted.get("arxiv", ""),
        identifiers=(
            arxiv_in_note(text(item, "number")),
            identifier(text(item, "id")) if ":" in text(item, "id") else "",
            *map(identifier, identifiers),
        ),
    )
    yield entry_of(line, reference)


def _kind(name: str) -> str:
    """Return a type of the schema, also where it is called as Crossref calls it, or ``""``.

    A ``document`` is what has no type: the schema wants one of every item.
    """
    if name == "document":
        return ""
    return _ALIASES.get(name, name if TYPES.fullmatch(name) else "")


def csl_name(name: JsonObject) -> Author:
    """Return a name; a particle that sorting drops stays with the given name."""
    if literal := text(name, "literal", "name"):
        return body(literal)
    family = text(name, "family")
    given = f"{text(name, 'given')} {text(name, 'dropping-particle')}".strip()
    if not family:
        return body(given)
    return person(family, given, text(name, "non-dropping-particle"), text(name, "suffix"))


def csl_time(date: JsonObject) -> When:
    """Return the first day of a date in parts, or what its text says."""
    several = date.get("date-parts")
    parts = several[0] if isinstance(several, list) and several else None
    if isinstance(parts, list) and parts:
        known = [str(x) for x in parts[:3] if isinstance(x, str | int)]
        found = when(date_of(*known)) if known else When()
        if found.year is not None:
            return found
    year = text(date, "year")
    plain = date_of(year, text(date, "month"), text(date, "day")) if year else ""
    return when(text(date, "raw", "literal") or plain)
