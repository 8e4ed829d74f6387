"""Documents as Mendeley's API gives them out, saved to disk."""

from __future__ import annotations

from collections.abc import Iterator

from recommender.domain import Details
from recommender.sources.file_format import Entry, Refusal
from recommender.sources.parsing.dates import parse_date
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
    page_range,
    personal_author,
    reference_entry,
)
from recommender.sources.parsing.xml_format import date_text

KINDS = {
    "journal": "article-journal",
    "book": "book",
    "book_section": "chapter",
    "conference_proceedings": "paper-conference",
    "working_paper": "article",
    "report": "report",
    "web_page": "webpage",
    "thesis": "thesis",
    "magazine_article": "article-magazine",
    "newspaper_article": "article-newspaper",
    "patent": "patent",
    "computer_program": "software",
    "encyclopedia_article": "entry-encyclopedia",
}
"""Mendeley's types in CSL's words; others have no kind."""

_OURS = {"profile_id", "file_attached", "private_publication", "folder_uuids"}


def _matches(head: str) -> bool:
    """Say whether the first document has Mendeley's fields; an annotation has no title."""
    item = first_item(head, ())
    return "title" in item and bool(_OURS & item.keys())


def _entry(line: int, item: JsonObject) -> Iterator[Entry | Refusal]:
    numbers = field_object(item, "identifiers")
    websites = item.get("websites")
    addresses = [x for x in websites if isinstance(x, str)] if isinstance(websites, list) else []
    keywords = [x for name in ("keywords", "tags") for x in _list(item.get(name))]
    reference = Reference(
        title=field_text(item, "title"),
        abstract=field_text(item, "abstract"),
        authors=tuple(
            personal_author(field_text(x, "last_name"), field_text(x, "first_name"))
            for x in field_objects(item, "authors")
        ),
        time=parse_date(
            date_text(field_text(item, "year"), field_text(item, "month"), field_text(item, "day"))
        ),
        venue=field_text(item, "source", "publisher", "institution"),
        url=addresses[0] if addresses else field_text(item, "link"),
        addresses=tuple(addresses[1:]),
        kind=KINDS.get(field_text(item, "type"), ""),
        doi=field_text(numbers, "doi"),
        pmid=field_text(numbers, "pmid"),
        arxiv=field_text(numbers, "arxiv"),
        citation_key=field_text(item, "citation_key"),
        details=Details(
            volume=field_text(item, "volume"),
            number=field_text(item, "issue"),
            pages=page_range(field_text(item, "pages")),
            publisher=field_text(item, "publisher") if field_text(item, "source") else "",
            place=field_text(item, "city"),
            edition=field_text(item, "edition"),
            issn=field_text(numbers, "issn"),
            isbn=field_text(numbers, "isbn"),
            keywords=tuple(x for x in keywords if isinstance(x, str)),
        ),
    )
    yield reference_entry(line, reference)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


MENDELEY_JSON = json_format("mendeley-json", _matches, (), _entry)
"""Reads documents, alone or in a list."""
