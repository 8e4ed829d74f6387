"""JSON Lines: one JSON object a line, the fields of `field_synonyms.SYNONYMS`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime

from recommender.sources.file_format import Entry, Refusal
from recommender.sources.parsing.field_synonyms import entry_from
from recommender.sources.text_file import Document

_OBJECT = re.compile(r'\{\s*"[^"\n]*"\s*:')


class JsonLines:
    """Reads one record a line; blank lines are passed over."""

    name = "jsonl"
    suffixes = (".jsonl", ".ndjson", ".jsonlines")

    def matches(self, head: str) -> bool:
        """Say whether the first line that is not blank is an object, or starts a long one."""
        start = head.lstrip()
        first, end, _ = start.partition("\n")
        return _OBJECT.match(first) is not None and (first.rstrip().endswith("}") or not end)

    def read(self, document: Document, now: datetime) -> Iterator[Entry | Refusal]:
        """Yield a record a line; see `FileFormat.read`."""
        for number, line in document.lines():
            if line.strip():
                yield _entry(number, line)


def _entry(number: int, line: str) -> Entry | Refusal:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Refusal(number, f"it is not JSON ({_reason(error)})")
    if not isinstance(record, dict):
        return Refusal(number, "it is JSON, but not an object with named fields")
    return entry_from(number, record)


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg.lower()} at character {error.pos + 1}"
    return "nested too deeply" if isinstance(error, RecursionError) else "a number too large"
