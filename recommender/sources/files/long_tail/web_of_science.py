"""Web of Science's field-tagged export, which other databases write too (ISI Export Format).

rispy's own reader for it sorts the lines of one record into fields; it is given
one at a time, so that a cut-off file keeps what was whole and lines have numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from rispy import WokParser

from recommender.domain import Author, Details
from recommender.sources.file_format import Entry, FormatAdapter, Refusal
from recommender.sources.parsing.dates import PartialDate, parse_date
from recommender.sources.parsing.reference_record import (
    Reference,
    corporate_author,
    page_range,
    parse_sorted_name,
    reference_entry,
)
from recommender.sources.parsing.status_fields import type_statements
from recommender.sources.parsing.tagged_lines import TagSyntax, tagged_records
from recommender.sources.text_file import Document

NEXT_LINE = "\n   "
"""What stands before a line that continues a field."""

UNKNOWN_TYPE = "-"
"""The type of a record that does not say its own."""

_TAGGED = re.compile(r"\ufeff?([A-Z][A-Z0-9])(?: (.*)|)$")
_SYNTAX = TagSyntax(
    _TAGGED, "PT", ("TI",), ("ER", "EF"), passed_over=("FN", "VR"), paragraph_tags=("AB",)
)
_RECOGNISED = re.compile(
    r"^\ufeff?FN [^\n]{0,100}\n(?:VR |[^\n]{0,200}\n)|^PT [A-Z]\s*\n(?:[A-Z][A-Z0-9] )",
    re.MULTILINE,
)
_KINDS = (
    ("proceedings", "paper-conference"),
    ("book chapter", "chapter"),
    ("article", "article-journal"),
    ("review", "article-journal"),
    ("book", "book"),
    ("letter", "article-journal"),
)
_PUBMED = re.compile(r"MEDLINE:(\d+)")
_SEASONS = {"SPR": "Spring", "SUM": "Summer", "FAL": "Autumn", "WIN": "Winter"}
_SEASON = re.compile(rf"\b(?:{'|'.join(_SEASONS)})\b")


def _matches(head: str) -> bool:
    """Say whether it begins as the format does, or a record of it does."""
    return _RECOGNISED.search(head) is not None


def _entries(document: Document) -> Iterator[Entry | Refusal]:
    for record in tagged_records(document, _SYNTAX):
        lines = [f"{tag} {NEXT_LINE.join(x)}" for tag, x in record.pairs if tag != "PT"]
        # The parser passes over what stands before the type, and a record without one.
        lines = [f"PT {record.first('PT') or UNKNOWN_TYPE}", *lines, "ER"]
        every = (line for x in lines for line in x.split("\n"))
        fields = WokParser(skip_unknown_tags=True).parse_lines(every)
        if fields:
            yield reference_entry(record.line, _reference(fields[0]))


def _reference(fields: Mapping[str, str | list[str]]) -> Reference:
    def first(*names: str) -> str:
        found = (fields.get(name, "") for name in names)
        return next((" ".join(x) if isinstance(x, list) else x for x in found if x), "")

    kind_text = first("document_type").lower()
    pubmed = _PUBMED.search(first("accession_number"))
    return Reference(
        title=first("document_title"),
        abstract=first("abstract"),
        authors=_authors(fields),
        time=_time(
            first("publication_date"),
            first("publication_year") or first("early_access_date"),
        ),
        venue=first("publication_name", "book_series_title"),
        kind=next((kind for words, kind in _KINDS if words in kind_text), _kind_of(fields)),
        doi=first("doi", "book_doi"),
        pmid=first("pubmed_id") or (pubmed.group(1) if pubmed else ""),
        statements=tuple(type_statements(kind_text.split("; "), "web-of-science")),
        citations=_count(
            first("wos_core_collection_cited_count"), first("total_times_cited_count")
        ),
        date=first("publication_year", "early_access_date", "publication_date"),
        details=Details(
            volume=first("volume"),
            number=first("issue"),
            pages=page_range(first("beginning_page"), first("ending_page")),
            publisher=first("publisher"),
            place=first("publisher_city"),
            issn=first("issn"),
            isbn=first("isbn"),
            keywords=tuple(first("author_keywords").split(";")),
        ),
    )


def _count(*texts: str) -> int | None:
    """Return the largest of these numbers that stand in text, None for none."""
    counted = (int(x) for x in texts if re.fullmatch(r"[0-9]{1,9}", x))
    return max(counted, default=None)


def _kind_of(fields: Mapping[str, str | list[str]]) -> str:
    letter = str(fields.get("publication_type", ""))[:1]
    return {"J": "article-journal", "B": "book", "P": "patent"}.get(letter, "")


def _authors(fields: Mapping[str, str | list[str]]) -> tuple[Author, ...]:
    """Return full names where the record has them, then the bodies."""
    several = fields.get("author_full_name") or fields.get("authors") or fields.get("book_authors")
    names = several if isinstance(several, list) else [several or ""]
    bodies = fields.get("group_authors") or []
    people = [parse_sorted_name(x) for name in names for x in name.split(";") if x.strip()]
    return (*people, *map(corporate_author, bodies if isinstance(bodies, list) else [bodies]))


def _time(date: str, year: str) -> PartialDate:
    """Return the day, month or season of ``PD`` in the year of ``PY``."""
    date = _SEASON.sub(lambda found: _SEASONS[found.group()], date)
    known = parse_date(year)
    if known.year is None:
        return parse_date(date)
    day = parse_date(date) if parse_date(date).year else parse_date(f"{date} {known.year}")
    return day if (day.at or day.month) and day.year == known.year else known


WEB_OF_SCIENCE = FormatAdapter("web-of-science", _matches, _entries, suffixes=(".isi", ".ciw"))
"""Reads the records, from ``PT`` to ``ER``."""
