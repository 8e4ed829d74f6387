"""JSON of no known dialect: objects with the fields of `field_synonyms.SYNONYMS`, in a list.

The list may be the file itself or stand in an object with a count or a date,
as scripts that collect papers write it. One object a line is `jsonl`.
"""

from __future__ import annotations

from collections.abc import Iterator

from recommender.sources.file_format import Entry, Refusal
from recommender.sources.parsing.field_synonyms import entry_from, field_of
from recommender.sources.parsing.json_format import JsonObject, first_item, json_format

LISTS = ("papers", "items", "results", "data", "works", "articles", "entries", "records")
"""Names of the list that are looked for in an object."""

_INSIDE = ("data", "response", "result")
_TELLING = frozenset({"authors", "abstract", "year", "published", "doi", "arxiv", "venue", "url"})


def _matches(head: str) -> bool:
    """Say whether the first record of a list has a title and what else a paper has."""
    start = head.lstrip("\ufeff \t\r\n")
    first_line = start.partition("\n")[0].rstrip()
    item = first_item(head, LISTS, _INSIDE)
    if first_line.startswith("{") and first_line.endswith("}") and "\n" in start.rstrip():
        return False
    known = {field_of(name) for name in item}
    return "title" in known and bool(known & _TELLING)


def _entry(line: int, record: JsonObject) -> Iterator[Entry | Refusal]:
    yield entry_from(line, record)


JSON_LIST = json_format("json", _matches, LISTS, _entry, _INSIDE)
"""Reads a list of records."""
