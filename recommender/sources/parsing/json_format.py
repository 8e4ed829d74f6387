"""What the JSON formats share: the first item of a file, and all of them as entries. Pure.

How JSON is read, and how much of it, is `json_stream`' business.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from recommender.sources.file_format import Entry, FormatAdapter, Refusal
from recommender.sources.parsing.json_stream import JsonItem, JsonStream, begins_json
from recommender.sources.parsing.xml_stream import ParseFailure
from recommender.sources.text_file import Document

JsonObject = Mapping[str, object]


def first_item(head: str, lists: Collection[str], inside: Collection[str] = ()) -> JsonObject:
    """Return the first object that a file's head holds whole, or an empty one."""
    if not begins_json(head):
        return {}
    found = next(iter(JsonStream(head.encode("utf-8", "replace"), lists, inside)), None)
    value = found.value if isinstance(found, JsonItem) else None
    return value if isinstance(value, Mapping) else {}


def json_format(
    name: str,
    matches: Callable[[str], bool],
    lists: Collection[str],
    entries: Callable[[int, JsonObject], Iterator[Entry | Refusal]],
    inside: Collection[str] = (),
    suffixes: tuple[str, ...] = (),
) -> FormatAdapter:
    """Return a format whose records are JSON objects; `lists` and `inside` as in `JsonStream`."""

    def read_document(document: Document) -> Iterator[Entry | Refusal]:
        for item in JsonStream(document.pieces(), lists, inside):
            if isinstance(item, ParseFailure):
                yield Refusal(item.line, item.why)
            elif isinstance(item.value, Mapping):
                yield from entries(item.line, item.value)
            else:
                yield Refusal(item.line, "it is JSON, but not an object with named fields")

    return FormatAdapter(name, matches, read_document, suffixes)


def field_text(record: JsonObject, *names: str) -> str:
    """Return the first of these fields that is text or a number; of a list its first text."""
    for name in names:
        value = record.get(name)
        if isinstance(value, list):
            value = next((x for x in value if isinstance(x, str)), "")
        if isinstance(value, str | int | float) and not isinstance(value, bool) and value != "":
            return str(value)
    return ""


def field_objects(record: JsonObject, name: str) -> list[JsonObject]:
    """Return the objects in a list; anything else holds none."""
    value = record.get(name)
    return [x for x in value if isinstance(x, Mapping)] if isinstance(value, list) else []


def field_object(record: JsonObject, name: str) -> JsonObject:
    """Return an object in an object, or an empty one."""
    value = record.get(name)
    return value if isinstance(value, Mapping) else {}
