"""What the entries of a file say and their papers do not, as sentences of the import's report."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from recommender.sources import Unread

NAMED = 5
"""How many of a kind are named with their lines; the others are counted."""

MAX_FIELDS = 1_000
"""Most names of fields that are counted; further ones count together."""

_SENTENCES = {
    "authors": "{n} list{s} of authors could not be taken apart and stay{v} one name",
    "date": "{n} date{s} could not be read, or only in part",
    "address": "{n} address{es} could not be read",
    "key": "{n} citation key{s} could not be kept; an export writes another",
}


@dataclass
class UnreadNotes:
    """Collects what was not taken of each entry; memory does not grow with the file."""

    _counts: Counter[str] = field(default_factory=Counter)
    _examples: dict[str, list[str]] = field(default_factory=dict)
    _fields: Counter[str] = field(default_factory=Counter)

    def add(self, line: int, unread: tuple[Unread, ...]) -> None:
        """Note what was not taken of the entry that begins on `line`."""
        for one in unread:
            if one.what == "field":
                known = one.text in self._fields or len(self._fields) < MAX_FIELDS
                self._fields[one.text if known else "others"] += 1
                continue
            self._counts[one.what] += 1
            examples = self._examples.setdefault(one.what, [])
            if len(examples) < NAMED:
                examples.append(f"line {line}: {one.text[:100]}")

    def sentences(self) -> list[str]:
        """Return one sentence a kind; empty where everything was taken."""
        said = []
        for what, sentence in _SENTENCES.items():
            if n := self._counts[what]:
                one = {"s": "", "es": "", "v": "s"} if n == 1 else {"s": "s", "es": "es", "v": ""}
                rest = f"; and {n - NAMED:,} more" if n > NAMED else ""
                named = "; ".join(self._examples[what])
                said.append(f"{sentence.format(n=f'{n:,}', **one)}: {named}{rest}.")
        if self._fields:
            names = ", ".join(f"{x} ({n:,})" for x, n in self._fields.most_common(30))
            rest = f" and {len(self._fields) - 30} more" if len(self._fields) > 30 else ""
            said.append(f"Fields that are not kept: {names}{rest}.")
        return said
