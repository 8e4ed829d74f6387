"""Documents as Mendeley's API gives them out, saved to disk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from recommender.sources.file_format import Entry, Refusal
from recommender.sources.parsing.dates import when
from recommender.sources.parsing.json_format import (
    JsonObject,
    first_item,
    inner,
    json_entries,
    objects,
    text,
)
from recommender.sources.parsing.reference_record import Reference, entry_of, person
from recommender.sources.parsing.xml_format import date_of
from recommender.sources.text_file import Document

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


class MendeleyJson:
    """Reads documents, alone or in a list."""

    name = "mendeley-json"
    suffixes: tuple[str, ...] = ()

    def matches(self, head: str) -> bool:
        """Say whether the first document has Mendeley's fields; an annotation has no title."""
        item = first_item(head, ())
        return "title" in item and bool(_OURS & item.keys())

    def read(self, document: Document, now: datetime) -> Iterator[Entry | Refusal]:
        """Yield the documents by their first lines; see `FileFormat.read`."""
        return json_entries(document, (), _entry)


def _entry(line: int, item: JsonObject) -> Iterator[Entry | Refusal]:
    numbers = inner(item, "identifiers")
    websites = item.get("websites")
    addresses = [x for x in websites if isinstance(x, str)] if isinstance(websites, list) else []
    reference = Reference(
        title=text(item, "title"),
        abstract=text(item, "abstract"),
        authors=tuple(
            person(text(x, "last_name"), text(x, "first_name")) for x in objects(item, "authors")
        ),
        time=when(date_of(text(item, "year"), text(item, "month"), text(item, "day"))),
        venue=text(item, "source", "publisher", "institution"),
        url=addresses[0] if addresses else text(item, "link"),
        addresses=tuple(addresses[1:]),
        kind=KINDS.get(text(item, "type"), ""),
        doi=text(numbers, "doi"),
        pmid=text(numbers, "pmid"),
        arxiv=text(numbers, "arxiv"),
    )
    yield entry_of(line, reference)
