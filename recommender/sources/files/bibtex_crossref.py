"""What a BibTeX entry takes over from the one it names in ``crossref`` or ``xdata``. Pure.

A child gets what it does not say itself: from ``xdata`` everything, from
``crossref`` only when and where the whole appeared. Never whose it is, what it
is called, or any identifier: the chapter is another work than the book.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

MAX_PARENTS = 100_000
"""Most entries of one file that may be referred to; further ones are not looked up."""

_REFERENCE = re.compile(r"\b(?:crossref|xdata)\s*=\s*[{\"]([^}\"]{1,500})", re.IGNORECASE)
_TAKEN_OVER = ("year", "date", "month", "publisher", "school", "institution")
_VENUES = ("journal", "journaltitle", "booktitle")
_PERIODICALS = ("periodical", "suppperiodical")


def referred(lines: Iterable[str]) -> frozenset[str]:
    """Return the keys, in lower case, that lines of a file refer to."""
    keys: set[str] = set()
    for line in lines:
        if "=" not in line or len(keys) >= MAX_PARENTS:
            continue
        small = line.lower()
        if "crossref" in small or "xdata" in small:
            for names in _REFERENCE.findall(line):
                keys |= {name.strip().lower() for name in names.split(",")}
    return frozenset(keys)


@dataclass
class Parents:
    """The entries that others refer to: key to type and fields, values as they stand there."""

    known: dict[str, tuple[str, Mapping[str, str]]] = field(default_factory=dict)

    def completed(self, fields: Mapping[str, str]) -> Mapping[str, str]:
        """Return an entry's fields with what it inherits; its own stay as they are."""
        if not self.known:
            return fields
        whole = dict(fields)
        for key in _keys(fields.get("xdata", "")):
            for name, value in self.known.get(key, ("", {}))[1].items():
                whole.setdefault(name, value)
        for key in _keys(fields.get("crossref", "")):
            entry_type, parent = self.known.get(key, ("", {}))
            for name, value in _passed_on(entry_type, parent).items():
                whole.setdefault(name, value)
        return whole


def _keys(value: str) -> list[str]:
    return [key.strip().lower() for key in value.strip('{}" ').split(",")]


def _passed_on(entry_type: str, parent: Mapping[str, str]) -> dict[str, str]:
    given = {name: parent[name] for name in (*_TAKEN_OVER, *_VENUES) if name in parent}
    if "title" in parent:
        given.setdefault("journal" if entry_type in _PERIODICALS else "booktitle", parent["title"])
    return given
