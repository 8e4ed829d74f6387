"""CSL-JSON: what Zotero, Mendeley, citation processors and DOI services exchange.

Schema: citation-style-language/schema, csl-data.json 1.0.2. Read by hand: it is
plain JSON, and no styling is needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from recommender.domain import Author, StatusStatement
from recommender.sources.file_format import Entry, Refusal
from recommender.sources.parsing.dates import PartialDate, parse_date
from recommender.sources.parsing.identifier_fields import arxiv_in_note, parse_identifier
from recommender.sources.parsing.json_format import (
    JsonObject,
    field_object,
    field_objects,
    field_text,
    first_item,
    json_format,
)
from recommender.sources.parsing.reference_record import (
    Reference,
    corporate_author,
    join_title,
    personal_author,
    reference_entry,
)
from recommender.sources.parsing.status_fields import remark_statements, stated
from recommender.sources.parsing.xml_format import date_text

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
_NOTED = re.compile(
    r"^[ \t]*+(PMID|DOI|arXiv|eprint)[ \t]*+:[ \t]*+(\S++)", re.IGNORECASE | re.MULTILINE
)


def _matches(head: str) -> bool:
    """Say whether the first item has a type and fields as CSL names them."""
    item = first_item(head, _LISTS)
    if _OF_OTHERS & item.keys():
        return False
    if _kind(field_text(item, "type")):
        return bool(item.keys() & _NAMES)
    dated = isinstance(item.get("issued"), Mapping)
    # An object that fills a line may as well be the first of JSON Lines.
    first_line = head.lstrip("\ufeff \t\r\n").partition("\n")[0]
    is_line = first_line.startswith("{") and first_line.rstrip().endswith("}")
    return dated or (not is_line and {"id", "title"} <= item.keys() <= _NAMES)


def _entry(line: int, item: JsonObject) -> Iterator[Entry | Refusal]:
    noted = {key.lower(): value for key, value in _NOTED.findall(field_text(item, "note"))}
    kept = field_object(item, "custom").get("identifiers")
    identifiers = [x for x in kept if isinstance(x, str)] if isinstance(kept, list) else []
    is_arxiv = field_text(item, "archive", "publisher").lower() == "arxiv"
    reference = Reference(
        title=join_title(field_text(item, "title"), field_text(item, "subtitle")),
        abstract=field_text(item, "abstract"),
        authors=tuple(csl_name(x) for x in field_objects(item, "author")),
        time=csl_time(field_object(item, "issued")),
        venue=field_text(item, "container-title") or field_text(item, "publisher"),
        url=field_text(item, "URL"),
        kind=_kind(field_text(item, "type")),
        doi=field_text(item, "DOI") or noted.get("doi", ""),
        pmid=field_text(item, "PMID") or noted.get("pmid", ""),
        arxiv=field_text(item, "archive_location") if is_arxiv else noted.get("arxiv", ""),
        identifiers=(
            arxiv_in_note(field_text(item, "number")),
            parse_identifier(field_text(item, "id")) if ":" in field_text(item, "id") else "",
            *map(parse_identifier, identifiers),
        ),
        statements=tuple(_statements(item)),
    )
    yield reference_entry(line, reference)


def _statements(item: JsonObject) -> Iterator[StatusStatement]:
    """Yield what ``status`` and the note say, and what our own exports keep in ``custom``."""
    custom = field_object(item, "custom")
    record_type = field_text(custom, "record_type")
    yield from stated(custom.get("statements"), field_text(item, "status"), record_type)
    yield from remark_statements(field_text(item, "note"), "note")


def _kind(name: str) -> str:
    """Return a type of the schema, also where it is called as Crossref calls it, or ``""``.

    A ``document`` is what has no type: the schema wants one of every item.
    """
    if name == "document":
        return ""
    return _ALIASES.get(name, name if TYPES.fullmatch(name) else "")


def csl_name(name: JsonObject) -> Author:
    """Return a name; a particle that sorting drops stays with the given name."""
    if literal := field_text(name, "literal", "name"):
        return corporate_author(literal)
    family = field_text(name, "family")
    given = f"{field_text(name, 'given')} {field_text(name, 'dropping-particle')}".strip()
    if not family:
        return corporate_author(given)
    return personal_author(
        family, given, field_text(name, "non-dropping-particle"), field_text(name, "suffix")
    )


def csl_time(date: JsonObject) -> PartialDate:
    """Return the first day of a date in parts, or what its text says."""
    several = date.get("date-parts")
    parts = several[0] if isinstance(several, list) and several else None
    if isinstance(parts, list) and parts:
        known = [str(x) for x in parts[:3] if isinstance(x, str | int)]
        found = parse_date(date_text(*known)) if known else PartialDate()
        if found.year is not None:
            return found
    year = field_text(date, "year")
    plain = date_text(year, field_text(date, "month"), field_text(date, "day")) if year else ""
    return parse_date(field_text(date, "raw", "literal") or plain)


CSL_JSON = json_format("csl-json", _matches, _LISTS, _entry, suffixes=(".csljson",))
"""Reads an array of items, one item, or an object with the array in ``items``."""
