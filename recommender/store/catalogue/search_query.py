"""Parses what a person types to search. Pure; any text is a query.

Words are looked for anywhere; ``"two words"`` side by side; ``-word`` nowhere.
``title:``, ``venue:`` and ``source:`` take a word or a quoted phrase,
``author:`` a name or quoted names in any order, ``year:`` takes ``2020``,
``2020..2023``, ``2020..`` or ``..2023``; each may be negated with ``-`` before
it. ``OR`` between two terms asks for either; all others must match. What looks
like an operator and is none is words, and is named in `Query.notes`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from recommender.domain.identifiers import SCHEMES, normalise_title
from recommender.domain.segmentation import (
    DROPPED,
    HYPHENS,
    UNSPACED,
    folded,
    split_scripts,
)

FIELDS = ("author", "title", "venue", "source")
"""Operators that take words; ``year`` takes years."""

MAX_WORDS = 64
"""Words of one query; what comes after is not looked for."""

_LETTER = rf"(?:[^\W_]|[{UNSPACED}{DROPPED}])"
WORD = re.compile(rf"{_LETTER}+(?:[{HYPHENS}]{_LETTER}+)*")
"""One word; a compound (``pre-training``) is one."""

_AROUND = re.compile(rf"^[{HYPHENS}{DROPPED}]+|[{HYPHENS}{DROPPED}]+$")
_TERM = re.compile(
    r'(-?)(?:(author|title|venue|source|year):("[^"]*"?|\S*)|("[^"]*"?|\S+))', re.IGNORECASE
)
_YEARS = re.compile(r"(\d{1,4})?(\.\.|-)?(\d{1,4})?")
_BARE = re.compile(r"[^\s\"-][^\s\"]*")
_LIKE_OPERATOR = re.compile(r"-?([^\W\d_]{2,20}):(?=[\w\"])")
_MAX_SHOUTED = 5
_NEAREST = {
    "by": "author",
    "creator": "author",
    "auteur": "author",
    "writer": "author",
    "journal": "venue",
    "conference": "venue",
    "booktitle": "venue",
    "publication": "venue",
    "in": "venue",
    "date": "year",
    "published": "year",
    "jahr": "year",
    "since": "year",
    "intitle": "title",
    "name": "title",
    "listed": "source",
    "from": "source",
}
_NOT_MEANT = {*SCHEMES, "http", "https", "ftp", "urn", "mailto"}
_WHY = {
    "year": "A year is written year:2023, year:2020..2023, year:2020.. or year:..2019.",
    "author": "A name comes right behind author:, without a space.",
}


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand together: in one field (``""``: in any), side by side if `phrase`."""

    words: tuple[str, ...]
    field: str = ""
    phrase: bool = False
    negated: bool = False

    @property
    def free(self) -> bool:
        """True for single words that may stand anywhere."""
        return not (self.field or self.phrase or self.negated)


@dataclass(frozen=True, slots=True)
class Years:
    """First and last year, both included; None is open."""

    first: int | None
    last: int | None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed search: of each of the `groups` one term must match.

    `invalid` are operators with an unusable value, which were ignored; `unknown`
    are words that look like operators, each with the nearest right one, or ``""``.
    """

    groups: tuple[tuple[Term | Years, ...], ...] = ()
    invalid: tuple[str, ...] = field(default=(), compare=False)
    unknown: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    @property
    def terms(self) -> tuple[Term, ...]:
        """The terms of words, in their order."""
        return tuple(x for group in self.groups for x in group if isinstance(x, Term))

    @property
    def years(self) -> tuple[Years, ...]:
        """The terms of years, in their order."""
        return tuple(x for group in self.groups for x in group if isinstance(x, Years))

    @property
    def empty(self) -> bool:
        """True where nothing is asked for."""
        return not self.groups

    @property
    def free_words(self) -> list[str]:
        """The words that may occur in any field."""
        return [word for term in self.terms if term.free for word in term.words]

    @property
    def ranked(self) -> bool:
        """True where words of title or abstract say which paper suits best."""
        return any(x.field in ("", "title") and not x.negated for x in self.terms)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was not understood, and how to write it, a sentence or two each."""
        ignored = [f"Left out: {x}. {_how_to_write(x)}" for x in self.invalid]
        return (*ignored, *(_name_unknown(name, nearest) for name, nearest in self.unknown))


def _how_to_write(invalid: str) -> str:
    name = invalid.lstrip("-").partition(":")[0].lower()
    return _WHY.get(name, "A word comes right behind it.")


