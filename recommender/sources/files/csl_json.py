"""CSL-JSON: what Zotero, Mendeley, citation processors and DOI services exchange.

Schema: citation-style-language/schema, csl-data.json 1.0.2. Read by hand: it is
plain JSON, and no styling is needed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile

from recommender.domain import Author, Details, StatusStatement
from recommender.sources.file_format import Entry, Refusal
from recommender.sources.parsing.dates import SEASONS, PartialDate, parse_date
from recommender.sources.parsing.identifier_fields import (
    arxiv_in_note,
    parse_identifier,
    preprint_version,
)
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
    page_range,
    personal_author,
    reference_entry,
)
from recommender.sources.parsing.status_fields import remark_statements, stated

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
_PSEUDO_MONTHS = {str(n): SEASONS[(n - 13) % 4] for n in (*range(13, 17), *range(21, 25))}
_LIKE_A_KEY = re.compile(
    r"(?!(?:ITEM|item|ref|temp|gen)[-_]?\d)[A-Za-z](?:[\w.+-]*\w)?|[A-Z]+:[\w./+-]+"
)
_READ = {
    *("id", "type", "title", "subtitle", "abstract", "author", "issued", "container-title", "URL"),
    *("publisher", "DOI", "PMID", "note", "archive", "archive_location", "number", "custom"),
    *("citation-key", "citekey", "volume", "issue", "page", "publisher-place", "collection-title"),
    *("edition", "genre", "ISSN", "ISBN", "keyword", "keywords", "citation-label"),
}
_TEXTS = ("raw", "literal", "edtf", "date-time")
"""Names of a date's text."""
_NOTED = re.compile(
    r"^[ \t]*+(PMID|DOI|arXiv|eprint|Citation Key)[ \t]*+:[ \t]*+(\S++)",
    re.IGNORECASE | re.MULTILINE,
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
    # Only what stands alone appears at its publisher.
    alone = re.match("book|thesis|report|dataset|software|patent", field_text(item, "type"))
    publisher = field_text(item, "publisher") if alone else ""
    note, container = field_text(item, "note"), field_text(item, "container-title")
    files = field_object(item, "custom").get("files")
    is_arxiv = field_text(item, "archive", "publisher").lower() == "arxiv"
    reference = Reference(
        title=join_title(field_text(item, "title"), field_text(item, "subtitle")),
        abstract=field_text(item, "abstract"),
        authors=tuple(csl_name(x) for x in field_objects(item, "author")),
        time=csl_time(item.get("issued")),
        date=csl_date_text(item.get("issued")),
        venue=container or publisher,
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
        version=preprint_version(
            container, field_text(item, "archive_location"), field_text(item, "number")
        ),
        statements=tuple(_statements(item)),
        citation_key=_key(item, noted),
        details=Details(
            volume=field_text(item, "volume"),
            number=field_text(item, "issue", "number"),
            pages=page_range(field_text(item, "page")),
            publisher=field_text(item, "publisher") if not publisher or container else "",
            place=field_text(item, "publisher-place"),
            series=field_text(item, "collection-title"),
            edition=field_text(item, "edition"),
            genre=field_text(item, "genre"),
            issn=field_text(item, "ISSN"),
            isbn=field_text(item, "ISBN"),
            keywords=_keywords(item),
            note="\n".join(x for x in note.splitlines() if not _NOTED.match(x)),
            files=tuple(x for x in files if isinstance(x, str)) if isinstance(files, list) else (),
        ),
        not_kept=tuple(sorted(x for x in item.keys() - _READ if item[x] not in ("", [], {}, None))),
    )
    yield reference_entry(line, reference)


def _statements(item: JsonObject) -> Iterator[StatusStatement]:
    """Yield what ``status`` and the note say, and what our own exports keep in ``custom``."""
    custom = field_object(item, "custom")
    record_type = field_text(custom, "record_type")
    yield from stated(custom.get("statements"), field_text(item, "status"), record_type)
    yield from remark_statements(field_text(item, "note"), "note")


def _key(item: JsonObject, noted: Mapping[str, str]) -> str:
    """Return the key by which the item is cited: its own field's, or its id if it looks like one.

    Pandoc and many others cite by the id; others number their items or put an address there.
    """
    key = field_text(item, "citation-key", "citekey") or noted.get("citation key", "")
    name = field_text(item, "id")
    return key or (name if _LIKE_A_KEY.fullmatch(name) else "")


def _keywords(item: JsonObject) -> tuple[str, ...]:
    value = item.get("keyword", item.get("keywords"))
    several = value if isinstance(value, list) else [value]
    return tuple(x for x in several if isinstance(x, str))


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


def csl_time(date: object) -> PartialDate:
    """Return the first day of a date in any form that CSL, pandoc or Zotero write.

    An object with ``date-parts`` (numbers or text), ``raw``, ``literal``, ``edtf`` or ``year``,
    ``month`` and ``day``; a list of such; text; a number.
    """
    if isinstance(date, str | int | float) and not isinstance(date, bool):
        return _from_text(str(date))
    if isinstance(date, list):
        return _first_of(date)
    if not isinstance(date, Mapping):
        return PartialDate()
    several = date.get("date-parts")
    found = _first_of(several) if isinstance(several, list) else PartialDate()
    if found.year is None and (year := field_text(date, "year")):
        found = _from_parts([year, field_text(date, "month"), field_text(date, "day")])
    if not found.month and (text := field_text(date, *_TEXTS)):
        said = _from_text(text)
        # The text may say more than the numbers: "Spring 2016" where they are 2016.
        found = said if found.year is None or (said.month and said.year == found.year) else found
    if (season := field_text(date, "season")) and not found.month:
        found = _with_season(found, season)
    is_about = date.get("circa") and str(date["circa"]).lower() not in ("0", "false")
    return replace(found, partial=True) if is_about else found


def _from_text(text: str) -> PartialDate:
    """Return the date of a text in which ``2016/`` is the beginning of a range."""
    found = parse_date(text)
    is_open = text.rstrip().endswith("/") and text.count("/") == 1
    return replace(found, partial=True) if is_open and found.year else found


def _with_season(found: PartialDate, season: str) -> PartialDate:
    """Return a date with its season: 1 to 4, as EDTF numbers it, or in words."""
    if not season.isdecimal():
        return replace(found, month=season)
    number = int(season[:4])
    named = SEASONS[number - 1] if 1 <= number <= 4 else _PSEUDO_MONTHS.get(season, "")
    return replace(found, month=named, partial=found.partial or not named)


def _first_of(dates: list[object]) -> PartialDate:
    """Return the first of several dates, or of numbers the date that they are."""
    if not dates:
        return PartialDate()
    if not isinstance(dates[0], list | Mapping):
        return _from_parts(dates)
    parts = dates[0]
    found = _from_parts(parts) if isinstance(parts, list) else csl_time(parts)
    return replace(found, partial=True) if len(dates) > 1 and found.year else found


def _from_parts(parts: Sequence[object]) -> PartialDate:
    """Return the date of year, month and day; months from 13 on are CSL's seasons."""
    written = (_part(x) for x in parts[:3])
    known = list(takewhile(bool, written))
    if len(known) > 1 and (season := _PSEUDO_MONTHS.get(known[1])):
        return replace(parse_date(known[0]), month=season)
    return parse_date("-".join(known) if all(map(str.isdecimal, known)) else " ".join(known[::-1]))


def _part(value: object) -> str:
    """Return a year, month or day as text; numbers may be written as ``2016.0``."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    is_known = isinstance(value, str | int) and not isinstance(value, bool)
    return str(value).strip() if is_known else ""


def csl_date_text(date: object) -> str:
    """Return what stands in a date, to be shown where not all of it was read."""
    if isinstance(date, list):
        return "/".join(filter(None, map(csl_date_text, date)))
    if not isinstance(date, Mapping):
        return "" if date is None else str(date)
    several = date.get("date-parts")
    ranges = several if isinstance(several, list) else []
    numbers = ["-".join(map(str, x)) for x in ranges if isinstance(x, list) and x != [None]]
    said = [field_text(date, x) for x in (*_TEXTS, "year", "month", "day", "season")]
    text = " ".join(
        x for x in ("circa" if date.get("circa") else "", "/".join(numbers), *said) if x
    )
    # In the words of another schema: said as it stands.
    is_empty = not any(x not in ("", [], {}, None, [[]], [[None]]) for x in date.values())
    return text or ("" if is_empty else json.dumps(date, ensure_ascii=False)[:200])


CSL_JSON = json_format("csl-json", _matches, _LISTS, _entry, suffixes=(".csljson",))
"""Reads an array of items, one item, or an object with the array in ``items``."""
