"""Zotero's own JSON: Better BibTeX's export, answers of Zotero's API, lists of items.

Notes, attachments and annotations belong to an item and are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from recommender.domain import Author, Details
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
from recommender.sources.parsing.json_stream import begins_json
from recommender.sources.parsing.reference_record import (
    Reference,
    corporate_author,
    page_range,
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
_NOTED = re.compile(
    r"^[ \t]*+(PMID|DOI|arXiv|Citation Key)[ \t]*+:[ \t]*+(\S++)", re.IGNORECASE | re.MULTILINE
)


def _matches(head: str) -> bool:
    """Say whether the first item has a type as Zotero names it."""
    if '"itemType"' not in head or not begins_json(head):
        return False
    item = first_item(head, _LISTS)
    return not item or any("itemType" in x for x in _items(item))


def item_entries(line: int, record: JsonObject) -> Iterator[Entry | Refusal]:
    """Yield the works of a record: an item, the one in an API's envelope, or several by name."""
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
    date = field_text(item, "date", "issueDate", "dateDecided", "dateEnacted")
    venue = field_text(item, *_VENUES)
    publisher = field_text(item, "publisher", "university", "institution")
    return Reference(
        title=field_text(item, *_TITLES),
        abstract=field_text(item, "abstractNote"),
        authors=tuple(_authors(item)),
        time=parse_date(date),
        date=date,
        venue=venue,
        url=field_text(item, "url"),
        kind=KINDS.get(field_text(item, "itemType"), ""),
        doi=field_text(item, "DOI") or noted.get("doi", ""),
        pmid=noted.get("pmid", ""),
        arxiv=noted.get("arxiv", ""),
        identifiers=(arxiv_in_note(field_text(item, "archiveID", "reportNumber", "number")),),
        statements=tuple(remark_statements(lines, "note")),
        citation_key=field_text(item, "citationKey", "citekey") or noted.get("citation key", ""),
        details=Details(
            volume=field_text(item, "volume"),
            number=field_text(item, "issue", "reportNumber", "number"),
            pages=page_range(field_text(item, "pages")),
            publisher=publisher if publisher != venue else "",
            place=field_text(item, "place"),
            series=field_text(item, "series", "seriesTitle"),
            edition=field_text(item, "edition"),
            genre=field_text(item, "thesisType", "reportType", "genre"),
            issn=field_text(item, "ISSN"),
            isbn=field_text(item, "ISBN"),
            keywords=tuple(_tags(item)),
            note="\n".join(x for x in lines.splitlines() if not _NOTED.match(x)),
            files=tuple(_files(item)),
        ),
    )


def _tags(item: JsonObject) -> Iterator[str]:
    """Yield the tags, which are objects or text; a comma is part of one."""
    tags = item.get("tags")
    for tag in tags if isinstance(tags, list) else ():
        name = field_text(tag, "tag") if isinstance(tag, Mapping) else tag
        if isinstance(name, str):
            yield name.replace(",", " ").replace(";", " ")


def _files(item: JsonObject) -> Iterator[str]:
    for one in field_objects(item, "attachments"):
        if path := field_text(one, "localPath", "path"):
            yield path


def _authors(item: JsonObject) -> Iterator[Author]:
    for one in field_objects(item, "creators"):
        if field_text(one, "creatorType") in _NOT_AUTHORS:
            continue
        family, given = field_text(one, "lastName"), field_text(one, "firstName")
        if family and given:
            yield personal_author(family, given)
        else:
            yield corporate_author(field_text(one, "name") or family or given)


ZOTERO_JSON = json_format("zotero-json", _matches, _LISTS, item_entries)
"""Reads items, alone, in a list, in ``items``, or by name in an object."""