def _name_unknown(name: str, nearest: str) -> str:
    known = f"did you mean {nearest}:?" if nearest else f"there are {', '.join(FIELDS)} and year."
    return f"{name}: is not an operator and was looked for as a word; {known}"


def parse(text: str) -> Query:
    """Return what is asked for; every text is understood as something."""
    text = unicodedata.normalize("NFC", text)
    return _Parser(_combines(text)).parse(list(_TERM.finditer(text)))


def _combines(text: str) -> bool:
    """Return whether OR, AND and NOT are operators; in a title in capitals they are words."""
    return len(text.split()) <= _MAX_SHOUTED or text.upper() != text or text.lower() == text


class _Parser:
    """Takes the matches of `_TERM` one after another."""

    def __init__(self, combines: bool) -> None:
        self._combines = combines
        self._groups: list[tuple[Term | Years, ...]] = []
        self._invalid: list[str] = []
        self._unknown: dict[str, str] = {}
        self._left = MAX_WORDS

    def parse(self, matches: Sequence[re.Match[str]]) -> Query:
        either = negated = False
        for place, match in enumerate(matches):
            word = match.group(0) if self._combines and place < len(matches) - 1 else ""
            if word in ("OR", "AND") and self._groups:
                either = word == "OR"
                continue
            if word == "NOT":
                negated = True
                continue
            found = self._condition(match, negated != bool(match.group(1)))
            if found is not None and either:
                self._groups[-1] = (*self._groups[-1], found)
            elif found is not None:
                self._groups.append((found,))
            either = negated = False
        return Query(tuple(self._groups), tuple(self._invalid), tuple(self._unknown.items()))

    def _condition(self, match: re.Match[str], negated: bool) -> Term | Years | None:
        name, value = (match.group(2) or "").lower(), _value(match)
        found: Term | Years | None = None
        if name == "year":
            found = _years(value.strip('"'), negated)
        else:
            words = tuple(x for x in WORD.findall(value) if folded_pieces(x))[: self._left]
            self._left -= len(words)
            if words:
                # An author's names are stored family first, however they are asked for.
                quoted = value.startswith('"') and len(words) > 1 and name != "author"
                found = Term(words, name, quoted, negated)
        if found is None and name:
            self._invalid.append(match.group(0))
        if not name:
            self._note_unknown(value)
        return found

    def _note_unknown(self, value: str) -> None:
        match = _LIKE_OPERATOR.match(value)
        name = match.group(1).lower() if match else ""
        if name and name not in _NOT_MEANT:
            close = get_close_matches(name, (*FIELDS, "year"), n=1)
            self._unknown[name] = _NEAREST.get(name) or next(iter(close), "")


def folded_pieces(word: str) -> list[str]:
    """Return a word in lower case without accents, cut where the script changes.

    Usually one piece; empty for what has no letter that is indexed.
    """
    found = [y for x in WORD.findall(folded(word).lower()) for y in split_scripts(x)]
    return [x for x in (_AROUND.sub("", x) for x in found) if x]


def _value(match: re.Match[str]) -> str:
    return match.group(3) or match.group(4) or ""


def _years(value: str, negated: bool) -> Years | None:
    match = _YEARS.fullmatch(value)
    if match is None:
        return None
    first, dots, last = match.groups()
    if not first and not last:
        return None
    low, high = (int(x) if x else None for x in (first, last if dots else first))
    if low is not None and high is not None and low > high:
        low, high = high, low
    return Years(low, high, negated)


def format_operator(operator: str, value: str) -> str:
    """Return an operator with its value as `parse` reads it, ``""`` for an empty value."""
    value = " ".join(value.replace('"', " ").split())
    if not value:
        return ""
    return f"{operator}:{value}" if _BARE.fullmatch(value) else f'{operator}:"{value}"'


def operator_value(text: str, operator: str) -> str:
    """Return what the first use of an operator asks for, ``""`` where it is not used."""
    for match in _TERM.finditer(text):
        if (match.group(2) or "").lower() == operator and not match.group(1):
            return _value(match).strip('"')
    return ""


def replace_operator(text: str, operator: str, value: str) -> str:
    """Return the text with one operator given another value; an empty one takes it out."""
    kept = [
        match.group(0)
        for match in _TERM.finditer(text)
        if (match.group(2) or "").lower() != operator or match.group(1)
    ]
    return " ".join(x for x in (*kept, format_operator(operator, value)) if x)


def folded_words(words: Iterable[str]) -> tuple[str, ...]:
    """Return words without accents and in lower case, as a title is normalised."""
    return tuple(normalise_title(" ".join(words)).split())
