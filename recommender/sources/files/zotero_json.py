"""Zotero's own JSON: Better BibTeX's export, answers of Zotero's API, lists of items.

Notes, attachments and annotations belong to an item and are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from recommender.domain import Author
from recommender.sources.file_format import Entry, Refusal
from recommender.sources.files.zotero_types import KINDS, NOT_WORKS
from recommender.sources.parsing.dates import parse_date
from recommender.sources.parsing.identifier_fields import arxiv_in_note
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
    personal_author,
    reference_entry,
)
from recommender.sources.parsing.status_fields import remark_statements

_LISTS = ("items",)
_TITLES = ("title", "caseName", "nameOfAct", "subject")
_VENUES = (
    *("publicationTitle", "proceedingsTitle", "bookTitle", "encyclopediaTitle", "websiteTitle"),
    *("dictionaryTitle", "blogTitle", "forumTitle", "university", "institution", "repository"),
    *("conferenceName", "meetingName", "publisher"),
)
_NOT_AUTHORS = {
    *("editor", "seriesEditor", "translator", "contributor", "bookAuthor", "reviewedAuthor"),
    *("commenter", "counsel", "cosponsor", "castMember", "producer", "scriptwriter", "recipient"),
    *("attorneyAgent", "wordsBy", "guest", "interviewer", "seriesCreator", "creator"),
}
_NOTED = re.compile(r"^[ \t]*+(PMID|DOI|arXiv)[ \t]*+:[ \t]*+(\S++)", re.IGNORECASE | re.MULTILINE)


def _matches(head: str) -> bool:
    """Say whether the first item has a type as Zotero names it."""
    start = head.lstrip("\ufeff \t\r\n")
    if not start.startswith(("{", "[")) or '"itemType"' not in head:
        return False
    item = first_item(head, _LISTS)
    return not item or any("itemType" in x for x in _items(item))


def _entries(line: int, record: JsonObject) -> Iterator[Entry | Refusal]:
    for item in _items(record):
        if field_text(item, "itemType") not in NOT_WORKS:
            yield reference_entry(line, _reference(item))


def _items(record: JsonObject) -> list[JsonObject]:
    """Return the item itself, the one inside an API's envelope, or those filed by name."""
    if "itemType" in record:
        return [record]
    if data := field_object(record, "data"):
        return [data]
    named = [x for x in record.values() if isinstance(x, Mapping) and "itemType" in x]
    return named or [record]


def _reference(item: JsonObject) -> Reference:
    extra = item.get("extra")
    lines = "\n".join(map(str, extra)) if isinstance(extra, list) else field_text(item, "extra")
    noted = {key.lower(): value for key, value in _NOTED.findall(lines)}
    return Reference(
        title=field_text(item, *_TITLES),
        abstract=field_text(item, "abstractNote"),
        authors=tuple(_authors(item)),
        time=parse_date(field_text(item, "date", "issueDate", "dateDecided", "dateEnacted")),
        venue=field_text(item, *_VENUES),
        url=field_text(item, "url"),
        kind=KINDS.get(field_text(item, "itemType"), ""),
        doi=field_text(item, "DOI") or noted.get("doi", ""),
        pmid=noted.get("pmid", ""),
        arxiv=noted.get("arxiv", ""),
        identifiers=(arxiv_in_note(field_text(item, "archiveID", "reportNumber", "number")),),
        statements=tuple(remark_statements(lines, "note")),
    )


def _authors(item: JsonObject) -> Iterator[Author]:
    for one in field_objects(item, "creators"):
        if field_text(one, "creatorType") in _NOT_AUTHORS:
            continue
        family, given = field_text(one, "lastName"), field_text(one, "firstName")
        if family and given:
            yield personal_author(family, given)
        else:
            yield corporate_author(field_text(one, "name") or family or given)


ZOTERO_JSON = json_format("zotero-json", _matches, _LISTS, _entries)
"""Reads items, alone, in a list, in ``items``, or by name in an object."""
