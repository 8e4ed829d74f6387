"""Parses what a person types to search. Pure; any text is a query.

Words are looked for anywhere; ``"two words"`` side by side; ``-word`` nowhere.
``title:``, ``venue:`` and ``source:`` take a word or a quoted phrase,
``author:`` a name or quoted names in any order, ``year:`` takes ``2020``,
``2020..2023``, ``2020..`` or ``..2023``; each may be negated with ``-`` before
it. What looks like an operator and is none is words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from recommender.domain.identifiers import normalise_title

FIELDS = ("author", "title", "venue", "source")
"""Operators that take words; ``year`` takes years."""

MAX_WORDS = 64
"""Words of one query; what comes after is not looked for."""

WORD = re.compile(r"[^\W_]+")
"""What counts as one word."""

_TERM = re.compile(
    r'(-?)(?:(author|title|venue|source|year):("[^"]*"?|\S*)|("[^"]*"?|\S+))', re.IGNORECASE
)
_YEARS = re.compile(r"(\d{1,4})?(\.\.|-)?(\d{1,4})?")
_BARE = re.compile(r"[^\s\"-][^\s\"]*")


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand together: in one field (``""``: in any), side by side if `phrase`."""

    words: tuple[str, ...]
    field: str = ""
    phrase: bool = False
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Years:
    """First and last year, both included; None is open."""

    first: int | None
    last: int | None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed search; `invalid` are operators with an unusable value, which were ignored."""

    terms: tuple[Term, ...] = ()
    years: tuple[Years, ...] = ()
    invalid: tuple[str, ...] = field(default=(), compare=False)

    @property
    def empty(self) -> bool:
        """True where nothing is asked for."""
        return not self.terms and not self.years

    @property
    def free_words(self) -> list[str]:
        """The words that may occur in any field."""
        return [
            word
            for term in self.terms
            if not (term.field or term.phrase or term.negated)
            for word in term.words
        ]

    @property
    def ranked(self) -> bool:
        """True where words of title or abstract say which paper suits best."""
        return any(x.field in ("", "title") and not x.negated for x in self.terms)


def parse(text: str) -> Query:
    """Return what is asked for; every text is understood as something."""
    terms: list[Term] = []
    years: list[Years] = []
    invalid: list[str] = []
    left = MAX_WORDS
    for match in _TERM.finditer(unicodedata.normalize("NFC", text)):
        sign, name, value = match.group(1), (match.group(2) or "").lower(), _value(match)
        if name == "year":
            found = _years(value.strip('"'), bool(sign))
            years.extend([found] if found else [])
            invalid.extend([] if found else [match.group(0)])
            continue
        words = tuple(WORD.findall(value))[:left]
        left -= len(words)
        if words:
            # An author's names are stored family first, however they are asked for.
            quoted = value.startswith('"') and len(words) > 1 and name != "author"
            terms.append(Term(words, name, quoted, bool(sign)))
        elif name:
            invalid.append(match.group(0))
    return Query(tuple(terms), tuple(years), tuple(invalid))


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


def folded(words: Iterable[str]) -> tuple[str, ...]:
    """Return words without accents and in lower case, as a title is normalised."""
    return tuple(normalise_title(" ".join(words)).split())
